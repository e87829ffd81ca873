"""What spending does on the clock."""

import os
import subprocess
import sys
from datetime import datetime, timedelta

import structlog

from billing.settlement.services.days import business_date
from search.spending.selectors.partitions import count_misplaced, find_last_day
from search.spending.services import (
    close_days,
    close_due_leases,
    close_hours,
    find_late_invalid,
    post_credits,
    prove_hours,
    purge_old,
    take_back_leases,
)

log = structlog.get_logger(__name__)

ROUNDS = 20
LEAST_AHEAD = timedelta(days=7)
_making: subprocess.Popen[bytes] | None = None


def close_leases(now: datetime) -> int:
    """Give back what leases have left whose time is over or whose worker fell silent. Returns how many."""
    total = 0
    for _ in range(ROUNDS):
        closed = close_due_leases(now) + take_back_leases(now)
        total += closed
        if not closed:
            break
    return total


def charge(now: datetime) -> int:
    """Charge the hours that are over, prove them, close days of which nothing can come any more."""
    try:
        return close_hours(now)
    finally:
        prove_hours(now)
        close_days(now)


def find_invalid(now: datetime) -> int:
    """Look at the clicks of the last 72 hours again. Returns how many findings are new."""
    return find_late_invalid(now)


def give_credits(now: datetime) -> int:
    """Post the credits that are approved. Returns how many postings were made."""
    return post_credits(now)


def purge(now: datetime) -> int:
    """Forget what is older than it may be. Returns how many rows went."""
    return purge_old(now=now)


def keep_partitions(now: datetime) -> int:
    """Start making daily partitions when few are ahead or rows wait for theirs. Returns 1 when it was started.

    Making tables is the owner's work, so it is done by a command in a process of its own; where this process does not
    know the owner (DATABASE_OWNER_URL is not set), run `make_ad_partitions` by hand or by a schedule of your own.
    """
    global _making
    if _making is not None and _making.poll() is None:
        return 0
    last = find_last_day()
    enough = last is not None and last >= business_date(now) + LEAST_AHEAD and not count_misplaced()
    if enough or not os.environ.get("DATABASE_OWNER_URL"):
        return 0
    log.info("ad_partitions.making", last=str(last))
    _making = subprocess.Popen([sys.executable, "-m", "config", "make_ad_partitions"])
    return 1
