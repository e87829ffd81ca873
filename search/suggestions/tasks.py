"""What suggestions do on the clock."""

import time
from datetime import datetime

from search.suggestions.services import catch_up
from search.suggestions.services import sweep as sweep_once

SECONDS_AT_A_TIME = 5.0


def count(now: datetime) -> int:
    """Count what changed since; what is left after a few seconds is the next time's. Returns how many changes."""
    del now  # nothing in it hangs on the time
    return catch_up(until=time.monotonic() + SECONDS_AT_A_TIME)


def sweep(now: datetime) -> int:
    """Prove the next slice of the counts. Returns how much was wrong."""
    del now
    outcome = sweep_once()
    return outcome.wrong_listings + outcome.wrong_sums
