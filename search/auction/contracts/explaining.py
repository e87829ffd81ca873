"""The steps of a price, in numbers: a face has one sentence for each kind."""

from dataclasses import dataclass
from enum import StrEnum


class PriceStepKind(StrEnum):
    """A step of a price's explanation; what its operands are, in order."""

    SCORE_BY_QUALITY = "score_by_quality"  # the next one's score, the own quality
    STEP_MORE = "step_more"  # what draws level with the next one, the step
    AT_LEAST_RESERVE = "at_least_reserve"  # what the next one forced, the reserve or floor
    AT_MOST_BID = "at_most_bid"  # what came out so far, the own bid
    NOBODY_NEXT = "nobody_next"  # none: the reserve or floor
    BID = "bid"  # none: first price
    OTHERS_LOSE = "others_lose"  # none: what the others lose by this click
    CLICK_OF_THOUSAND = "click_of_thousand"  # the price of a thousand views, the click rate in ppm, the click bid


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One step: operands in the order of the kind, the result in fen (of a click, a thousand views or a lot)."""

    kind: PriceStepKind
    operands: tuple[int, ...]
    result_minor: int
