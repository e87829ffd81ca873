"""The trial balance as its page shows it, and accounts as they are asked for in an address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from billing.ledger.contracts import (
    AccountRef,
    Book,
    Code,
    EntryView,
    Owner,
    OwnerKind,
    Side,
    StoredProof,
    TrialBalance,
    TrialLine,
)
from billing.ledger.rules import CHART
from billing.ledger.rules.chart import account_of
from console.lists import read_number
from market.money import CURRENCIES
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops_by_ids

OF_SHOPS = (OwnerKind.SHOP, OwnerKind.SHOP_PSP, OwnerKind.ORDER)


class UnknownAccount(LookupError):
    """No account can have this code, owner and currency."""


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A code in the column where its balance stands. Debit accounts stand flush, credit accounts indented."""

    line: TrialLine
    debit_minor: int | None
    credit_minor: int | None

    @property
    def is_credit(self) -> bool:
        return self.debit_minor is None


@dataclass(frozen=True, slots=True)
class TrialTable:
    """One book in one currency."""

    book: Book
    currency: str
    rows: tuple[TrialRow, ...]

    @property
    def debit_minor(self) -> int:
        return sum(row.debit_minor or 0 for row in self.rows)

    @property
    def credit_minor(self) -> int:
        return sum(row.credit_minor or 0 for row in self.rows)

    @property
    def difference_minor(self) -> int:
        return self.debit_minor - self.credit_minor


def lay_out(trial: TrialBalance) -> list[TrialTable]:
    """One table for each book and currency, in the order of the trial balance."""
    places = dict.fromkeys((line.book, line.currency) for line in trial.lines)
    return [
        TrialTable(
            book, currency, tuple(_row(line) for line in trial.lines if (line.book, line.currency) == (book, currency))
        )
        for book, currency in places
    ]


def list_findings(proof: StoredProof | None) -> Sequence[str]:
    """Whatever the last proof found wrong; nothing before the first one."""
    if proof is None:
        return []
    return [*proof.unbalanced, *proof.wrong_accounts, *proof.broken_floors, *proof.wrong_holds]


@dataclass(frozen=True, slots=True)
class EntryTable:
    """The entries of a transaction in one book and currency: each balances by itself."""

    book: Book
    currency: str
    entries: tuple[EntryView, ...]

    @property
    def debit_minor(self) -> int:
        return sum(entry.amount_minor for entry in self.entries if entry.side is Side.DEBIT)

    @property
    def credit_minor(self) -> int:
        return sum(entry.amount_minor for entry in self.entries if entry.side is Side.CREDIT)


def lay_out_entries(entries: Sequence[EntryView]) -> list[EntryTable]:
    """One table for each book and currency, debits first, as one writes them."""
    places = dict.fromkeys((entry.account.book, entry.account.currency) for entry in entries)
    return [
        EntryTable(
            book,
            currency,
            tuple(
                entry
                for side in Side
                for entry in entries
                if entry.side is side and (entry.account.book, entry.account.currency) == (book, currency)
            ),
        )
        for book, currency in places
    ]


def name_shops(accounts: Iterable[AccountRef]) -> dict[int, ShopContext]:
    """The shops whose accounts these are, by id."""
    ids = {account.owner.shop_id for account in accounts}
    return list_shops_by_ids(shop_id for shop_id in ids if shop_id is not None)


def read_instant(text: str) -> datetime | None:
    """What a field of date and time holds, in the business time zone. Raises `ValueError` for anything else."""
    if not text:
        return None
    return datetime.strptime(text[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=ZoneInfo(settings.BUSINESS_TIME_ZONE))


def read_account(code: str, owner_id: str, currency: str) -> AccountRef:
    """The account that an address names. Raises `UnknownAccount`."""
    try:
        line = CHART[Code(code)]
    except ValueError as error:
        raise UnknownAccount(code) from error
    if currency not in CURRENCIES:
        raise UnknownAccount(currency)
    if owner_id and line.owner_kind in OF_SHOPS and read_number(owner_id.partition("/")[0]) is None:
        raise UnknownAccount(owner_id)
    return account_of(line.code, Owner(line.owner_kind, owner_id), currency)


def is_platforms(code: Code) -> bool:
    """Whether a code has one account only: the platform's."""
    return CHART[code].owner_kind is OwnerKind.PLATFORM


def _row(line: TrialLine) -> TrialRow:
    normal_debit = CHART[line.code].normal is Side.DEBIT
    if (line.balance_minor >= 0) == normal_debit:
        return TrialRow(line, abs(line.balance_minor), None)
    return TrialRow(line, None, abs(line.balance_minor))
