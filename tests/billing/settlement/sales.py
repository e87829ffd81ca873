"""Sales paid on delivery, as settlement hears of them; the books are brought up to date with `post_all`."""

from datetime import datetime

from django.db import transaction

from billing.ledger.contracts import Balance, Code, Owner
from billing.ledger.rules import CodDelivered, RefundAfterRelease
from billing.ledger.selectors import get_balance
from billing.ledger.services import request_posting
from billing.ledger.tasks import post_requests
from billing.settlement.models import Release
from billing.settlement.services import note_share, record_cash_remitted
from tenants.orders.contracts import PaymentMethod, ShareCompleted

STAFF, SHOP, CARRIER = 7, 41, "顺丰"


def sold(share_no: str, *, shop_id: int = SHOP, total: int = 5_000, commission: int = 250, carrier: str = CARRIER):
    return ShareCompleted(
        share_no,
        shop_id,
        PaymentMethod.COD,
        total,
        commission,
        600,
        "CNY",
        carrier,
        commission_vat_minor=commission // 18,
    )


def deliver(share: ShareCompleted, now: datetime) -> None:
    """The carrier has the buyer's cash."""
    delivered = CodDelivered(
        shop_id=share.shop_id, share_no=share.share_no, carrier=share.carrier, amount_minor=share.total_minor
    )
    with transaction.atomic():
        request_posting(key=f"cod-delivered:{share.share_no}", event=delivered, now=now)
    note_share(share=share, completed=False, now=now)


def remit(share: ShareCompleted, now: datetime, fee: int = 200) -> None:
    record_cash_remitted(share_no=share.share_no, fee_minor=fee, bank_account="main", actor_id=STAFF, now=now)


def sell(share_no: str, now: datetime, **parts) -> ShareCompleted:
    """Delivered, remitted and final at once."""
    share = sold(share_no, **parts)
    deliver(share, now)
    remit(share, now)
    note_share(share=share, completed=True, now=now)
    post_all(now)
    return share


def refund(share_no: str, amount: int, now: datetime, *, shop_id: int = SHOP) -> None:
    """Money that the shop was credited with goes back: its payable may fall below zero."""
    event = RefundAfterRelease(
        shop_id=shop_id,
        share_no=share_no,
        psp="stripe",
        refund_no=f"R-{share_no}-{amount}-{now:%d%H%M}",
        cash_minor=amount,
        commission_minor=0,
        commission_vat_minor=0,
    )
    with transaction.atomic():
        request_posting(key=f"refund:{event.refund_no}", event=event, now=now)
    post_all(now)


def post_all(now: datetime) -> None:
    while post_requests(now):
        pass


def payable(shop_id: int = SHOP) -> Balance:
    return get_balance(code=Code.PAYABLE, owner=Owner.of_shop(shop_id))


def owed(shop_id: int = SHOP) -> int:
    return get_balance(code=Code.MERCHANT_RECEIVABLE, owner=Owner.of_shop(shop_id)).posted_minor


def release_of(share_no: str) -> Release:
    return Release.objects.get(share_no=share_no)
