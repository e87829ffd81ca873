"""Entry points of checkout for the clock."""

from datetime import datetime

from billing.checkout.services import close_due_purchases, confirm_due_receipts


def close_unpaid(now: datetime) -> int:
    """Close purchases whose time to pay ran out."""
    return close_due_purchases(now=now)


def confirm_receipts(now: datetime) -> int:
    """Confirm receipts that nobody confirmed."""
    return confirm_due_receipts(now=now)
