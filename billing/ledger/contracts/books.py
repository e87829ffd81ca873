"""What an export of the books is made of. Amounts in minor units."""

from dataclasses import dataclass
from datetime import date, datetime

from billing.ledger.contracts.accounts import AccountRef, Leg


@dataclass(frozen=True, slots=True)
class BookSize:
    """How much an export holds, and the business day of its newest transaction (None: there is none)."""

    transactions: int
    last_date: date | None


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account and what the ledger itself says of it: debits less credits, whatever its normal side."""

    account: AccountRef
    opened_on: date
    signed_minor: int


@dataclass(frozen=True, slots=True)
class BookTransaction:
    """A transaction as it is exported. Its legs have no spill: they are what was posted."""

    transaction_id: int
    key: str
    kind: str
    subject: str
    reverses_id: int | None
    business_date: date
    created_at: datetime
    legs: tuple[Leg, ...]
