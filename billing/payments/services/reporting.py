"""What a provider says of a payment: asked for, and written down once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from billing.payments.contracts import CaptureOutcome, PaidShare, PaymentState, ProviderReport
from billing.payments.gateways.registry import get_gateway
from billing.payments.models import Payment, PaymentShare
from billing.payments.rules import find_mismatch
from billing.payments.selectors import PaymentNotFound, to_order
from billing.payments.services.guards import demand_no_transaction, demand_transaction, lock_payment


class AmountMismatch(RuntimeError):
    """A report does not fit what was agreed: currency, shares, amounts or accounts. Nothing was changed."""

    def __init__(self, payment_no: str, reason: str) -> None:
        super().__init__(f"{payment_no}: {reason}")
        self.reason = reason


def ask_provider(*, payment_no: str, now: datetime) -> ProviderReport:
    """How the payment stands at the provider. Calls the provider; changes nothing but when it was asked.

    Raises `PaymentNotFound`, `ProviderError`.
    """
    demand_no_transaction()
    payment = Payment.objects.filter(payment_no=payment_no).first()
    if payment is None:
        raise PaymentNotFound(payment_no)
    with transaction.atomic(durable=True):
        Payment.objects.filter(pk=payment.pk).update(asked_at=now)
    return get_gateway(payment.gateway).query(payment_no)


def record_report(*, report: ProviderReport, now: datetime) -> CaptureOutcome:
    """Step: write down that a payment was paid. Locks the payment; a repeat changes nothing.

    A report that does not say paid changes nothing either. Raises `PaymentNotFound`, `AmountMismatch`.
    """
    demand_transaction()
    payment = lock_payment(report.payment_no)
    shares = list(payment.shares.order_by("position"))
    if not report.paid:
        return _outcome(payment, captured_now=False)
    reason = find_mismatch(to_order(payment), report)
    if reason:
        raise AmountMismatch(report.payment_no, reason)
    if payment.state == PaymentState.CAPTURED.value:
        _check_same_transactions(payment, shares, report)
        return _outcome(payment, captured_now=False, shares=report.shares)
    payment.captured_late = payment.state == PaymentState.CLOSED.value
    payment.state, payment.captured_at = PaymentState.CAPTURED.value, now
    payment.save(update_fields=["state", "captured_at", "captured_late"])
    told = {share.share_no: share for share in report.shares}
    for share in shares:
        share.transaction_id = told[share.share_no].transaction_id
        share.paid_at = told[share.share_no].paid_at
    PaymentShare.objects.bulk_update(shares, ["transaction_id", "paid_at"])
    return _outcome(payment, captured_now=True, shares=report.shares)


def _check_same_transactions(payment: Payment, shares: Sequence[PaymentShare], report: ProviderReport) -> None:
    """Another transaction for a paid share would be money that was taken twice: loud, never silent."""
    told = {share.share_no: share.transaction_id for share in report.shares}
    if any(told[share.share_no] != share.transaction_id for share in shares):
        raise AmountMismatch(payment.payment_no, "another_transaction")


def _outcome(payment: Payment, *, captured_now: bool, shares: Sequence[PaidShare] = ()) -> CaptureOutcome:
    return CaptureOutcome(
        payment_no=payment.payment_no,
        purchase_no=payment.purchase_no,
        captured_now=captured_now,
        late=payment.captured_late,
        shares=shares,
    )
