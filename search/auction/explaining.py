"""Why it cost what it did: the steps of each formula with their numbers, ready to be put into sentences."""

from search.auction.contracts import DisplayPrice, LotPriceInputs, MechanismName, Price, PriceStep, PriceStepKind
from search.auction.display import compute_display_price
from search.auction.lots import compute_lot_price
from search.auction.pricing import is_reproducible


class PriceDisputed(ValueError):
    """A stored price does not follow from its own inputs: it must not be explained away."""


def explain_price(price: Price) -> list[PriceStep]:
    """The steps to the price of a click; the last one's result is the price. Raises `PriceDisputed`."""
    inputs = price.inputs
    if not is_reproducible(price):
        raise PriceDisputed(f"{price.amount_minor} does not follow from {inputs}")
    if inputs.mechanism is MechanismName.FIRST:
        return [PriceStep(PriceStepKind.BID, (), price.amount_minor)]
    if inputs.mechanism is MechanismName.VCG:
        return [PriceStep(PriceStepKind.OTHERS_LOSE, (), price.amount_minor)]
    if not inputs.lower_scores:
        return [PriceStep(PriceStepKind.NOBODY_NEXT, (), inputs.reserve_minor)]
    level = inputs.lower_scores[0] // inputs.quality
    divided = PriceStep(PriceStepKind.SCORE_BY_QUALITY, (inputs.lower_scores[0], inputs.quality), level)
    return [divided, *_step_up(level, inputs.step_minor, inputs.reserve_minor, inputs.bid_minor)]


def explain_display_price(price: DisplayPrice) -> list[PriceStep]:
    """The steps to the price of a thousand views and, for a click bid, of a click. Raises `PriceDisputed`."""
    inputs = price.inputs
    if compute_display_price(inputs) != price:
        raise PriceDisputed(f"{price.cpm_minor} does not follow from {inputs}")
    steps = _explain_next(inputs.next_ecpm_minor, inputs.step_minor, inputs.floor_minor, inputs.ecpm_minor)
    if inputs.click is not None:
        operands = (price.cpm_minor, inputs.click.click_rate_ppm, inputs.click.bid_minor)
        steps.append(PriceStep(PriceStepKind.CLICK_OF_THOUSAND, operands, price.click_minor))
    return steps


def explain_lot_price(price_minor: int, inputs: LotPriceInputs) -> list[PriceStep]:
    """The steps to the price of a lot. Raises `PriceDisputed`."""
    if compute_lot_price(inputs) != price_minor:
        raise PriceDisputed(f"{price_minor} does not follow from {inputs}")
    return _explain_next(inputs.second_minor, inputs.step_minor, inputs.reserve_minor, inputs.maximum_minor)


def _explain_next(next_minor: int | None, step_minor: int, least_minor: int, most_minor: int) -> list[PriceStep]:
    if next_minor is not None:
        return _step_up(next_minor, step_minor, least_minor, most_minor)
    return _hold_to_bid([PriceStep(PriceStepKind.NOBODY_NEXT, (), least_minor)], most_minor)


def _step_up(level_minor: int, step_minor: int, least_minor: int, most_minor: int) -> list[PriceStep]:
    """A step above what draws level, then held to the reserve and to the own bid."""
    forced = level_minor + step_minor
    steps = [PriceStep(PriceStepKind.STEP_MORE, (level_minor, step_minor), forced)]
    if forced < least_minor:
        steps.append(PriceStep(PriceStepKind.AT_LEAST_RESERVE, (forced, least_minor), least_minor))
    return _hold_to_bid(steps, most_minor)


def _hold_to_bid(steps: list[PriceStep], most_minor: int) -> list[PriceStep]:
    so_far = steps[-1].result_minor
    if so_far <= most_minor:
        return steps
    return [*steps, PriceStep(PriceStepKind.AT_MOST_BID, (so_far, most_minor), most_minor)]
