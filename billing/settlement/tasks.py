"""Entry points of settlement for the outbox and the clock."""

from collections.abc import Sequence
from datetime import datetime

from billing.settlement.services import close_day, hold_reserves, note_share, prove_night, release_due
from billing.settlement.services.payout_news import write_to_shop
from billing.settlement.services.payout_sending import carry_due_payouts
from billing.settlement.services.reconciling_fetching import fetch_due, plan_fetches
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


def hold_back_reserves(now: datetime) -> int:
    """Put aside what is agreed of releases that have come into the books."""
    return hold_reserves(now=now)


def end_day(now: datetime) -> int:
    """Once a night, some minutes after midnight: debts moved and netted, then the clearing proof."""
    return close_day(now=now) + prove_night(now=now)


def make_statements(now: datetime) -> int:
    """State the periods that are over and wholly in the books. Says how many statements there are more."""
    return make_due_statements(now=now)


def on_payout_news(events: Sequence[EventEnvelope]) -> None:
    """`payout.ended` and `bank_account.set`: write to the shop."""
    for event in events:
        write_to_shop(event)


def carry_payouts(now: datetime) -> int:
    """Send what is approved, ask about what is sent."""
    return carry_due_payouts(now=now)


def fetch_statements(now: datetime) -> int:
    """Fetch the providers' files of yesterday and compare them with the books; what is not there is tried again."""
    return plan_fetches(now=now) + fetch_due(now=now)
