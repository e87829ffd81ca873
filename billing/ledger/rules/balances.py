"""What a posting does to balances: floors, spills, versions. The whole decision of the books, without a database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from billing.ledger.contracts import AccountRef, Leg, Side
from billing.ledger.rules.chart import CHART, may_overdraw


class FloorReached(Exception):
    """A posting or a hold would take an account's available balance below its floor. Nothing was changed."""

    def __init__(self, account: AccountRef, available_minor: int, wanted_minor: int) -> None:
        super().__init__(
            f"{CHART[account.code].name} of {account.owner.kind} {account.owner.id} has {available_minor} available, "
            f"not {wanted_minor}"
        )
        self.account = account
        self.available_minor = available_minor
        self.wanted_minor = wanted_minor


@dataclass(slots=True)
class AccountState:
    """An account's totals while it is locked. `floor_minor` None: no floor."""

    account_id: int
    ref: AccountRef
    normal: Side
    floor_minor: int | None
    guarded: bool
    posted_debits_minor: int
    posted_credits_minor: int
    pending_debits_minor: int
    pending_credits_minor: int
    version: int
    last_posted_at: datetime | None

    @property
    def balance_minor(self) -> int:
        """What is posted, in the account's normal direction."""
        difference = self.posted_debits_minor - self.posted_credits_minor
        return difference if self.normal is Side.DEBIT else -difference

    @property
    def held_minor(self) -> int:
        """Holds against the account: pending entries that would lower it."""
        return self.pending_credits_minor if self.normal is Side.DEBIT else self.pending_debits_minor

    @property
    def available_minor(self) -> int:
        return self.balance_minor - self.held_minor

    def floor_for(self, kind: str) -> int | None:
        """The lowest available balance that a kind of transaction may leave."""
        if self.guarded:
            return None if may_overdraw(kind) else 0
        return self.floor_minor


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry as it will be written: with the balance it leaves and the account's version."""

    account_id: int
    side: Side
    amount_minor: int
    balance_after_minor: int
    account_version: int


def settle_legs(kind: str, legs: Iterable[Leg], states: Mapping[AccountRef, AccountState]) -> list[EntryDraft]:
    """Post legs onto states, all or nothing. Raises `FloorReached`, having changed nothing.

    Only what lowers an account is held against its floor: an account that is already below it can always rise.
    """
    settled = [part for leg in legs for part in _spill(leg, states)]
    _check_floors(kind, settled, states)
    return [_apply(leg, states[leg.account]) for leg in settled]


def hold_amount(kind: str, amount_minor: int, state: AccountState) -> None:
    """Put an amount aside (a negative one returns it). Raises `FloorReached`."""
    floor = state.floor_for(kind)
    if amount_minor > 0 and floor is not None and state.available_minor - amount_minor < floor:
        raise FloorReached(state.ref, state.available_minor, amount_minor)
    if state.normal is Side.DEBIT:
        state.pending_credits_minor += amount_minor
    else:
        state.pending_debits_minor += amount_minor


def _spill(leg: Leg, states: Mapping[AccountRef, AccountState]) -> list[Leg]:
    if leg.spill is None:
        return [leg]
    borne = max(0, min(leg.amount_minor, states[leg.account].available_minor))
    parts = (
        Leg(leg.account, leg.side, borne),
        Leg(leg.spill, leg.side, leg.amount_minor - borne),
    )
    return [part for part in parts if part.amount_minor]


def _check_floors(kind: str, legs: Iterable[Leg], states: Mapping[AccountRef, AccountState]) -> None:
    changes: dict[AccountRef, int] = {}
    for leg in legs:
        signed = leg.amount_minor if leg.side is states[leg.account].normal else -leg.amount_minor
        changes[leg.account] = changes.get(leg.account, 0) + signed
    for account, change in changes.items():
        state = states[account]
        floor = state.floor_for(kind)
        if change < 0 and floor is not None and state.available_minor + change < floor:
            raise FloorReached(account, state.available_minor, -change)


def _apply(leg: Leg, state: AccountState) -> EntryDraft:
    if leg.side is Side.DEBIT:
        state.posted_debits_minor += leg.amount_minor
    else:
        state.posted_credits_minor += leg.amount_minor
    state.version += 1
    return EntryDraft(state.account_id, leg.side, leg.amount_minor, state.balance_minor, state.version)
