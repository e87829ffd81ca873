"""The clock of payouts, to be killed.

Time runs a thousand times faster for what is due, so that pauses after a crash do not hold up a test.
"""

import time
from datetime import UTC, datetime, timedelta

from billing.settlement.services.payout_sending import carry_due_payouts


def run_clock(seconds: float) -> None:
    """Carry what is due until the time is over or somebody kills this."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        passed = time.monotonic() - began
        carry_due_payouts(now=datetime.now(UTC) + timedelta(seconds=1_000 * passed), limit=3)
        time.sleep(0.01)
