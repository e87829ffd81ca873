"""What may be said of a campaign: every check raises `BadInput` with field and reason. Money in minor units."""

from collections.abc import Collection
from datetime import date

from market.money import MAX_AMOUNT_MINOR, AmountProblem, BadAmount, parse_minor
from search.auction.audiences import EVERYTHING
from search.auction.contracts import ALL_HOURS
from search.campaigns.contracts import BadInput, CampaignDraft, CampaignKind, Charge, GroupDraft, Targeting
from search.campaigns.contracts import limits as most
from search.campaigns.rules.tokens import tokenize_bought
from search.signals.rules.words import is_personal

_BIDS = {
    Charge.CLICK: (most.LEAST_CLICK_BID_MINOR, most.LARGEST_CLICK_BID_MINOR),
    Charge.MILLE: (most.LEAST_MILLE_BID_MINOR, most.LARGEST_MILLE_BID_MINOR),
}


def clean_line(text: str, field: str, longest: int) -> str:
    """One line with single spaces and something in it."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not line:
        raise BadInput(field, "required")
    if len(line) > longest:
        raise BadInput(field, "too_long", most=longest)
    return line


def check_campaign(draft: CampaignDraft, provinces: Collection[str]) -> None:
    """Budgets, days and targets of a campaign."""
    check_budgets(draft.daily_budget_minor, draft.total_budget_minor)
    if draft.ends_on is not None and draft.ends_on < draft.starts_on:
        raise BadInput("ends_on", "before_start")
    _check_targeting(draft.targeting, provinces)


def check_budgets(daily_minor: int, total_minor: int | None) -> None:
    """A day's budget, and one in all, which holds a day's."""
    check_amount("daily_budget", daily_minor, most.LEAST_BUDGET_MINOR, most.LARGEST_BUDGET_MINOR)
    if total_minor is not None:
        check_amount("total_budget", total_minor, daily_minor, most.LARGEST_BUDGET_MINOR)


def check_first_day(starts_on: date, today: date) -> None:
    """A campaign does not begin before the day on which that is said."""
    if starts_on < today:
        raise BadInput("starts_on", "past")


def check_group(draft: GroupDraft, kind: CampaignKind, daily_minor: int) -> None:
    """Bid and sizes of a group in a campaign of that day's budget. Words are clicked, so they are paid by the click."""
    check_charge(draft.charge, kind)
    check_bid(draft.bid_minor, draft.charge)
    check_fits(draft.bid_minor, draft.charge, daily_minor)
    for field, number, limit in (
        ("products", len(draft.product_ids) + len(draft.creative_ids), most.MOST_ADS),
        ("words", len(draft.words), most.MOST_WORDS),
    ):
        if number > limit:
            raise BadInput(field, "too_many", most=limit)
    if draft.words and kind is not CampaignKind.KEYWORD:
        raise BadInput("words", "unknown")
    if draft.creative_ids and kind is not CampaignKind.DISPLAY:
        raise BadInput("creatives", "unknown")


def check_charge(charge: Charge, kind: CampaignKind) -> None:
    """Views are paid for on pages only, never for words."""
    if kind is CampaignKind.KEYWORD and charge is not Charge.CLICK:
        raise BadInput("charge", "unknown")


def check_bid(bid_minor: int, charge: Charge, field: str = "bid") -> None:
    """A bid for a click or for a thousand views."""
    check_amount(field, bid_minor, *_BIDS[charge])


def check_fits(bid_minor: int, charge: Charge, daily_minor: int) -> None:
    """A bid for a click is not above the day's budget, which it could never be paid from.

    A view costs a thousandth of its bid, and the thousandth of the largest one fits into the least budget.
    """
    if charge is Charge.CLICK and bid_minor > daily_minor:
        raise BadInput("bid", "above_budget", most=daily_minor)


def check_word(text: str) -> tuple[str, tuple[str, ...]]:
    """A word as it is bought, and its tokens. What looks like somebody's number or address is no word."""
    line = clean_line(text, "word", most.LONGEST_WORD)
    if is_personal(line):
        raise BadInput("word", "personal")
    tokens = tokenize_bought(line)
    if not tokens:
        raise BadInput("word", "too_many", most=most.MOST_TOKENS)
    return line, tokens


def read_amount(text: str, field: str) -> int:
    """A sum as it was typed, in minor units; one too large to be counted is the largest there is, for the limits to
    refuse. Raises `BadInput`."""
    try:
        return parse_minor(text.strip().lstrip("¥"))
    except BadAmount as error:
        if error.problem is AmountProblem.TOO_LARGE:
            return MAX_AMOUNT_MINOR
        raise BadInput(field, "not_a_sum") from error


def check_amount(field: str, amount: int, least: int, largest: int) -> None:
    """A number within limits."""
    if not least <= amount <= largest:
        raise BadInput(field, "out_of_range", least=least, most=largest)


def _check_targeting(targeting: Targeting, provinces: Collection[str]) -> None:
    if not 0 < targeting.hours <= ALL_HOURS:
        raise BadInput("hours", "required")
    if not set(targeting.regions) <= set(provinces):
        raise BadInput("regions", "unknown")
    if targeting.audiences < 0 or targeting.audiences & ~EVERYTHING:
        raise BadInput("audiences", "unknown")
    for bps in targeting.page_bps.values():
        check_amount("pages", bps, most.LEAST_PAGE_BPS, most.LARGEST_PAGE_BPS)
    windows = [cap.window for cap in targeting.frequency_caps]
    if len(windows) != len(set(windows)):
        raise BadInput("frequency", "twice")
    for cap in targeting.frequency_caps:
        check_amount("frequency", cap.most, 1, most.MOST_VIEWS)
