"""The clock of payouts as a process, to be killed: `python -m tests.billing.settlement.payout_clock SECONDS`.

Time runs a thousand times faster for what is due, so that pauses after a crash do not hold up a test.
"""

import sys
import time
from datetime import UTC, datetime, timedelta

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from billing.settlement.services.payout_sending import carry_due_payouts  # noqa: E402


def run(seconds: float) -> None:
    """Carry what is due until the time is over or somebody kills this."""
    began = time.monotonic()
    print("running", flush=True)
    while time.monotonic() < began + seconds:
        passed = time.monotonic() - began
        carry_due_payouts(now=datetime.now(UTC) + timedelta(seconds=1_000 * passed), limit=3)
        time.sleep(0.01)


if __name__ == "__main__":
    run(float(sys.argv[1]))
