"""Closing an unpaid payment: at the provider first, then here."""

from datetime import datetime

from billing.payments.contracts import PaymentState, ProviderReport
from billing.payments.gateways.registry import get_gateway
from billing.payments.models import Payment
from billing.payments.selectors import PaymentNotFound, to_order
from billing.payments.services.guards import demand_no_transaction, demand_transaction, lock_payment


def close_payment(*, payment_no: str, now: datetime) -> ProviderReport:
    """Close at the provider. The report says paid when the buyer was quicker; the rows are not touched.

    Calls the provider. Follow with `record_report` or `mark_closed`. Raises `PaymentNotFound`, `ProviderError`.
    """
    demand_no_transaction()
    payment = Payment.objects.prefetch_related("shares").filter(payment_no=payment_no).first()
    if payment is None:
        raise PaymentNotFound(payment_no)
    return get_gateway(payment.gateway).close(to_order(payment))


def mark_closed(*, payment_no: str, now: datetime) -> bool:
    """Step: the payment is closed at the provider. Returns False when it was captured in the meantime.

    Raises `PaymentNotFound`.
    """
    demand_transaction()
    payment = lock_payment(payment_no)
    if payment.state == PaymentState.CAPTURED.value:
        return False
    if payment.state != PaymentState.CLOSED.value:
        payment.state, payment.closed_at = PaymentState.CLOSED.value, now
        payment.save(update_fields=["state", "closed_at"])
    return True
