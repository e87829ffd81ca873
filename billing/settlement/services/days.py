"""The business day that settlement closes: one function, one setting."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

GRACE = timedelta(minutes=5)
"""How long after midnight a day is closed, so that what was asked for before is in the books."""


def business_date(moment: datetime) -> date:
    """The business day of an instant."""
    return moment.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()


def last_ended_day(now: datetime) -> date:
    """The latest business day that is over, and some minutes more."""
    return business_date(now - GRACE) - timedelta(days=1)
