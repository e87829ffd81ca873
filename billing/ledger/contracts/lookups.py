"""What staff look up in the books."""

from dataclasses import dataclass
from datetime import datetime

from billing.ledger.contracts.accounts import AccountRef
from billing.ledger.contracts.answers import EntryView, TransactionView


@dataclass(frozen=True, slots=True)
class TransactionChain:
    """A transaction between what it reverses and what reversed it, the oldest first.

    `reversible_minor`: what may still be reversed, counted in debits of its largest book.
    """

    transaction: TransactionView
    reverses: TransactionView | None
    reversals: tuple[TransactionView, ...]
    reversible_minor: int


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """An account between two instants: the balances at both ends, and a page of entries, newest first.

    Balances are in the account's normal direction. `next_version` is where the next page goes on; None at the end.
    """

    account: AccountRef
    since: datetime
    until: datetime
    opening_minor: int
    closing_minor: int
    entries: tuple[EntryView, ...]
    next_version: int | None


@dataclass(frozen=True, slots=True)
class PostedRequest:
    """The request by which a transaction came into the books, and how often it was tried."""

    request_id: int
    key: str
    created_at: datetime
    attempts: int
