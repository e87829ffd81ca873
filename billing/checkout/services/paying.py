"""Money that came in: the purchase is paid, or what came too late takes the stock again or goes back."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction

from billing.checkout.contracts import PurchaseState
from billing.checkout.models import Purchase, PurchaseShare
from billing.checkout.services.announcing import mention_share
from billing.checkout.services.cancelling import settle_refund
from billing.checkout.services.shares import lock_purchase, move_share
from billing.ledger.rules.custody import CustodyFeeTaken, CustodySharePaid
from billing.ledger.services import request_posting
from billing.payments.contracts import Notification, ProviderReport, Started
from billing.payments.rules import provider_fee_minor
from billing.payments.services import (
    ask_provider,
    ask_refund,
    receive_notification,
    record_report,
    start_payment,
)
from billing.wallets.services import credit_top_up, is_top_up
from tenants.inventory.services import OutOfStock, extend_hold, retake_stock
from tenants.orders.contracts import OrderState

log = structlog.get_logger(__name__)


def start_paying(*, payment_no: str, now: datetime) -> Started:
    """What the cashier shows: asks the provider once, then answers from the row. Raises `ProviderError`."""
    return start_payment(payment_no=payment_no, now=now)


def take_notification(*, gateway: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification:
    """A provider's callback, verified before anything is believed. Raises `BadNotification`."""
    notification = receive_notification(gateway=gateway, headers=headers, body=body, now=now)
    if notification.payment is not None and notification.payment.paid:
        settle_report(report=notification.payment, now=now)
    if notification.refund is not None:
        settle_refund(report=notification.refund, now=now)
    return notification


def check_payment(*, payment_no: str, now: datetime) -> bool:
    """Ask the provider whether a payment came, for callbacks that were lost. Raises `ProviderError`."""
    report = ask_provider(payment_no=payment_no, now=now)
    if report.paid:
        settle_report(report=report, now=now)
    return report.paid


@transaction.atomic(durable=True)
def settle_report(*, report: ProviderReport, now: datetime) -> bool:
    """Book what a provider says was paid, once. Returns whether this call did it.

    Payment, orders, holds, shares and posting requests change in this one transaction. What was paid for may also be an
    advertising top-up: the provider tells of both in one place. Raises `AmountMismatch`.
    """
    outcome = record_report(report=report, now=now)
    if not outcome.captured_now:
        return False
    if is_top_up(outcome.purchase_no):
        credit_top_up(number=outcome.purchase_no, now=now)
        return True
    purchase, shares = lock_purchase(outcome.purchase_no)
    for share in shares:
        _request_postings(share, purchase.method)
    if purchase.state == PurchaseState.WAITING.value:
        _mark_paid(purchase, shares, now)
    elif purchase.closed_because == "expired" and _retake(purchase, shares, now):
        log.info("payment.late_and_retaken", purchase_no=purchase.purchase_no)
    else:
        log.info("payment.late_and_returned", purchase_no=purchase.purchase_no)
        _give_back(shares, now)
    return True


def _mark_paid(purchase: Purchase, shares: list[PurchaseShare], now: datetime) -> None:
    for share in shares:
        keep = lambda share_no=share.share_no: extend_hold(hold_key=share_no, expires_at=None)  # noqa: E731
        move_share(share, to=OrderState.PAID, actor="buyer", actor_id=share.buyer_id, now=now, also=keep)
        mention_share(share, "share.paid", now=now)
    purchase.state, purchase.expires_at = PurchaseState.PAID.value, None
    purchase.save(update_fields=["state", "expires_at"])


def _retake(purchase: Purchase, shares: list[PurchaseShare], now: datetime) -> bool:
    try:
        with transaction.atomic():
            for share in shares:
                again = lambda share_no=share.share_no: retake_stock(hold_key=share_no, now=now)  # noqa: E731
                move_share(share, to=OrderState.PAID, actor="buyer", actor_id=share.buyer_id, now=now, also=again)
    except OutOfStock:
        for share in shares:
            share.refresh_from_db()
        return False
    for share in shares:
        mention_share(share, "share.paid", now=now)
    purchase.state, purchase.expires_at, purchase.closed_because = PurchaseState.PAID.value, None, ""
    purchase.save(update_fields=["state", "expires_at", "closed_because"])
    return True


def _give_back(shares: list[PurchaseShare], now: datetime) -> None:
    for share in shares:
        move_share(share, to=OrderState.REFUNDING, actor="system", actor_id=None, now=now, detail={"why": "late"})
        ask_refund(
            share_no=share.share_no,
            amount_minor=share.total_minor,
            reason="late",
            key=f"late:{share.share_no}",
            now=now,
        )


def _request_postings(share: PurchaseShare, psp: str) -> None:
    """Custody: the provider holds the share, and took its fee from it (money.md rows L1 and L3)."""
    paid = CustodySharePaid(
        psp=psp, shop_id=share.shop_id, share_no=share.share_no, amount_minor=share.total_minor, currency=share.currency
    )
    request_posting(key=f"paid:{share.share_no}", event=paid, now=share.state_at)
    fee = provider_fee_minor(psp, share.total_minor)
    if fee:
        taken = CustodyFeeTaken(
            psp=psp, shop_id=share.shop_id, share_no=share.share_no, amount_minor=fee, currency=share.currency
        )
        request_posting(key=f"fee:{share.share_no}", event=taken, now=share.state_at)
