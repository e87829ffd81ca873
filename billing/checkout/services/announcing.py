"""Telling others what became of a share, in the transaction in which it happens."""

from dataclasses import asdict
from datetime import datetime

from billing.checkout.models import PurchaseShare
from billing.checkout.selectors import commission_vat_of
from market.outbox.services import record_event
from tenants.orders.contracts import PaymentMethod, ShareCompleted


def announce_share(share: PurchaseShare, kind: str, *, now: datetime) -> None:
    """Record an event of a share whose money has moved, with a `ShareCompleted` as its payload."""
    facts = ShareCompleted(
        share_no=share.share_no,
        shop_id=share.shop_id,
        method=PaymentMethod(share.method),
        total_minor=share.total_minor,
        commission_minor=share.commission_minor,
        commission_vat_bps=share.commission_vat_bps,
        currency=share.currency,
        carrier=share.carrier,
        commission_vat_minor=commission_vat_of(share),
    )
    _record(share, kind, asdict(facts), now)


def mention_share(share: PurchaseShare, kind: str, *, now: datetime) -> None:
    """Record an event of a share that says its number and no sum: whoever needs one reads the share."""
    _record(share, kind, {"share_no": share.share_no}, now)


def _record(share: PurchaseShare, kind: str, payload: dict[str, object], now: datetime) -> None:
    """Kind and number are the key: an event of a share happens once."""
    record_event(kind=kind, shop_id=share.shop_id, key=f"{kind}:{share.share_no}", payload=payload, now=now)
