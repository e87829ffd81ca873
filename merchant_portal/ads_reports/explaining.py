"""Why 0.37: the steps of a price in sentences, with its numbers, and what was kept to."""

from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from market.money import WHOLE_BPS, format_minor
from merchant_portal.ads_reports.page import print_exact
from search.auction.contracts import DisplayPrice, Price, PriceStep, PriceStepKind, TokenKind
from search.auction.explaining import PriceDisputed
from search.auction.records import BadRecord, read_record
from search.campaigns.selectors import find_typed_bid
from search.campaigns.words import name_match
from search.spending.contracts import AdEventView, Explanation
from search.spending.selectors import NotExplained, explain_charge


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One line of the sum: what, a note under it, the figure."""

    label: str
    figure: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation: the lines add up to the total, which is what was charged.

    `is_disputed`: the stored price does not follow from its own inputs, and we say so. `is_other`: the ad is paid by
    the click and this is a view, or the other way round.
    """

    lines: tuple[WhyLine, ...] = ()
    total: str = ""
    per_thousand: bool = False
    kept: tuple[str, ...] = ()
    versions: str = ""
    is_disputed: bool = False
    is_other: bool = False


def explain(event: AdEventView) -> Why | None:
    """The explanation of what an event costs; None for one whose auction was never stored, and that is free."""
    if event.price_micro == 0:
        return Why(is_other=True)
    try:
        explained = explain_charge(event)
    except NotExplained:
        return None
    except PriceDisputed:
        return Why(is_disputed=True)
    price = _read_price(event.inputs)
    return Why(
        lines=tuple(_list_lines(event, explained)),
        total=_print_micro(event.billed_micro),
        per_thousand=explained.per_thousand,
        kept=tuple(_list_kept(event, price)),
        versions=_name_versions(price),
    )


def print_fen(amount_minor: int) -> str:
    """An amount as a price in a sentence."""
    return f"¥{format_minor(amount_minor)}"


def _print_micro(amount_micro: int) -> str:
    return f"¥{print_exact(amount_micro)}"


def _list_lines(event: AdEventView, explained: Explanation) -> list[WhyLine]:
    """From what the next one bid down to what was charged."""
    lines: list[WhyLine] = []
    so_far = 0
    for step in explained.steps:
        if not lines and step.kind is PriceStepKind.STEP_MORE:
            so_far = step.operands[0]
            lines.append(WhyLine(gettext("Bid of who came next"), print_fen(so_far), gettext("for a thousand views")))
        lines += _describe(step, so_far)
        so_far = step.result_minor
    if explained.per_thousand:
        lines += [
            WhyLine(pgettext("ads", "A thousand views"), print_fen(explained.price_minor)),
            WhyLine(gettext("One of them"), "÷ 1,000"),
        ]
    if event.reason:
        lines.append(WhyLine(gettext("Filtered, so you do not pay it"), f"− {_print_micro(event.price_micro)}"))
    elif event.borne_micro:
        lines.append(WhyLine(gettext("Borne by us: your budget was used up"), f"− {_print_micro(event.borne_micro)}"))
    return lines


def _describe(step: PriceStep, so_far: int) -> list[WhyLine]:
    """The lines of one step, which changes what came out so far; see `PriceStepKind` for its operands."""
    result = print_fen(step.result_minor)
    if step.kind is PriceStepKind.SCORE_BY_QUALITY:
        score, quality = step.operands
        note = gettext("%(tenths)s of 10 (inside: %(quality)s)") % {"tenths": quality / 100, "quality": quality}
        return [
            WhyLine(gettext("Score of who came next"), f"{score:,}", gettext("bid in fen × quality")),
            WhyLine(gettext("Divided by your quality"), f"÷ {quality}", note),
            WhyLine(gettext("Rounded down to a fen"), result),
        ]
    if step.kind is PriceStepKind.CLICK_OF_THOUSAND:
        cpm_minor, rate_ppm, _bid = step.operands
        note = gettext("%(rate)s%% of 1,000 views, as we expect it") % {"rate": _print_ppm(rate_ppm * 100)}
        return [
            WhyLine(pgettext("ads", "A thousand views"), print_fen(cpm_minor)),
            WhyLine(gettext("Divided by the clicks on them"), f"÷ {_print_ppm(rate_ppm * 1_000)}", note),
            WhyLine(gettext("Rounded down to a fen"), result),
        ]
    more = step.result_minor - so_far
    change = f"{'+' if more >= 0 else '−'} {print_fen(abs(more))}"
    if step.kind is PriceStepKind.STEP_MORE:
        return [WhyLine(gettext("One step more"), change, gettext("so that you stand before it"))]
    if step.kind is PriceStepKind.AT_LEAST_RESERVE:
        return [WhyLine(gettext("Raised to the floor of this place"), change, result)]
    if step.kind is PriceStepKind.AT_MOST_BID:
        return [WhyLine(gettext("Held to your own bid"), change, result)]
    names = {
        PriceStepKind.NOBODY_NEXT: gettext("Nobody came next: the floor of this place"),
        PriceStepKind.BID: gettext("Your own bid"),
        PriceStepKind.OTHERS_LOSE: gettext("What the others lose by your place"),
    }
    return [WhyLine(names[step.kind], result)]


