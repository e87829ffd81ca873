"""What serving works out on the clock. Qualities are counted by `reports.tasks`, which knows what was bought."""

from datetime import datetime

from search.serving import services


def move_reserves(now: datetime) -> int:
    """Move the reserves of words, once a business day."""
    return services.move_reserves(now)
