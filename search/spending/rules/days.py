"""Days as tokens carry them, and moments in microseconds."""

from datetime import UTC, date, datetime, timedelta

LOOKED_BACK = timedelta(days=40)
"""What is charged after longer than this is nobody's any more: its decisions are gone."""

_EPOCH = date(1970, 1, 1)
_EPOCH_AT = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def number_day(day: date) -> int:
    """Days since the epoch."""
    return (day - _EPOCH).days


def name_day(number: int) -> date:
    """The day of a number."""
    return _EPOCH + timedelta(days=number)


def to_us(moment: datetime) -> int:
    """Microseconds since the epoch."""
    return (moment - _EPOCH_AT) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """The moment of so many microseconds, in UTC."""
    return _EPOCH_AT + timedelta(microseconds=microseconds)


def floor_hour(moment: datetime) -> datetime:
    """The hour that a moment is in. Business days begin on whole hours of UTC."""
    return moment.replace(minute=0, second=0, microsecond=0)
