"""Calling a share off before it is sent, and full refunds."""

from datetime import datetime

from django.db import transaction

from billing.checkout.models import PurchaseShare
from billing.checkout.selectors import ShareNotFound, commission_vat_of
from billing.checkout.services.announcing import mention_share
from billing.checkout.services.shares import lock_share, move_share
from billing.ledger.rules.custody import (
    CustodyCommissionReturned,
    CustodyFeeReturned,
    CustodyRefunded,
    CustodyTakenBack,
)
from billing.ledger.services import request_posting
from billing.payments.contracts import RefundOutcome, RefundReport, RefundState
from billing.payments.rules import provider_fee_minor
from billing.payments.services import ask_refund, record_refund
from market.audit.services import write_audit
from market.money import split
from tenants.inventory.services import release_holds
from tenants.orders.contracts import OrderState, PaymentMethod
from tenants.orders.rules import can_cancel
from tenants.orders.services import WrongState

MAX_REASON = 200


@transaction.atomic(durable=True)
def cancel_share_as_buyer(*, share_no: str, buyer_id: int, reason: str, now: datetime) -> None:
    """The buyer calls an order off before its first parcel: stock returns, money goes back.

    Raises `ShareNotFound`, `WrongState` (an unpaid one is given up with its whole purchase instead).
    """
    share = lock_share(share_no)
    if share.buyer_id != buyer_id:
        raise ShareNotFound(share_no)
    _call_off(share, actor="buyer", actor_id=buyer_id, reason=reason, now=now)


@transaction.atomic(durable=True)
def refund_share_as_shop(*, shop_id: int, share_no: str, actor_id: int, reason: str, now: datetime) -> None:
    """The shop gives everything back: before sending (stock returns) or after, also when receipt is confirmed.

    Then our commission goes back to it first, and its own money at the provider pays.

    Raises `ShareNotFound`, `WrongState`.
    """
    share = lock_share(share_no)
    if share.shop_id != shop_id:
        raise ShareNotFound(share_no)
    if can_cancel(OrderState(share.state), PaymentMethod(share.method)):
        _call_off(share, actor="shop", actor_id=actor_id, reason=reason, now=now)
    else:
        _refund(share, actor="shop", actor_id=actor_id, reason=reason, now=now)
    write_audit(
        action="share.refunded", actor_id=actor_id, shop_id=shop_id, target_kind="share", target_id=share_no, now=now
    )


@transaction.atomic(durable=True)
def settle_refund(*, report: RefundReport, now: datetime) -> bool:
    """Book what a provider says of a refund, once. Returns whether this call finished the refund."""
    outcome = record_refund(report=report, now=now)
    if outcome is None:
        return False
    share = lock_share(outcome.share_no)
    if outcome.returned_now:
        _book_return(share, outcome, now)
    if outcome.state is not RefundState.SUCCEEDED:
        return False
    move_share(share, to=OrderState.REFUNDED, actor="system", actor_id=None, now=now)
    mention_share(share, "share.refunded", now=now)
    psp = share.method
    fee = provider_fee_minor(psp, share.total_minor)
    if outcome.released:
        _book_taken_back(share, outcome, report.amount_minor - fee - outcome.commission_minor, now)
    if fee:
        returned = CustodyFeeReturned(
            psp=psp,
            shop_id=share.shop_id,
            share_no=share.share_no,
            refund_no=report.refund_no,
            amount_minor=fee,
            currency=share.currency,
        )
        request_posting(key=f"fee-returned:{report.refund_no}", event=returned, now=now)
    refunded = CustodyRefunded(
        psp=psp,
        shop_id=share.shop_id,
        share_no=share.share_no,
        refund_no=report.refund_no,
        amount_minor=report.amount_minor,
        currency=share.currency,
    )
    request_posting(key=f"refunded:{report.refund_no}", event=refunded, now=now)
    return True


def _book_return(share: PurchaseShare, outcome: RefundOutcome, now: datetime) -> None:
    """Row LR2: our commission is back with the share, with its part of the VAT that was agreed."""
    rest = share.commission_minor - outcome.commission_minor
    vat = split(commission_vat_of(share), (outcome.commission_minor, rest))[0]
    returned = CustodyCommissionReturned(
        psp=share.method,
        shop_id=share.shop_id,
        share_no=share.share_no,
        refund_no=outcome.refund_no,
        commission_minor=outcome.commission_minor,
        commission_vat_minor=vat,
        currency=share.currency,
    )
    request_posting(key=f"split-returned:{outcome.refund_no}", event=returned, now=now)


def _book_taken_back(share: PurchaseShare, outcome: RefundOutcome, own_minor: int, now: datetime) -> None:
    """The mirror of L5: what the shop had already been given pays its part of the refund."""
    if own_minor <= 0:
        return
    taken = CustodyTakenBack(
        psp=share.method,
        shop_id=share.shop_id,
        share_no=share.share_no,
        refund_no=outcome.refund_no,
        amount_minor=own_minor,
        currency=share.currency,
    )
    request_posting(key=f"taken-back:{outcome.refund_no}", event=taken, now=now)


def _call_off(share: PurchaseShare, *, actor: str, actor_id: int, reason: str, now: datetime) -> None:
    state, method = OrderState(share.state), PaymentMethod(share.method)
    if state is OrderState.SUBMITTED and method is not PaymentMethod.COD:
        raise WrongState(state)
    if not can_cancel(state, method):
        raise WrongState(state)
    if method is PaymentMethod.COD:
        move_share(
            share,
            to=OrderState.CANCELLED,
            actor=actor,
            actor_id=actor_id,
            now=now,
            detail=_why(reason),
            also=lambda: release_holds(hold_key=share.share_no, now=now),
        )
        mention_share(share, "share.cancelled", now=now)
    else:
        _refund(share, actor=actor, actor_id=actor_id, reason=reason, now=now)


def _refund(share: PurchaseShare, *, actor: str, actor_id: int, reason: str, now: datetime) -> None:
    move_share(
        share,
        to=OrderState.REFUNDING,
        actor=actor,
        actor_id=actor_id,
        now=now,
        detail=_why(reason),
        also=lambda: release_holds(hold_key=share.share_no, now=now),
    )
    ask_refund(
        share_no=share.share_no,
        amount_minor=share.total_minor,
        reason=reason[:80] or actor,
        key=f"refund:{share.share_no}",
        now=now,
    )


def _why(reason: str) -> dict[str, str]:
    return {"why": reason.strip()[:MAX_REASON]}
