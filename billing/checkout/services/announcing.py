"""Telling others what became of a share, in the transaction in which it happens."""

from dataclasses import asdict
from datetime import datetime

from billing.checkout.models import PurchaseShare
from billing.checkout.selectors import commission_vat_of
from market.outbox.services import record_event
from tenants.orders.contracts import PaymentMethod, ShareCompleted


def announce_share(share: PurchaseShare, kind: str, *, now: datetime) -> None:
    """Record an event of a share, with a `ShareCompleted` as its payload and kind and number as its key."""
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
    record_event(kind=kind, shop_id=share.shop_id, key=f"{kind}:{share.share_no}", payload=asdict(facts), now=now)
