"""Entry points of settlement for the outbox and the clock."""

from collections.abc import Sequence
from datetime import datetime

from billing.settlement.services import note_share, release_due
from billing.settlement.services.statements import make_due_statements
from market.outbox.contracts import EventEnvelope
from tenants.orders.contracts import PaymentMethod, ShareCompleted


def on_share_final(events: Sequence[EventEnvelope]) -> None:
    """`share.cash_collected` and `share.completed`: note the share."""
    for event in events:
        share = ShareCompleted(**{**event.payload, "method": PaymentMethod(event.payload["method"])})
        note_share(share=share, completed=event.kind == "share.completed", now=event.recorded_at)


def release_shares(now: datetime) -> int:
    """Split and release what is due."""
    return release_due(now=now)


def make_statements(now: datetime) -> int:
    """State the periods that are over and wholly in the books. Says how many statements there are more."""
    return make_due_statements(now=now)
