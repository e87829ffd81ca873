"""What serving works out on the clock."""

from datetime import datetime

from search.serving import services


def count_qualities(now: datetime) -> int:
    """Count what was seen and clicked of ads."""
    return services.count_qualities(now)


def move_reserves(now: datetime) -> int:
    """Move the reserves of words, once a business day."""
    return services.move_reserves(now)
