"""What is done with offers: per offer, per query and offer, per place."""

from collections.abc import Collection
from datetime import date
from typing import TypeVar

from django.db.models import QuerySet, Sum

from search.signals.contracts import OfferFigures, PositionFigures
from search.signals.models import ListingDay, OfferCounts, PairDay, PositionDay
from search.signals.rules.clicks import measure_lift

Counted = TypeVar("Counted", bound=OfferCounts)
_SUMS = ("shown", "examined_bps", "clicked", "viewed", "carted", "bought")


def list_listing_figures(*, since: date, until: date, listing_ids: Collection[int] | None = None) -> list[OfferFigures]:
    """Offers over all queries and none, by id; of these ids only, if any are named."""
    rows = ListingDay.objects.filter(day__range=(since, until))
    return _sum(rows if listing_ids is None else rows.filter(listing_id__in=listing_ids))


def list_pair_figures(*, query: str, since: date, until: date) -> list[OfferFigures]:
    """Offers for one query (as `rules.words` makes it), by id."""
    return _sum(PairDay.objects.filter(query__key=query, day__range=(since, until)))


def map_lifts(*, since: date, until: date) -> dict[int, int]:
    """How much more each offer is clicked than an average one at the same places, in basis points; see `rules.clicks`.

    Offers that were not seen stand for average ones and are left out.
    """
    figures = list_listing_figures(since=since, until=until)
    examined = sum(one.examined for one in figures)
    average = sum(one.clicked for one in figures) / examined if examined else 0.0
    return {one.listing_id: measure_lift(one, average=average) for one in figures if one.shown}


def list_positions(*, since: date, until: date, most: int = 30) -> list[PositionFigures]:
    """The first places in the lists of hits, over all queries."""
    rows = PositionDay.objects.filter(day__range=(since, until), position__lte=most)
    sums = rows.values("position").annotate(summed_shown=Sum("shown"), summed_clicked=Sum("clicked"))
    return [
        PositionFigures(*row)
        for row in sums.order_by("position").values_list("position", "summed_shown", "summed_clicked")
    ]


def _sum(rows: QuerySet[Counted]) -> list[OfferFigures]:
    sums = rows.values("listing_id").annotate(**{f"summed_{name}": Sum(name) for name in _SUMS}).order_by("listing_id")
    return [
        OfferFigures(
            listing_id=row["listing_id"],
            examined=row["summed_examined_bps"] / 10_000,
            **{name: row[f"summed_{name}"] for name in _SUMS if name != "examined_bps"},
        )
        for row in sums
    ]
