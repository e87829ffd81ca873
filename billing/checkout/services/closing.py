"""Purchases that are not paid: closed at the provider first, their stock released after."""

from datetime import datetime

import structlog
from django.db import transaction

from billing.checkout.contracts import PurchaseState
from billing.checkout.selectors import get_purchase, list_due_purchases
from billing.checkout.services.paying import settle_report
from billing.checkout.services.shares import lock_purchase, move_share
from billing.payments.contracts import ProviderError
from billing.payments.services import close_payment, mark_closed
from tenants.inventory.services import release_holds
from tenants.orders.contracts import OrderState

log = structlog.get_logger(__name__)


class AlreadyPaid(RuntimeError):
    """The buyer paid before the purchase could be closed."""


def close_due_purchases(*, now: datetime) -> int:
    """Close purchases whose time to pay ran out; one the provider cannot close now is tried again later."""
    closed = 0
    for purchase_no in list_due_purchases(now=now):
        try:
            closed += close_purchase(purchase_no=purchase_no, because="expired", actor="system", actor_id=None, now=now)
        except AlreadyPaid:
            log.info("purchase.paid_at_the_last_moment", purchase_no=purchase_no)
        except ProviderError as error:
            log.warning("purchase.close_failed", purchase_no=purchase_no, error=str(error)[:200])
    return closed


def cancel_unpaid_purchase(*, purchase_no: str, buyer_id: int, now: datetime) -> None:
    """The buyer gives a waiting purchase up. Raises `PurchaseNotFound`, `AlreadyPaid`, `ProviderError`."""
    get_purchase(purchase_no=purchase_no, buyer_id=buyer_id)
    close_purchase(purchase_no=purchase_no, because="cancelled", actor="buyer", actor_id=buyer_id, now=now)


def close_purchase(*, purchase_no: str, because: str, actor: str, actor_id: int | None, now: datetime) -> bool:
    """Close at the provider, then here. Returns whether this call did it; a closed one stays closed.

    Raises `AlreadyPaid` when the buyer was quicker (the money is booked then), `ProviderError`.
    """
    payment_no = _find_waiting_payment(purchase_no)
    if payment_no is None:
        return False
    report = close_payment(payment_no=payment_no, now=now)
    if report.paid:
        settle_report(report=report, now=now)
        raise AlreadyPaid(purchase_no)
    return _close(purchase_no, payment_no, because, actor, actor_id, now)


@transaction.atomic
def _find_waiting_payment(purchase_no: str) -> str | None:
    purchase, _ = lock_purchase(purchase_no)
    return purchase.payment_no if purchase.state == PurchaseState.WAITING.value else None


@transaction.atomic(durable=True)
def _close(purchase_no: str, payment_no: str, because: str, actor: str, actor_id: int | None, now: datetime) -> bool:
    # Payment before purchase: the order in which a capture locks them.
    if not mark_closed(payment_no=payment_no, now=now):
        return False
    purchase, shares = lock_purchase(purchase_no)
    if purchase.state != PurchaseState.WAITING.value:
        return False
    for share in shares:
        release = lambda share_no=share.share_no: release_holds(hold_key=share_no, now=now)  # noqa: E731
        move_share(
            share,
            to=OrderState.CANCELLED,
            actor=actor,
            actor_id=actor_id,
            now=now,
            detail={"why": because},
            also=release,
        )
    purchase.state, purchase.closed_because = PurchaseState.CLOSED.value, because
    purchase.save(update_fields=["state", "closed_because"])
    return True
