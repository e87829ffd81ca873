"""What is looked for from time to time: payments whose callback never came, refunds to send. The caller books."""

from collections.abc import Callable
from datetime import datetime

import structlog

from billing.payments.contracts import ProviderError, ProviderReport, RefundReport
from billing.payments.selectors import list_due_refunds, list_unsure_payments
from billing.payments.services.guards import demand_no_transaction
from billing.payments.services.refunding import send_refund
from billing.payments.services.reporting import AmountMismatch, ask_provider

log = structlog.get_logger(__name__)


def ask_unsure_payments(*, now: datetime, settle: Callable[[ProviderReport], object], limit: int = 20) -> int:
    """Ask about payments that should have been told of, and hand paid ones to `settle`. Returns how many were paid."""
    demand_no_transaction()
    paid = 0
    for payment_no in list_unsure_payments(now=now, limit=limit):
        try:
            report = ask_provider(payment_no=payment_no, now=now)
            if report.paid:
                settle(report)
                paid += 1
        except (ProviderError, AmountMismatch) as error:
            log.warning("payment.unsure", payment_no=payment_no, error=str(error)[:200])
    return paid


def send_due_refunds(*, now: datetime, settle: Callable[[RefundReport], object], limit: int = 20) -> int:
    """Send refunds, or ask how they stand, and hand each answer to `settle`. Returns how many were answered."""
    demand_no_transaction()
    answered = 0
    for refund_no in list_due_refunds(now=now, limit=limit):
        try:
            settle(send_refund(refund_no=refund_no, now=now))
            answered += 1
        except ProviderError as error:
            log.warning("refund.failed", refund_no=refund_no, code=error.code, error=str(error)[:200])
    return answered
