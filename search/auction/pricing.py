"""Prices of a click from their inputs alone: the same function serves, replays, explains and audits."""

from collections.abc import Callable, Mapping

from search.auction.contracts import MechanismName, Price, PriceBranch, PriceInputs


def compute_price(inputs: PriceInputs) -> Price:
    """The price of a click: never under the reserve, never above the bid."""
    amount_minor, branch = _FORMULAS[inputs.mechanism](inputs)
    return Price(amount_minor, branch, inputs)


def is_reproducible(price: Price) -> bool:
    """Whether a stored price follows from its own inputs, branch and all: the audit of a billed event."""
    return compute_price(price.inputs) == price


def _price_gsp(inputs: PriceInputs) -> tuple[int, PriceBranch]:
    """clamp(floor(score of the next / own quality) + step, reserve, bid): ads.md, "Keyword auction"."""
    if not inputs.lower_scores:
        return inputs.reserve_minor, PriceBranch.ALONE
    forced = inputs.lower_scores[0] // inputs.quality + inputs.step_minor
    if forced > inputs.bid_minor:
        return inputs.bid_minor, PriceBranch.OWN_BID
    if forced < inputs.reserve_minor:
        return inputs.reserve_minor, PriceBranch.RESERVE
    return forced, PriceBranch.NEXT


def _price_vcg(inputs: PriceInputs) -> tuple[int, PriceBranch]:
    """What the others lose by this winner, a click of its own: the bid that each place takes, weighted by what it adds.

    A place takes the score of the one below it or the own reserve, whichever is more (Edelman, Ostrovsky, Schwarz 2007,
    with the reserve as the least bid of every place). The division is floored, in the merchant's favour.
    """
    least = inputs.reserve_minor * inputs.quality
    lost = 0
    for step, weight in enumerate(inputs.weights_ppm):
        below = inputs.weights_ppm[step + 1] if step + 1 < len(inputs.weights_ppm) else 0
        score = inputs.lower_scores[step] if step < len(inputs.lower_scores) else 0
        lost += (weight - below) * max(score, least)
    amount_minor = lost // (inputs.weights_ppm[0] * inputs.quality)
    return amount_minor, PriceBranch.DISPLACED if inputs.lower_scores else PriceBranch.ALONE


def _price_first(inputs: PriceInputs) -> tuple[int, PriceBranch]:
    return inputs.bid_minor, PriceBranch.FIRST_PRICE


_FORMULAS: Mapping[MechanismName, Callable[[PriceInputs], tuple[int, PriceBranch]]] = {
    MechanismName.GSP: _price_gsp,
    MechanismName.VCG: _price_vcg,
    MechanismName.FIRST: _price_first,
}
