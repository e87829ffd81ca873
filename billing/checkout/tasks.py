"""Entry points of checkout for the clock."""

from datetime import datetime

from billing.checkout.services import close_due_purchases, confirm_due_receipts, settle_refund, settle_report
from billing.payments.services import ask_unsure_payments, send_due_refunds


def close_unpaid(now: datetime) -> int:
    """Close purchases whose time to pay ran out."""
    return close_due_purchases(now=now)


def ask_unsure(now: datetime) -> int:
    """Ask the provider about payments whose callback never came."""
    return ask_unsure_payments(now=now, settle=lambda report: settle_report(report=report, now=now))


def send_refunds(now: datetime) -> int:
    """Send refunds that are due, or ask how they stand."""
    return send_due_refunds(now=now, settle=lambda report: settle_refund(report=report, now=now))


def confirm_receipts(now: datetime) -> int:
    """Confirm receipts that nobody confirmed."""
    return confirm_due_receipts(now=now)
