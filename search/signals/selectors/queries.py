"""What is asked: top queries, queries that find nothing, hot words."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, F, FloatField, Max, QuerySet, Sum, Value, When

from search.signals.contracts import DayFigures, HotWord, QueryFigures
from search.signals.models import QueryDay

HALF_LIFE_DAYS = 2.0
HOT_DAYS = 7
HOT_VISITORS = 5
"""On one day at least so many different visitors: one person, or one program, makes no word hot."""


def list_queries(
    *, since: date, until: date, visitors_at_least: int = 1, visitors_on_a_day: int = 0, limit: int = 50
) -> list[QueryFigures]:
    """Queries by how many people asked them; ties by the alphabet.

    Visitors of several days are added up, so one person may be many: `visitors_on_a_day` counts people for certain.
    """
    rows = _sum(QueryDay.objects.filter(day__range=(since, until)))
    rows = rows.filter(people__gte=visitors_at_least) if visitors_at_least > 0 else rows
    rows = rows.filter(most_on_a_day__gte=visitors_on_a_day) if visitors_on_a_day > 0 else rows
    return [QueryFigures(*row) for row in rows.order_by("-people", "-asked", "query__key")[:limit]]


def list_unanswered(*, since: date, until: date, limit: int = 50) -> list[QueryFigures]:
    """Queries that found nothing, by how often that was."""
    rows = _sum(QueryDay.objects.filter(day__range=(since, until))).filter(empty__gt=0)
    return [QueryFigures(*row) for row in rows.order_by("-empty", "-people", "query__key")[:limit]]


def list_hot_words(*, today: date, limit: int = 12, visitors_on_a_day: int = HOT_VISITORS) -> list[HotWord]:
    """What many different people ask these days, the latest days counting most. Never what finds nothing only."""
    ages = range(HOT_DAYS)
    fading = Case(*(When(day=today - timedelta(days=age), then=Value(0.5 ** (age / HALF_LIFE_DAYS))) for age in ages))
    weight = Sum(F("visitors") * fading, output_field=FloatField())
    rows = (
        QueryDay.objects.filter(day__range=(today - timedelta(days=HOT_DAYS - 1), today))
        .values("query__key")
        .annotate(weight=weight, most=Max("visitors"), empty=Sum("nothing_found"), asked=Sum("searches"))
        .filter(most__gte=visitors_on_a_day, empty__lt=F("asked"))
        .order_by("-weight", "query__key")
    )
    return [HotWord(key, round(found, 4)) for key, found in rows.values_list("query__key", "weight")[:limit]]


def sum_days(*, since: date, until: date) -> list[DayFigures]:
    """All queries together, day by day; days on which nothing was asked stand with zeros."""
    rows = QueryDay.objects.filter(day__range=(since, until)).values("day").order_by("day")
    sums = rows.annotate(
        asked=Sum("searches"), empty=Sum("nothing_found"), people=Sum("visitors"), clicking=Sum("clickers")
    )
    found = {row[0]: DayFigures(*row) for row in sums.values_list("day", "asked", "empty", "people", "clicking")}
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    return [found.get(day, DayFigures(day, 0, 0, 0, 0)) for day in days]


def _sum(rows: QuerySet[QueryDay]) -> Any:  # Any: rows of sums have no type of their own
    sums = rows.values("query__key").annotate(
        asked=Sum("searches"),
        empty=Sum("nothing_found"),
        people=Sum("visitors"),
        clicking=Sum("clickers"),
        carting=Sum("carters"),
        buying=Sum("buyers"),
        most_on_a_day=Max("visitors"),
    )
    return sums.values_list("query__key", "asked", "empty", "people", "clicking", "carting", "buying")
