"""From days of counted views to what a display bid may expect of a day. Pure; money in fen."""

from collections.abc import Mapping, Sequence

from market.money import MICRO_PER_MINOR, round_micro
from search.auction.contracts import PastShelf
from search.auction.contracts.units import PPM
from search.auction.display_forecast import forecast_display
from search.auction.versions import get_weights
from search.campaigns.contracts import PageKind
from search.reports.contracts.forecasts import DisplayOutlook, Span

PLACES = 6
"""Of a page's shelf."""

LEAST_DAYS = 3
"""Fewer days say nothing of another one."""

SeenDay = Mapping[PageKind, Sequence[int]]
"""How often each place of a page's shelves was seen on a day, from the first down."""


def forecast_days(
    days: Sequence[SeenDay],
    rivals: Mapping[PageKind, Sequence[int]],
    floors: Mapping[PageKind, int],
    *,
    bid_minor: int,
    by_click: bool,
    budget_minor: int,
    click_rate_ppm: int,
    share_ppm: int = PPM,
) -> DisplayOutlook:
    """What a bid would have brought on each of these days against what others bid now; the middle half of the days.

    `rivals` are the best eCPM of each other merchant by page, `floors` for a thousand views; `share_ppm` is the part of
    all people that the campaign is for.
    """
    parts = find_parts(days)
    found = [
        forecast_display(
            [
                PastShelf(
                    seen=_fill_places(seen[0] if seen else 0, parts, share_ppm),
                    ecpms=tuple(sorted(rivals.get(page, ()), reverse=True)),
                    floor_minor=floors[page],
                )
                for page, seen in day.items()
            ],
            get_weights(),
            bid_minor=bid_minor,
            by_click=by_click,
            click_rate_ppm=click_rate_ppm,
            budget_micro=budget_minor * MICRO_PER_MINOR,
        )
        for day in days
    ]
    return DisplayOutlook(
        bid_minor=bid_minor,
        days=len(days),
        is_known=len(days) >= LEAST_DAYS,
        views=_find_span([one.views for one in found]),
        clicks=_find_span([round(one.clicks_micro / PPM) for one in found]),
        cost_minor=_find_span([round_micro(one.cost_micro) for one in found]),
        limited=bool(_pick(sorted(one.limited for one in found), high=True)),
    )


def find_parts(days: Sequence[SeenDay]) -> tuple[int, ...]:
    """How often each place is seen of a million times that the first one is.

    Only shelves count on which the place was taken; one that never was is taken for as good as the one before it.
    """
    parts = [PPM]
    for place in range(1, PLACES):
        both = [(seen[0], seen[place]) for day in days for seen in day.values() if len(seen) > place and seen[place]]
        first, here = sum(pair[0] for pair in both), sum(pair[1] for pair in both)
        parts.append(min(parts[-1], here * PPM // first) if first else parts[-1])
    return tuple(parts)


def round_figures(number: int) -> int:
    """To two figures: 1,234 is 1,200."""
    scale: int = 10 ** max(0, len(str(number)) - 2)
    return (2 * number + scale) // (2 * scale) * scale


def _fill_places(first: int, parts: Sequence[int], share_ppm: int) -> tuple[int, ...]:
    return tuple(first * part * share_ppm // (PPM * PPM) for part in parts)


def _find_span(numbers: Sequence[int]) -> Span:
    ordered = sorted(numbers)
    return Span(round_figures(_pick(ordered, high=False)), round_figures(_pick(ordered, high=True)))


def _pick(ordered: Sequence[int], *, high: bool) -> int:
    """The lower or higher quartile; of few days the least or most."""
    if not ordered:
        return 0
    step = len(ordered) // 4
    return ordered[-1 - step] if high else ordered[step]
