"""Who owns the transaction, stated and checked; and the rows that are locked in it."""

from django.db import connection
from django.db.transaction import TransactionManagementError

from billing.payments.models import Payment
from billing.payments.selectors import PaymentNotFound


class ProviderCallInTransaction(TransactionManagementError):
    """A provider would be called while a transaction holds locks."""


def demand_transaction() -> None:
    """A step changes rows together with its caller's, or not at all."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A step of payments runs inside its caller's transaction.")


def demand_no_transaction() -> None:
    """As `atomic(durable=True)`: a test's own surrounding transaction does not count."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise ProviderCallInTransaction("A provider is never called inside a transaction.")


def lock_payment(payment_no: str) -> Payment:
    """The payment's row, locked to the end of the transaction. Raises PaymentNotFound."""
    payment = Payment.objects.select_for_update(no_key=True).filter(payment_no=payment_no).first()
    if payment is None:
        raise PaymentNotFound(payment_no)
    return payment
