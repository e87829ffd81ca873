"""Steps that several deeds on a payout share: lock it, move it, put its money back, tell about it."""

from datetime import datetime

from django.db import connection
from django.db.transaction import TransactionManagementError

from billing.ledger.rules import PayoutAsked, PayoutConfirmed
from billing.ledger.selectors import find_transaction
from billing.ledger.services import post, request_posting, reverse
from billing.settlement.contracts.payouts import ChannelName, PayoutState
from billing.settlement.models.payouts import Payout
from billing.settlement.rules.payouts import can_move
from billing.settlement.selectors.payouts import PayoutNotFound
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.outbox.services import record_event

_TOLD = frozenset({PayoutState.CONFIRMED, PayoutState.FAILED, PayoutState.CANCELLED})


class WrongState(RuntimeError):
    """The payout does not stand where this could be done; `state` is where it stands."""

    def __init__(self, number: str, state: str) -> None:
        super().__init__(f"{number} is {state}")
        self.state = PayoutState(state)


class NotInBooksYet(RuntimeError):
    """The posting that would be reversed is not in the books yet: try again in a moment."""


def lock_payout(number: str, *, shop_id: int | None = None) -> Payout:
    """Step: the payout's row, locked to the end of the transaction. Raises `PayoutNotFound`."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A payout is locked in the transaction of what is done to it.")
    rows = Payout.objects.select_for_update(no_key=True).filter(number=number[:32])
    row = (rows if shop_id is None else rows.filter(shop_id=shop_id)).first()
    if row is None:
        raise PayoutNotFound(number[:32])
    return row


def demand_state(row: Payout, *states: PayoutState) -> None:
    """Raises `WrongState` unless the payout stands in one of these."""
    if PayoutState(row.state) not in states:
        raise WrongState(row.number, row.state)


def move_payout(row: Payout, to: PayoutState, *, now: datetime, reason: str = "") -> None:
    """Step: the payout stands elsewhere from now on; its shop hears of an end. Raises `WrongState`."""
    if not can_move(PayoutState(row.state), to):
        raise WrongState(row.number, row.state)
    row.state, row.error = to.value, ""
    if reason:
        row.reason = reason[:200]
    if to is PayoutState.APPROVED:
        row.approved_at = now
    elif to is PayoutState.SENT:
        row.sent_at = now
    elif to is PayoutState.CONFIRMED:
        row.confirmed_at = now
    else:
        row.ended_at = now
    row.save()
    if to in _TOLD:
        payload = {"number": row.number, "amount_minor": row.amount_minor, "currency": row.currency}
        payload |= {"state": to.value, "reason": row.reason}
        record_event(kind="payout.ended", shop_id=row.shop_id, key=f"{row.number}:{to}", payload=payload, now=now)


def set_aside(row: Payout, now: datetime) -> None:
    """Step, row C1 in line: out of what the shop is owed. Raises the ledger's `FloorReached`."""
    if _in_books(row):
        asked = PayoutAsked(
            shop_id=row.shop_id, reference=row.number, amount_minor=row.amount_minor, currency=row.currency
        )
        post(key=f"payout-asked:{row.number}", event=asked, now=now)


def put_back(row: Payout, now: datetime) -> None:
    """Step: C1 reversed, the shop is owed it again. A repeat changes nothing."""
    if _in_books(row):
        asked = find_transaction(f"payout-asked:{row.number}")
        assert asked is not None, "asking posts in line"
        reverse(key=f"payout-back:{row.number}", transaction_id=asked.transaction_id, now=now)


def book_arrival(row: Payout, bank_account: str, now: datetime) -> None:
    """Step, row C2: our bank has paid it. Queued, since the bank's account is everybody's."""
    if _in_books(row):
        confirmed = PayoutConfirmed(
            shop_id=row.shop_id,
            reference=row.number,
            bank_account=bank_account,
            amount_minor=row.amount_minor,
            currency=row.currency,
        )
        request_posting(key=f"payout-confirmed:{row.number}", event=confirmed, now=now)


def take_arrival_back(row: Payout, now: datetime) -> None:
    """Step: C2 reversed, the bank sent it back. Raises `NotInBooksYet`."""
    confirmed = find_transaction(f"payout-confirmed:{row.number}")
    if confirmed is None:
        raise NotInBooksYet(row.number)
    reverse(key=f"payout-returned:{row.number}", transaction_id=confirmed.transaction_id, now=now)


def audit_payout(row: Payout, action: str, *, actor_id: int | None, now: datetime, staff: bool = True) -> None:
    """Step: one line in the trail."""
    kind = None if not staff else ActorKind.SYSTEM if actor_id is None else ActorKind.STAFF
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=kind,
        shop_id=row.shop_id,
        target_kind="payout",
        target_id=row.number,
        detail={"amount_minor": row.amount_minor, "currency": row.currency, "reason": row.reason},
        now=now,
    )


def _in_books(row: Payout) -> bool:
    """A withdrawal at the provider is the shop's own money there: not in our books any more."""
    return row.channel == ChannelName.BANK.value
