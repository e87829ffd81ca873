"""Why a click cost what it did: the steps of the formula with their numbers, ready to be put into sentences."""

from search.auction.contracts import MechanismName, Price, PriceStep, PriceStepKind
from search.auction.pricing import is_reproducible


class PriceDisputed(ValueError):
    """A stored price does not follow from its own inputs: it must not be explained away."""


def explain_price(price: Price) -> list[PriceStep]:
    """The steps from the first number to the price; the last one's result is the price. Raises `PriceDisputed`."""
    if not is_reproducible(price):
        raise PriceDisputed(f"{price.amount_minor} does not follow from {price.inputs}")
    if price.inputs.mechanism is MechanismName.GSP:
        return _explain_gsp(price)
    kind = PriceStepKind.BID if price.inputs.mechanism is MechanismName.FIRST else PriceStepKind.OTHERS_LOSE
    return [PriceStep(kind, (), price.amount_minor)]


def _explain_gsp(price: Price) -> list[PriceStep]:
    inputs = price.inputs
    if not inputs.lower_scores:
        return [PriceStep(PriceStepKind.NOBODY_NEXT, (), inputs.reserve_minor)]
    score = inputs.lower_scores[0]
    needed = score // inputs.quality
    forced = needed + inputs.step_minor
    steps = [
        PriceStep(PriceStepKind.SCORE_BY_QUALITY, (score, inputs.quality), needed),
        PriceStep(PriceStepKind.STEP_MORE, (needed, inputs.step_minor), forced),
    ]
    if forced < inputs.reserve_minor:
        steps.append(PriceStep(PriceStepKind.AT_LEAST_RESERVE, (forced, inputs.reserve_minor), inputs.reserve_minor))
    if forced > inputs.bid_minor:
        steps.append(PriceStep(PriceStepKind.AT_MOST_BID, (forced, inputs.bid_minor), inputs.bid_minor))
    return steps
