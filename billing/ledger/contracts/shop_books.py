"""The books as one shop may see them: its own accounts, and of a transaction nothing that is another shop's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from billing.ledger.contracts.accounts import AccountRef, Code, Side
from billing.ledger.contracts.answers import Balance


@dataclass(frozen=True, slots=True)
class ShopAccount:
    """An account of the shop itself (not of one of its orders), as it stands."""

    account_id: int
    account: AccountRef
    normal: Side
    balance: Balance
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ShopBooks:
    """That a shop has accounts in a currency, and since when."""

    shop_id: int
    currency: str
    since: datetime


@dataclass(frozen=True, slots=True)
class AccountCut:
    """An account at a cut: its last version before an instant, and the balance that left. Both 0 before the first."""

    account_id: int
    account: AccountRef
    normal: Side
    version: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class EntrySum:
    """Entries of one kind on one side of an account. A reversal's kind is `reversal:` and what it reverses."""

    kind: str
    side: Side
    entries: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries of a shop: everything that is not empty narrows. `until` is not included.

    `versions` are the bounds of one account, (after, up to), and need exactly one code.
    """

    codes: tuple[Code, ...] = ()
    kinds: tuple[str, ...] = ()
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    versions: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ShopEntry:
    """One entry on an account of the shop, with the balance it left there, in the account's normal direction."""

    entry_id: int
    transaction_id: int
    kind: str
    subject: str
    account: AccountRef
    side: Side
    normal: Side
    amount_minor: int
    balance_after_minor: int
    account_version: int
    created_at: datetime

    @property
    def change_minor(self) -> int:
        """What it changed for the shop: a credit is in its favour, a debit against it."""
        return self.amount_minor if self.side is Side.CREDIT else -self.amount_minor


@dataclass(frozen=True, slots=True)
class ShopLeg:
    """One entry of a transaction that a shop may see; `own` on an account of the shop or of one of its orders."""

    account: AccountRef
    normal: Side
    side: Side
    amount_minor: int
    balance_after_minor: int
    own: bool


@dataclass(frozen=True, slots=True)
class ShopTransaction:
    """A transaction as far as it is the shop's. `whole` False: it also concerns others, only own entries are here."""

    transaction_id: int
    kind: str
    subject: str
    event: Mapping[str, Any]  # the business event's payload, JSON; empty unless `whole`
    reverses_id: int | None
    business_date: date
    created_at: datetime
    legs: tuple[ShopLeg, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What entries of one kind took from a shop in one business month (its first day); `vat_minor` is inside."""

    month: date
    kind: str
    entries: int
    amount_minor: int
    vat_minor: int
