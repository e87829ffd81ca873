"""Opening a payment (rows) and starting it (at the provider)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from billing.payments.contracts import FundsFlow, PaymentOrder, PaymentState, ShareToPay, Started
from billing.payments.gateways.registry import get_gateway, get_own_account
from billing.payments.models import Payment, PaymentShare
from billing.payments.rules import MOST_SHARES
from billing.payments.selectors import PaymentNotFound, to_order
from billing.payments.services.guards import demand_no_transaction, demand_transaction, lock_payment
from market.money import DEFAULT_CURRENCY


class BadShares(ValueError):
    """The shares cannot be one payment; the sentence says why."""


class PaymentReused(RuntimeError):
    """This purchase has a payment already, and not the same one."""


class PaymentClosed(RuntimeError):
    """The payment was closed, so nothing can be started."""


class PaymentExpired(RuntimeError):
    """The time to pay ran out before the payment was started."""


def open_payment(
    *,
    purchase_no: str,
    gateway: str,
    currency: str,
    shares: Sequence[ShareToPay],
    description: str,
    expires_at: datetime,
    now: datetime,
    payment_no: str = "",
) -> str:
    """Step: write down what is to be collected. Returns the payment's number, the same for a repeat.

    Raises `BadShares`, `PaymentReused` when the purchase has another payment.
    """
    demand_transaction()
    _check_shares(shares, gateway)
    payment_no = payment_no or f"PY{now:%y%m%d%H%M%S}{secrets.token_hex(6).upper()}"
    known = Payment.objects.prefetch_related("shares").filter(purchase_no=purchase_no).first()
    if known is not None:
        return _check_repeat(known, gateway, PaymentOrder(known.payment_no, tuple(shares), currency, expires_at, ""))
    payment = Payment.objects.create(
        payment_no=payment_no,
        purchase_no=purchase_no,
        gateway=gateway,
        amount_minor=sum(share.amount_minor for share in shares),
        currency=currency,
        description=description[:200],
        opened_at=now,
        expires_at=expires_at,
    )
    PaymentShare.objects.bulk_create(
        PaymentShare(
            payment=payment,
            position=position,
            share_no=share.share_no,
            shop_id=share.shop_id,
            merchant_account=share.merchant_account,
            amount_minor=share.amount_minor,
            description=share.description[:200],
        )
        for position, share in enumerate(shares, start=1)
    )
    return payment.payment_no


def open_own_payment(
    *, number: str, shop_id: int, gateway: str, amount_minor: int, description: str, expires_at: datetime, now: datetime
) -> str:
    """Step: a payment of a shop to the platform itself, of one share, under a number of the caller's own.

    Returns the payment's number. Raises `UnknownGateway`, `NoOwnAccount`, `PaymentReused`.
    """
    share = ShareToPay(number, shop_id, get_own_account(gateway), amount_minor, description)
    return open_payment(
        purchase_no=number,
        gateway=gateway,
        currency=DEFAULT_CURRENCY,
        shares=[share],
        description=description,
        expires_at=expires_at,
        now=now,
    )


def start_payment(*, payment_no: str, now: datetime) -> Started:
    """Make the payment known to the provider. A repeat answers from the row; two at once are harmless.

    Calls the provider. Raises `PaymentNotFound`, `PaymentClosed`, `PaymentExpired`, `ProviderError`.
    """
    demand_no_transaction()
    payment = Payment.objects.prefetch_related("shares").filter(payment_no=payment_no).first()
    if payment is None:
        raise PaymentNotFound(payment_no)
    if payment.state == PaymentState.CLOSED.value:
        raise PaymentClosed(payment_no)
    if payment.state != PaymentState.OPENED.value:
        return _stored(payment)
    if payment.expires_at <= now:
        raise PaymentExpired(payment_no)
    order, gateway = to_order(payment), get_gateway(payment.gateway)
    started = _note_started(payment_no, gateway.start(order), now)
    if started is None:
        # Closed while we asked. The close may have reached the provider before the order did, so close again.
        gateway.close(order)
        raise PaymentClosed(payment_no)
    return started


@transaction.atomic(durable=True)
def _note_started(payment_no: str, started: Started, now: datetime) -> Started | None:
    payment = lock_payment(payment_no)
    if payment.state == PaymentState.CLOSED.value:
        return None
    if payment.state == PaymentState.OPENED.value:
        payment.state, payment.started_at = PaymentState.STARTED.value, now
        payment.qr_content, payment.redirect_url = started.qr_content, started.redirect_url
        payment.save(update_fields=["state", "started_at", "qr_content", "redirect_url"])
    return _stored(payment)


def _stored(payment: Payment) -> Started:
    return Started(qr_content=payment.qr_content, redirect_url=payment.redirect_url)


def _check_shares(shares: Sequence[ShareToPay], gateway: str) -> None:
    if not 1 <= len(shares) <= MOST_SHARES:
        raise BadShares(f"a payment has 1 to {MOST_SHARES} shares, not {len(shares)}")
    if len({share.share_no for share in shares}) != len(shares):
        raise BadShares("two shares have the same number")
    for share in shares:
        if share.amount_minor <= 0:
            raise BadShares(f"share {share.share_no} has nothing to pay")
    if get_gateway(gateway).funds_flow is FundsFlow.CUSTODY and not all(share.merchant_account for share in shares):
        raise BadShares("a shop has no account at the provider")


def _check_repeat(known: Payment, gateway: str, order: PaymentOrder) -> str:
    agreed = to_order(known)
    if known.gateway != gateway or agreed.currency != order.currency or agreed.shares != order.shares:
        raise PaymentReused(known.purchase_no)
    return known.payment_no
