"""When the demo's ads began, and its visitors of the month before: whatever the day, that month has an invoice."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from billing.settlement.services.days import business_date
from onebox.demo.ads_visits import Visit
from search.signals.services import name_person

DAYS = 30
INVOICED_DAYS = 2
"""Of the month before this one, that are never left out. At most 32 days ago: decisions are kept for 35."""
CLICKED = (
    ("马克杯", 0),
    ("马克杯", 1),
    ("茶", 0),
    ("茶", 1),
    ("茶", 2),
    ("花瓶", 0),
    ("花瓶", 1),
    ("台灯", 0),
    ("台灯", 1),
    ("笔记本", 0),
    ("笔记本", 1),
    ("", 0),
)
"""What each visitor of such a day asks for and which place is clicked, so that every advertiser pays for something."""
FIRST_NUMBER = 800
OPENS, GAP = time(10, 0), timedelta(minutes=41)


def find_beginning(now: datetime) -> datetime:
    """A month ago, and not after the last two days of the month before."""
    return min([now - timedelta(days=DAYS), *(_at(day, time.min) for day in list_first_days(now))])


def list_first_days(now: datetime) -> list[date]:
    """Of the last days of the month before, those that the last thirty days do not have in whole."""
    today = business_date(now)
    lasts = [today.replace(day=1) - timedelta(days=number) for number in range(INVOICED_DAYS, 0, -1)]
    return [day for day in lasts if day <= today - timedelta(days=DAYS)]


def list_first_visits(now: datetime) -> Iterator[Visit]:
    """A few visitors on each of these days, each of whom clicks one ad."""
    for day in list_first_days(now):
        for number, (query, place) in enumerate(CLICKED):
            person = name_person(guest_key=f"demo-first-{day}-{number}")
            yield Visit(_at(day, OPENS) + number * GAP, person, FIRST_NUMBER + number, query, clicks=place)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, ZoneInfo(settings.BUSINESS_TIME_ZONE))
