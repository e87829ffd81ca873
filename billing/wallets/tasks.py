"""Entry points of the wallets for the clock."""

from datetime import datetime

from billing.wallets.services import expire_due_bonuses


def expire_bonuses(now: datetime) -> int:
    """Let bonuses go whose time is over."""
    return expire_due_bonuses(now=now)
