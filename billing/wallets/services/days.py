"""The business day: one function, one setting."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def business_date(moment: datetime) -> date:
    """The business day of an instant."""
    return moment.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()
