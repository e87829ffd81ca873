"""Forecasts of display ads: a bid put on past shelves, priced by the function that prices real views and clicks."""

from collections.abc import Iterable, Sequence

from search.auction.contracts import ClickBid, DisplayForecast, DisplayPriceInputs, PastShelf, PlaceWeights
from search.auction.display import STEP_MINOR, compute_display_price, compute_ecpm


def forecast_display(
    past: Iterable[PastShelf],
    weights: PlaceWeights,
    *,
    bid_minor: int,
    by_click: bool,
    click_rate_ppm: int,
    budget_micro: int | None = None,
) -> DisplayForecast:
    """What a bid for a thousand views, or for a click, would have brought.

    `click_rate_ppm` is that of the first place, of whose clicks lower ones have a part. Views and clicks end with the
    budget.
    """
    click = ClickBid(bid_minor, click_rate_ppm) if by_click else None
    ecpm_minor = bid_minor if click is None else compute_ecpm(click)
    views = clicks_micro = cost_micro = 0
    for shelf in past:
        others = [other for other in shelf.ecpms if other >= shelf.floor_minor]  # below it nobody takes part
        place = _find_place(shelf, others, weights, ecpm_minor)
        if place is None:
            continue
        clicks = shelf.seen[0] * click_rate_ppm * weights.by_place_ppm[place] // weights.by_place_ppm[0]
        price = compute_display_price(
            DisplayPriceInputs(
                ecpm_minor=ecpm_minor,
                floor_minor=shelf.floor_minor,
                step_minor=STEP_MINOR,
                next_ecpm_minor=others[place] if place < len(others) else None,
                click=click,
            )
        )
        views += shelf.seen[place]
        clicks_micro += clicks
        cost_micro += shelf.seen[place] * price.view_micro + clicks * price.click_minor
    limited = budget_micro is not None and cost_micro > budget_micro
    if limited and budget_micro is not None:
        views, clicks_micro = (part * budget_micro // cost_micro for part in (views, clicks_micro))
        cost_micro = budget_micro
    return DisplayForecast(views=views, clicks_micro=clicks_micro, cost_micro=cost_micro, limited=limited)


def _find_place(shelf: PastShelf, others: Sequence[int], weights: PlaceWeights, ecpm_minor: int) -> int | None:
    """The place from zero. A draw is lost: the newcomer is younger."""
    if ecpm_minor < max(1, shelf.floor_minor):
        return None
    place = sum(other >= ecpm_minor for other in others)
    return place if place < min(len(shelf.seen), len(weights.by_place_ppm)) else None
