"""Forecasts: a bid put into past auctions, priced by the same function that prices real clicks."""

from collections.abc import Iterable, Sequence

from search.auction.contracts import Forecast, MechanismName, PastAuction, PriceInputs, Terms
from search.auction.pricing import compute_price


def forecast_bid(
    past: Iterable[PastAuction],
    terms: Terms,
    *,
    bid_minor: int,
    quality: int,
    click_rate_ppm: int,
    budget_micro: int | None = None,
) -> Forecast:
    """What a bid would have brought. `click_rate_ppm` is that of the first place, of which lower ones have a part."""
    auctions = shown = clicks_micro = cost_micro = 0
    for auction in past:
        auctions += auction.times
        place = _find_place(auction, terms, bid_minor, quality)
        if place is None:
            continue
        shown += auction.times
        weight = terms.weights.by_place_ppm[place]
        clicks = auction.times * click_rate_ppm * weight // terms.weights.by_place_ppm[0]
        clicks_micro += clicks
        cost_micro += clicks * _price(auction, terms, bid_minor, quality, place)
    limited = budget_micro is not None and cost_micro > budget_micro
    if limited and budget_micro is not None:
        clicks_micro, cost_micro = clicks_micro * budget_micro // cost_micro, budget_micro
    return Forecast(
        bid_minor=bid_minor,
        auctions=auctions,
        shown=shown,
        clicks_micro=clicks_micro,
        cost_micro=cost_micro,
        limited=limited,
    )


def forecast_bids(
    past: Sequence[PastAuction],
    terms: Terms,
    bids_minor: Iterable[int],
    *,
    quality: int,
    click_rate_ppm: int,
    budget_micro: int | None = None,
) -> list[Forecast]:
    """The same for several bids: the curve that a merchant chooses from."""
    return [
        forecast_bid(
            past, terms, bid_minor=bid, quality=quality, click_rate_ppm=click_rate_ppm, budget_micro=budget_micro
        )
        for bid in bids_minor
    ]


def _find_place(auction: PastAuction, terms: Terms, bid_minor: int, quality: int) -> int | None:
    """The place from zero. A draw is lost: the newcomer is younger."""
    if bid_minor < max(1, auction.reserve_minor) or quality < terms.rules.least_quality:
        return None
    place = sum(score >= bid_minor * quality for score in auction.scores)
    return place if place < min(auction.places, len(terms.weights.by_place_ppm)) else None


def _price(auction: PastAuction, terms: Terms, bid_minor: int, quality: int, place: int) -> int:
    inputs = PriceInputs(
        mechanism=MechanismName.GSP,
        bid_minor=bid_minor,
        quality=quality,
        reserve_minor=auction.reserve_minor,
        step_minor=terms.rules.step_minor,
        lower_scores=auction.scores[place : place + 1],
        weights_ppm=(),
        rules_version=terms.rules.version,
        weights_version=terms.weights.version,
        quality_version=terms.quality_version,
    )
    return compute_price(inputs).amount_minor
