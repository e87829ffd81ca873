"""What a posting does to balances: floors, spills, versions. The whole decision of the books, without a database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

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


class EntryDraft(NamedTuple):
    """An entry as it will be written: with the balance it leaves and the account's version."""

    account_id: int
    side: Side
    amount_minor: int
    balance_after_minor: int
    account_version: int


_Part = tuple[AccountState, Side, int]  # what a leg puts onto one account, in minor units


def settle_legs(kind: str, legs: Iterable[Leg], states: Mapping[AccountRef, AccountState]) -> list[EntryDraft]:
    """Post legs onto states, all or nothing. Raises `FloorReached`, having changed nothing.

    Only what lowers an account is held against its floor: an account that is already below it can always rise.
    """
    parts = [part for leg in legs for part in _place(leg, states)]
    _check_floors(kind, parts)
    return [_apply(*part) for part in parts]


def hold_amount(kind: str, amount_minor: int, state: AccountState) -> None:
    """Put an amount aside (a negative one returns it). Raises `FloorReached`."""
    floor = state.floor_for(kind)
    if amount_minor > 0 and floor is not None and state.available_minor - amount_minor < floor:
        raise FloorReached(state.ref, state.available_minor, amount_minor)
    if state.normal is Side.DEBIT:
        state.pending_credits_minor += amount_minor
    else:
        state.pending_debits_minor += amount_minor


def _place(leg: Leg, states: Mapping[AccountRef, AccountState]) -> tuple[_Part, ...]:
    state = states[leg.account]
    if leg.spill is None:
        return ((state, leg.side, leg.amount_minor),)
    borne = max(0, min(leg.amount_minor, state.available_minor))
    parts = ((state, leg.side, borne), (states[leg.spill], leg.side, leg.amount_minor - borne))
    return tuple(part for part in parts if part[2])


def _check_floors(kind: str, parts: Iterable[_Part]) -> None:
    changes: dict[int, int] = {}
    bounded: dict[int, AccountState] = {}
    for state, side, amount in parts:
        if state.guarded or state.floor_minor is not None:
            bounded[state.account_id] = state
            change = amount if side is state.normal else -amount
            changes[state.account_id] = changes.get(state.account_id, 0) + change
    for number, state in bounded.items():
        change, floor = changes[number], state.floor_for(kind)
        if change < 0 and floor is not None and state.available_minor + change < floor:
            raise FloorReached(state.ref, state.available_minor, -change)


def _apply(state: AccountState, side: Side, amount_minor: int) -> EntryDraft:
    if side is Side.DEBIT:
        state.posted_debits_minor += amount_minor
    else:
        state.posted_credits_minor += amount_minor
    state.version += 1
    return EntryDraft(state.account_id, side, amount_minor, state.balance_minor, state.version)
