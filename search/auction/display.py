"""The display auction: by eCPM, one ad a merchant, each a step above the next other merchant's.

Billed is one of two: a viewable view at `view_micro`, or (a click bid) a click at `click_minor`; the other one is zero.
"""

from collections.abc import Sequence

from market.money import MICRO_PER_MINOR
from search.auction.contracts import (
    ClickBid,
    DisplayAward,
    DisplayCandidate,
    DisplayDecision,
    DisplayPrice,
    DisplayPriceInputs,
)
from search.auction.contracts.units import PER_THOUSAND, PPM

STEP_MINOR = 10


def compute_ecpm(click: ClickBid) -> int:
    """A click bid as a bid for a thousand views, floored to a fen: 0.80 at 5 % is 40.00."""
    return click.bid_minor * PER_THOUSAND * click.click_rate_ppm // PPM


def rank_display(candidates: Sequence[DisplayCandidate], floor_minor: int) -> list[DisplayCandidate]:
    """The best ad of each merchant that reaches the floor: by eCPM, age, id."""
    entered = [candidate for candidate in candidates if candidate.ecpm_minor >= floor_minor]
    entered.sort(key=lambda candidate: (-candidate.ecpm_minor, candidate.created_us, candidate.ad))
    best: dict[int, DisplayCandidate] = {}
    for candidate in entered:
        best.setdefault(candidate.merchant, candidate)
    return list(best.values())


def hold_display_auction(
    candidates: Sequence[DisplayCandidate], places: int, *, floor_minor: int, step_minor: int = STEP_MINOR
) -> list[DisplayAward]:
    """The places from the first down. `floor_minor` is for a thousand views."""
    return _award(rank_display(candidates, floor_minor), places, floor_minor, step_minor)


def decide_display(
    candidates: Sequence[DisplayCandidate],
    places: int,
    *,
    floor_minor: int,
    id: str,
    decided_us: int,
    context: str,
    step_minor: int = STEP_MINOR,
    keep_all: bool = False,
) -> DisplayDecision:
    """An auction to be stored, with the candidates down to the best without a place, or with all of them."""
    ranking = rank_display(candidates, floor_minor)
    return DisplayDecision(
        id=id,
        decided_us=decided_us,
        context=context,
        places=places,
        floor_minor=floor_minor,
        step_minor=step_minor,
        candidates=tuple(candidates if keep_all else ranking[: places + 1]),
        awards=tuple(_award(ranking, places, floor_minor, step_minor)),
    )


def replay_display(decision: DisplayDecision) -> DisplayDecision:
    """The same auction again from what was stored: equal to it, or something was changed since."""
    return decide_display(
        decision.candidates,
        decision.places,
        floor_minor=decision.floor_minor,
        id=decision.id,
        decided_us=decision.decided_us,
        context=decision.context,
        step_minor=decision.step_minor,
        keep_all=True,
    )


def _award(ranking: Sequence[DisplayCandidate], places: int, floor_minor: int, step_minor: int) -> list[DisplayAward]:
    awards = []
    for place, candidate in enumerate(ranking[:places], start=1):
        inputs = DisplayPriceInputs(
            ecpm_minor=candidate.ecpm_minor,
            floor_minor=floor_minor,
            step_minor=step_minor,
            next_ecpm_minor=ranking[place].ecpm_minor if place < len(ranking) else None,
            click=candidate.click,
        )
        awards.append(DisplayAward(place, candidate.ad, candidate.merchant, compute_display_price(inputs)))
    return awards


def compute_display_price(inputs: DisplayPriceInputs) -> DisplayPrice:
    """min(own eCPM, max(floor, next + step)), and what a view or a click costs by it."""
    forced = inputs.floor_minor if inputs.next_ecpm_minor is None else inputs.next_ecpm_minor + inputs.step_minor
    cpm_minor = min(inputs.ecpm_minor, max(inputs.floor_minor, forced))
    if inputs.click is None:
        return DisplayPrice(cpm_minor, cpm_minor * MICRO_PER_MINOR // PER_THOUSAND, 0, inputs)
    return DisplayPrice(cpm_minor, 0, _price_click(cpm_minor, inputs.click), inputs)


def _price_click(cpm_minor: int, click: ClickBid) -> int:
    """Price / 1000 / expected click rate, floored to a fen, never above the click bid."""
    return min(click.bid_minor, cpm_minor * PPM // (PER_THOUSAND * click.click_rate_ppm))
