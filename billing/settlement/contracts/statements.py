"""A shop's statement of one period: what moved on each of its accounts, and which entries those were."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing.ledger.contracts import Book, Code


class Span(StrEnum):
    """How long a statement's period is. Weeks begin on Monday."""

    MONTH = "month"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts_at` (included) to `ends_at` (not included), whole business days."""

    span: Span
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class KindSum:
    """Entries of one kind on one account. Minor units; `change_minor` in the account's normal direction."""

    kind: str
    entries: int
    raised_minor: int
    lowered_minor: int

    @property
    def change_minor(self) -> int:
        return self.raised_minor - self.lowered_minor


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """One account in a period: its versions after `after_version` up to `upto_version` are the postings.

    Balances stand in the account's normal direction. `owed_by_shop` accounts count against the shop.
    """

    book: Book
    code: Code
    owed_by_shop: bool
    opening_minor: int
    closing_minor: int
    after_version: int
    upto_version: int
    lines: tuple[KindSum, ...]

    @property
    def entries(self) -> int:
        return self.upto_version - self.after_version

    @property
    def signed_opening_minor(self) -> int:
        return -self.opening_minor if self.owed_by_shop else self.opening_minor

    @property
    def signed_closing_minor(self) -> int:
        return -self.closing_minor if self.owed_by_shop else self.closing_minor


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as it was made, for ever. Opening and closing: what is the shop's less what it owes us."""

    number: str
    shop_id: int
    currency: str
    period: Period
    opening_minor: int
    closing_minor: int
    entries: int
    made_at: datetime
    accounts: tuple[AccountStatement, ...]

    @property
    def change_minor(self) -> int:
        return self.closing_minor - self.opening_minor
