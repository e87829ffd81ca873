"""When people see ads: the shape of a day over the weeks before, by which a day's spending is planned."""

from datetime import date, timedelta

from django.db.models import Sum

from search.auction.contracts import TrafficCurve
from search.reports.models import AdCount

HOURS = 24
WEEKS = 4
EVEN = TrafficCurve((1,) * HOURS)


def get_traffic_curve(*, today: date) -> TrafficCurve:
    """Views of all ads by hour in the four weeks before a day; an even day while nothing is known. One statement."""
    rows = AdCount.objects.filter(day__gte=today - timedelta(weeks=WEEKS), day__lt=today).values("hour")
    by_hour = dict(rows.annotate(all=Sum("views")).order_by().values_list("hour", "all"))
    return TrafficCurve(tuple(int(by_hour.get(hour, 0)) for hour in range(HOURS))) if any(by_hour.values()) else EVEN