def _print_ppm(part: int) -> str:
    """Millionths as a number without zeros at its end."""
    return f"{part / 1_000_000:,.6f}".rstrip("0").rstrip(".")


def _list_kept(event: AdEventView, price: Price | DisplayPrice) -> list[str]:
    """What every price of this kind is held to."""
    return [_say_bid(event, price), _say_floor(price), _say_once(event)]


def _say_bid(event: AdEventView, price: Price | DisplayPrice) -> str:
    """The bid that the auction was held with, and how it came of what the merchant typed."""
    if isinstance(price, Price):
        effective = price.inputs.bid_minor
    else:
        effective = price.inputs.click.bid_minor if price.inputs.click else price.inputs.ecpm_minor
    bid = _say_unit(print_fen(effective), price)
    typed = find_typed_bid(
        group_id=event.group_id, keyword_id=event.keyword_id, page=event.page, query=event.query,
        effective_minor=effective,
    )  # fmt: skip
    if typed is None:
        return gettext("Not above your bid of %(bid)s, with the factors of match and page") % {"bid": bid}
    factors = []
    if typed.match_bps != WHOLE_BPS:
        match = {"match": name_match(typed.match), "factor": f"{typed.match_bps / WHOLE_BPS:.2f}"}
        factors.append(gettext("× %(factor)s (%(match)s)") % match)
    if typed.page_bps != WHOLE_BPS:
        factors.append(gettext("× %(factor)s (this page)") % {"factor": f"{typed.page_bps / WHOLE_BPS:.2f}"})
    if not factors:
        return gettext("Not above your bid of %(bid)s") % {"bid": bid}
    said = {"bid": bid, "typed": print_fen(typed.bid_minor), "factors": " ".join(factors)}
    return gettext("Not above your bid of %(typed)s %(factors)s = %(bid)s") % said


def _say_floor(price: Price | DisplayPrice) -> str:
    if isinstance(price, Price):
        floor = print_fen(price.inputs.reserve_minor)
    else:
        floor = gettext("%(price)s for a thousand views") % {"price": print_fen(price.inputs.floor_minor)}
    return gettext("Not below the floor of %(floor)s") % {"floor": floor}


def _say_once(event: AdEventView) -> str:
    """How often one person is charged for: see `search.spending.rules.judging`."""
    if event.kind is TokenKind.CLICK:
        return gettext("Clicks of one person on this ad are charged once a day")
    return gettext("Charged only when it was really seen; a person who comes back and sees it again counts again")


def _say_unit(amount: str, price: Price | DisplayPrice) -> str:
    """A bid is for a click unless it says otherwise."""
    if isinstance(price, Price) or price.inputs.click is not None:
        return amount
    return gettext("%(price)s for a thousand views") % {"price": amount}


def _name_versions(price: Price | DisplayPrice) -> str:
    if isinstance(price, DisplayPrice):
        return pgettext("ads", "display auction")
    inputs = price.inputs
    return (
        f"{inputs.mechanism.value.upper()} · rules v{inputs.rules_version} · weights v{inputs.weights_version}"
        f" · quality v{inputs.quality_version}"
    )


def _read_price(text: str) -> Price | DisplayPrice:
    try:
        return read_record(Price, text)
    except BadRecord:
        return read_record(DisplayPrice, text)
