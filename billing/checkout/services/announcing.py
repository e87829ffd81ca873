"""Telling others what became of a share, in the transaction in which it happens."""

from dataclasses import asdict
from datetime import datetime

from billing.checkout.models import PurchaseShare
from billing.checkout.selectors import commission_vat_of
from market.outbox.services import record_event
from tenants.orders.contracts import PaymentMethod, ShareCompleted


def announce_share(share: PurchaseShare, kind: str, *, now: datetime) -> None:
    """Record an event of a share: `share.paid`, `share.cash_collected`, `share.completed` or `share.refunded`.

    The payload is a `ShareCompleted`. A share is told of once each: the event's key is its kind and number.
    """
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
