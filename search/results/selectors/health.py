"""How far counting has come, for staff."""

from search.results.contracts import CountingHealth
from search.results.models import LOOKS, Position
from search.signals.selectors import list_events


def read_counting_health() -> CountingHealth:
    """Where the counter of looks stands: two statements."""
    position = Position.objects.filter(pk=LOOKS).values_list("number", flat=True).first() or 0
    waiting = list_events(after=position, limit=1)
    return CountingHealth(position, waiting[0].at if waiting else None)
