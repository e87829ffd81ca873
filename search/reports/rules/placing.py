"""In which cell an event of an ad is counted."""

from datetime import datetime
from zoneinfo import ZoneInfo

from search.reports.contracts import Cell, CountedEvent
from search.spending.contracts import AdEventView

LAST_HOUR = 23


def find_cell(event: AdEventView, zone: ZoneInfo) -> Cell:
    """The event's cell: the day is its decision's, the hour its own; after midnight that is the day's last one."""
    at: datetime = event.at.astimezone(zone)
    return Cell(
        day=event.day,
        hour=at.hour if at.date() == event.day else LAST_HOUR,
        shop_id=event.shop_id,
        campaign_id=event.campaign_id,
        group_id=event.group_id,
        ad_id=event.ad_id,
        keyword_id=event.keyword_id or 0,
        place=event.place,
        page=event.page,
        region=event.region,
        term=event.query,
    )


def to_counted(event: AdEventView, zone: ZoneInfo) -> CountedEvent:
    """What of an event is counted."""
    return CountedEvent(
        cell=find_cell(event, zone),
        kind=event.kind,
        billed_micro=event.billed_micro,
        borne_micro=event.borne_micro,
        reason=event.reason,
    )
