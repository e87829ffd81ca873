"""Sending, arriving, confirming: the way of a share after it was sold."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from billing.checkout.models import PurchaseShare
from billing.checkout.selectors import ShareNotFound, list_shares_to_complete
from billing.checkout.services.announcing import announce_share
from billing.checkout.services.shares import copy_state, lock_share, move_share
from billing.ledger.rules.delivery import CodDelivered
from billing.ledger.services import request_posting
from market.audit.services import write_audit
from market.shops.selectors import get_shop
from market.shops.tenancy import enter_shop
from tenants.inventory.contracts import Wanted
from tenants.inventory.services import consume_holds
from tenants.orders.contracts import SELF_DELIVERY, OrderState, PaymentMethod
from tenants.orders.services import WrongState, deliver_parcels, ship_parcel


@transaction.atomic(durable=True)
def ship_share(
    *,
    shop_id: int,
    share_no: str,
    carrier: str,
    tracking_number: str,
    contents: Sequence[tuple[int, int]] = (),
    actor_id: int,
    now: datetime,
) -> None:
    """The shop sends a parcel; without contents, all that is left. Stock leaves the shelf here.

    Raises `ShareNotFound`, `WrongState`, `BadParcel`.
    """
    share = _lock_for_shop(share_no, shop_id)
    with enter_shop(get_shop(shop_id)):
        version, moved = ship_parcel(
            share_no=share_no,
            carrier=carrier,
            tracking_number=tracking_number,
            contents=contents,
            actor_id=actor_id,
            now=now,
        )
        parcel = [Wanted(variant_id, pieces) for variant_id, pieces in moved]
        consume_holds(hold_key=share_no, parcel=parcel, reference=share_no, now=now)
    share.carrier = carrier.strip()
    share.shipped_at = share.shipped_at or now
    copy_state(share, OrderState.SHIPPED, version, now)
    write_audit(
        action="share.shipped",
        actor_id=actor_id,
        shop_id=shop_id,
        target_kind="share",
        target_id=share_no,
        now=now,
    )


@transaction.atomic(durable=True)
def mark_share_delivered(*, shop_id: int, share_no: str, actor_id: int, now: datetime) -> None:
    """The shop (or its carrier) says that all parcels arrived. Cash on delivery is collected here.

    Raises `ShareNotFound`, `WrongState`.
    """
    share = _lock_for_shop(share_no, shop_id)
    _deliver(share, actor="shop", actor_id=actor_id, now=now)


@transaction.atomic(durable=True)
def confirm_receipt(*, share_no: str, buyer_id: int, now: datetime) -> None:
    """The buyer has everything. Raises `ShareNotFound`, `WrongState`."""
    share = lock_share(share_no)
    if share.buyer_id != buyer_id:
        raise ShareNotFound(share_no)
    _complete(share, actor="buyer", actor_id=buyer_id, now=now)


def confirm_due_receipts(*, now: datetime) -> int:
    """Receipt confirms itself after `AUTO_CONFIRM_SECONDS`. Returns how many did."""
    before = now - timedelta(seconds=settings.AUTO_CONFIRM_SECONDS)
    done = 0
    for share_no in list_shares_to_complete(before=before):
        done += _confirm_by_itself(share_no, before, now)
    return done


@transaction.atomic(durable=True)
def _confirm_by_itself(share_no: str, before: datetime, now: datetime) -> bool:
    share = lock_share(share_no)
    if share.state not in (OrderState.SHIPPED.value, OrderState.DELIVERED.value) or share.state_at > before:
        return False
    try:
        with transaction.atomic():
            _complete(share, actor="system", actor_id=None, now=now)
    except WrongState:  # pieces are still to be sent: the clock starts again with the next parcel
        return False
    return True


def _complete(share: PurchaseShare, *, actor: str, actor_id: int | None, now: datetime) -> None:
    if share.state == OrderState.SHIPPED.value:
        _deliver(share, actor=actor, actor_id=actor_id, now=now)
    move_share(share, to=OrderState.COMPLETED, actor=actor, actor_id=actor_id, now=now)
    announce_share(share, "share.completed", now=now)


def _deliver(share: PurchaseShare, *, actor: str, actor_id: int | None, now: datetime) -> None:
    with enter_shop(get_shop(share.shop_id)):
        version = deliver_parcels(share_no=share.share_no, actor=actor, actor_id=actor_id, now=now)
    copy_state(share, OrderState.DELIVERED, version, now)
    if share.method == PaymentMethod.COD.value and share.carrier != SELF_DELIVERY and share.total_minor:
        # money.md row G1: the carrier holds the buyer's cash until it remits it.
        delivered = CodDelivered(
            shop_id=share.shop_id,
            share_no=share.share_no,
            carrier=share.carrier,
            amount_minor=share.total_minor,
            currency=share.currency,
        )
        request_posting(key=f"cod-delivered:{share.share_no}", event=delivered, now=now)
        announce_share(share, "share.cash_collected", now=now)


def _lock_for_shop(share_no: str, shop_id: int) -> PurchaseShare:
    share = lock_share(share_no)
    if share.shop_id != shop_id:
        raise ShareNotFound(share_no)
    return share
