"""What timers and pages do beside the reports: lend, give back, charge, prove. And how one outlives a dead server."""

import http.client
import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection

from search.spending.models import Lease
from search.spending.services import close_due_leases, close_hours, prove_hours, take_lease
from tests.fixtures.ads import MICRO

LONG_AFTER = timedelta(hours=3)
LOCKED = "55P03"  # a click waits for a lock only so long; here it is told again, a page goes on without it


def work(folder: Path, name: str, chance: random.Random) -> None:
    """One thing after the other until the storm is over."""
    while not (folder / "stop").exists():
        insist(folder, name, lambda: do_something(name, chance))
        time.sleep(0.05)


def do_something(name: str, chance: random.Random) -> None:
    now = datetime.now(UTC)
    row = Lease.objects.order_by("?").first()
    assert row is not None
    match chance.randrange(4):
        case 0:
            take_lease(
                campaign_id=row.campaign_id, shop_id=row.shop_id, day=row.day, worker=name,
                least_micro=300 * MICRO, now=now,
            )  # fmt: skip
        case 1:
            close_due_leases(now + LONG_AFTER, limit=3)
        case 2:
            close_hours(now + LONG_AFTER)
        case _:
            prove_hours(now)


def insist(folder: Path, name: str, deed: Callable[[], None]) -> None:
    """Do it until it is done: a server that is away comes back."""
    while os.getppid() != 1:
        try:
            return deed()
        except (OperationalError, InterfaceError) as away:
            code = getattr(away.__cause__, "sqlstate", None)
            if code is not None and not code.startswith(("57P", "08", LOCKED)):
                note(folder, f"{name}: {code} {away}")
        except (http.client.HTTPException, ConnectionError):
            pass
        except Exception as error:
            if not is_away(error):
                note(folder, f"{name}: {type(error).__name__}: {error}")
                raise
        connection.close()
        time.sleep(0.05)


def is_away(error: Exception) -> bool:
    """`close_hours` tells of all its shops at once: nothing but a server that was away."""
    told = " ".join(map(str, error.args))
    return type(error).__name__ == "HoursNotClosed" and ("connection" in told or "terminat" in told)


def note(folder: Path, text: str) -> None:
    """What went wrong, for the judge."""
    with (folder / "failures").open("ab", buffering=0) as file:
        file.write(text.replace("\n", " ").encode() + b"\n")
