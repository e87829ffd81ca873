"""What the ledger answers: verdicts, balances, entries, proofs. Amounts in minor units of their currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from billing.ledger.contracts.accounts import AccountRef, Book, Code, Side


@dataclass(frozen=True, slots=True)
class PostedTransaction:
    """A transaction in the books. `repeated` when its key had been posted before and nothing was written now."""

    transaction_id: int
    key: str
    kind: str
    created_at: datetime
    repeated: bool = False


class VerdictKind(StrEnum):
    """What became of one transaction of a batch."""

    POSTED = "posted"
    REPEATED = "repeated"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a posting was refused."""

    FLOOR = "floor"
    KEY_REUSED = "key_reused"
    UNREADABLE = "unreadable"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict for each transaction of a batch, in its order. A refused one has changed nothing."""

    key: str
    kind: VerdictKind
    transaction_id: int | None = None
    refusal: Refusal | None = None
    detail: str = ""


class HoldState(StrEnum):
    """open > closed (all posted, or the rest returned) | voided | expired."""

    OPEN = "open"
    CLOSED = "closed"
    VOIDED = "voided"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class HoldView:
    """Money put aside on one account: `amount_minor` held in all, `posted_minor` of it spent so far."""

    hold_id: int
    key: str
    account: AccountRef
    amount_minor: int
    posted_minor: int
    state: HoldState
    expires_at: datetime | None

    @property
    def remaining_minor(self) -> int:
        return self.amount_minor - self.posted_minor if self.state is HoldState.OPEN else 0


@dataclass(frozen=True, slots=True)
class Balance:
    """In the account's normal direction. `available_minor` is what is posted less what is held."""

    posted_minor: int = 0
    held_minor: int = 0
    incoming_minor: int = 0
    version: int = 0

    @property
    def available_minor(self) -> int:
        return self.posted_minor - self.held_minor


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account with its totals; `balance_minor` in its normal direction, `floor_minor` None: it has no floor."""

    account_id: int
    account: AccountRef
    debits_minor: int
    credits_minor: int
    balance_minor: int
    version: int
    last_posted_at: datetime | None
    floor_minor: int | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of an account, with the balance it left."""

    entry_id: int
    transaction_id: int
    key: str
    kind: str
    subject: str
    account: AccountRef
    side: Side
    amount_minor: int
    balance_after_minor: int
    account_version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TransactionView:
    """A transaction with its entries and what it reverses."""

    transaction_id: int
    key: str
    kind: str
    subject: str
    event: Mapping[str, Any]  # the business event's payload, JSON
    reverses_id: int | None
    business_date: date
    created_at: datetime
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of one code: what was debited and credited, and the balance in its normal direction."""

    book: Book
    currency: str
    code: Code
    name: str
    debits_minor: int
    credits_minor: int
    balance_minor: int
    accounts: int


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The books at an instant. They balance when debits equal credits in every book and currency."""

    at: datetime | None
    lines: tuple[TrialLine, ...]

    @property
    def differences(self) -> dict[tuple[Book, str], int]:
        """Debits less credits per book and currency; all zero in sound books."""
        sums: dict[tuple[Book, str], int] = {}
        for line in self.lines:
            place = (line.book, line.currency)
            sums[place] = sums.get(place, 0) + line.debits_minor - line.credits_minor
        return sums

    @property
    def balanced(self) -> bool:
        return not any(self.differences.values())


@dataclass(frozen=True, slots=True)
class ClearingItem:
    """A clearing account that is not zero, and since when."""

    account: AccountRef
    balance_minor: int
    since: datetime


@dataclass(frozen=True, slots=True)
class UnpostedRequest:
    """A posting request that waits, is tried again, or is parked for a person."""

    request_id: int
    key: str
    kind: str
    created_at: datetime
    attempts: int
    error: str
    parked: bool


@dataclass(frozen=True, slots=True)
class PosterHealth:
    """For staff: what waits to be posted, how long the oldest has, what was refused and what is parked."""

    waiting: int
    oldest_seconds: float
    refused: int
    parked: int


@dataclass(frozen=True, slots=True)
class SealReport:
    """What the chain of seals says. A finding names its row or seal; `unsealed_rows` are newer than the chain."""

    seals: int
    sealed_rows: int
    unsealed_rows: int
    findings: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """What must hold of the books; each list names what does not. `open_clearing` is work, not a fault."""

    unbalanced: tuple[str, ...]
    wrong_accounts: tuple[str, ...]
    broken_floors: tuple[str, ...]
    wrong_holds: tuple[str, ...]
    open_clearing: tuple[ClearingItem, ...]
    unposted: int

    @property
    def sound(self) -> bool:
        return not (self.unbalanced or self.wrong_accounts or self.broken_floors or self.wrong_holds)

    @property
    def cleared(self) -> bool:
        """Sound, nothing waiting to be posted, and every clearing account at zero."""
        return self.sound and not self.open_clearing and self.unposted == 0
