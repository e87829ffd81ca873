"""What suggestions do on the clock."""

import time
from datetime import datetime

from billing.settlement.services.days import business_date
from search.suggestions import services

SECONDS_AT_A_TIME = 5.0


def count(now: datetime) -> int:
    """Count what changed since; what is left after a few seconds is the next time's. Returns how many changes."""
    del now  # nothing in it hangs on the time
    return services.catch_up(until=time.monotonic() + SECONDS_AT_A_TIME)


def count_asked(now: datetime) -> int:
    """Offer what many people ask. Returns how many completions came, went or weigh otherwise."""
    return services.count_asked(today=business_date(now))


def sweep(now: datetime) -> int:
    """Prove the next slice of the counts. Returns how much was wrong."""
    del now
    outcome = services.sweep()
    return outcome.wrong_listings + outcome.wrong_sums
