"""Why 0.37: the steps of a price in sentences, with its numbers, and what was kept to."""

from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from market.money import format_minor
from search.auction.contracts import DisplayPrice, Price, PriceStep, PriceStepKind
from search.auction.explaining import PriceDisputed
from search.auction.records import BadRecord, read_record
from search.spending.contracts import AdEventView
from search.spending.selectors import NotExplained, explain_charge


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One line of the sum: what, a note under it, the figure."""

    label: str
    figure: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation. `is_disputed`: the stored price does not follow from its own inputs, and we say so.

    `is_other`: the ad is paid by the click and this is a view, or the other way round.
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
        lines=tuple(line for step in explained.steps for line in _describe(step)),
        total=print_fen(explained.price_minor),
        per_thousand=explained.per_thousand,
        kept=tuple(_list_kept(price)),
        versions=_name_versions(price),
    )


def print_fen(amount_minor: int) -> str:
    """An amount as a price in a sentence."""
    return f"¥{format_minor(amount_minor)}"


def _describe(step: PriceStep) -> list[WhyLine]:
    """The lines of one step; see `PriceStepKind` for its operands."""
    first, second = (*step.operands, 0, 0)[:2]
    result = print_fen(step.result_minor)
    if step.kind is PriceStepKind.SCORE_BY_QUALITY:
        quality = gettext("%(tenths)s of 10 (inside: %(quality)s)") % {"tenths": second / 100, "quality": second}
        return [
            WhyLine(gettext("Score of who came next"), f"{first:,}", gettext("bid in fen × quality")),
            WhyLine(gettext("Divided by your quality"), f"÷ {second}", quality),
            WhyLine(gettext("Rounded down to a fen"), result),
        ]
    if step.kind is PriceStepKind.STEP_MORE:
        return [WhyLine(gettext("One step more"), f"+ {print_fen(second)}", gettext("so that you stand before it"))]
    if step.kind is PriceStepKind.CLICK_OF_THOUSAND:
        rate = gettext("%(price)s for 1,000 views, of which %(rate)s%% click") % {
            "price": print_fen(first),
            "rate": f"{second / 10_000:.2f}",
        }
        return [WhyLine(gettext("Of it one click"), result, rate)]
    names = {
        PriceStepKind.AT_LEAST_RESERVE: gettext("Raised to the floor of this place"),
        PriceStepKind.AT_MOST_BID: gettext("Held to your own bid"),
        PriceStepKind.NOBODY_NEXT: gettext("Nobody came next: the floor of this place"),
        PriceStepKind.BID: gettext("Your own bid"),
        PriceStepKind.OTHERS_LOSE: gettext("What the others lose by your place"),
    }
    return [WhyLine(names[step.kind], result)]


def _list_kept(price: Price | DisplayPrice) -> list[str]:
    bid, floor = _find_bounds(price)
    return [
        gettext("Not above your bid of %(bid)s") % {"bid": print_fen(bid)},
        gettext("Not below the floor of %(floor)s") % {"floor": print_fen(floor)},
        gettext("Charged once a person, ad and day"),
    ]


def _find_bounds(price: Price | DisplayPrice) -> tuple[int, int]:
    """The own bid and the floor, in fen, of a click or of a thousand views."""
    if isinstance(price, Price):
        return price.inputs.bid_minor, price.inputs.reserve_minor
    return price.inputs.ecpm_minor, price.inputs.floor_minor


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
