"""Entry points of the wallets for the clock."""

from datetime import datetime

from billing.wallets.services import close_due_top_ups, collect_owed, expire_due_bonuses, fill_wallets


def expire_bonuses(now: datetime) -> int:
    """Let bonuses go whose time is over."""
    return expire_due_bonuses(now=now)


def close_unpaid_top_ups(now: datetime) -> int:
    """Close payments that were not made in time."""
    return close_due_top_ups(now=now)


def fill_low_wallets(now: datetime) -> int:
    """Top up from sales where a shop wants that."""
    return fill_wallets(now=now)


def collect_commission(now: datetime) -> int:
    """Let money that came into wallets pay the commission that they owed."""
    return collect_owed(now=now)
