"""How many people belong to which audience."""

from datetime import date, timedelta

from django.db.models import Max

from search.signals.models import AudienceWeek
from search.signals.rules.visitors import find_week

WEEKS = timedelta(weeks=4)


def map_audience_sizes(*, today: date) -> dict[str, int]:
    """Visitors by audience in the busiest of the weeks that 28 days reach into: one statement.

    Visitors are called otherwise each week, so that weeks cannot be added up: as many as in the busiest one there are
    at least.
    """
    rows = AudienceWeek.objects.filter(starts_on__gte=find_week(today - WEEKS), starts_on__lte=today)
    return dict(rows.values("name").annotate(most=Max("visitors")).order_by().values_list("name", "most"))
