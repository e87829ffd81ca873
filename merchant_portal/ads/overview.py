"""The day on the page of all campaigns: spend against the plan, and why the latest charge was what it was."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import QueryDict

from merchant_portal.ads_reports.asking import read_asked
from merchant_portal.ads_reports.charges import describe_event
from merchant_portal.ads_reports.explaining import Why, explain
from merchant_portal.ads_reports.page import draw_spend
from search.campaigns.selectors import map_campaigns
from search.spending.contracts import AdEventView
from search.spending.selectors import list_events
from web.charts import Chart

LATELY = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class LatestCharge:
    """The view or click that was charged last, as its own page shows it."""

    event: AdEventView
    row: dict[str, object]
    why: Why


@dataclass(frozen=True, slots=True)
class Overview:
    """`latest` is None where nothing was charged in seven days, or its auction was never stored."""

    chart: Chart
    latest: LatestCharge | None


def read_overview(*, shop_id: int, now: datetime) -> Overview:
    """Four statements, and a few more for the explanation of what was charged."""
    asked = read_asked(QueryDict("days=1"), now=now)
    latest = _find_latest(shop_id, since=asked.today - LATELY, until=asked.today)
    return Overview(draw_spend(asked, shop_id=shop_id, now=now), latest)


def _find_latest(shop_id: int, *, since: date, until: date) -> LatestCharge | None:
    events = list_events(shop_id=shop_id, since=since, until=until, billed=True, limit=1)
    why = explain(events[0]) if events else None
    if why is None or why.is_other:
        return None
    (event,) = events
    return LatestCharge(event, describe_event(event, map_campaigns([event.campaign_id])[event.campaign_id].name), why)
