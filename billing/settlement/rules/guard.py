"""The payout guard: money leaves only while books, open orders and provider agree (money.md §4). Pure.

Every figure comes from somewhere else than the ones it is compared with: what the ledger says from its totals, what
releases and payouts say from their own tables, what the provider says from the provider.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from billing.settlement.contracts.payouts import ChannelBalance, ChannelName

PROOF_IS_GOOD_FOR = timedelta(hours=36)  # one missed night is a question, not yet an alarm


class Doubt(StrEnum):
    """Why no money leaves."""

    BOOKS_UNSOUND = "books_unsound"
    BOOKS_UNPROVEN = "books_unproven"
    PAYABLE_DIFFERS = "payable_differs"
    ESCROW_DIFFERS = "escrow_differs"
    TRANSIT_DIFFERS = "transit_differs"
    FINDINGS_OPEN = "findings_open"
    PROVIDER_SILENT = "provider_silent"
    PROVIDER_DIFFERS = "provider_differs"
    PROVIDER_SHORT = "provider_short"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_NEW = "account_new"
    ACCOUNT_CHANGED = "account_changed"
    SHOP_NOT_OPEN = "shop_not_open"
    PAYABLE_NEGATIVE = "payable_negative"
    SHOP_OWES = "shop_owes"
    DISPUTE_OPEN = "dispute_open"


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt with what was found and what was expected, in minor units (findings: a count), or until when it lasts."""

    doubt: Doubt
    found: int | None = None
    expected: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BooksProof:
    """When the whole ledger was last recomputed, and whether it was sound."""

    sound: bool
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class ShopBooks:
    """A shop's accounts and, beside each, what other tables say it should be. Minor units of one currency.

    `released`: what releases brought to 2020, by the ledger's entries and by the releases. `escrow`: 2010 of the
    shop's orders, and what its unreleased orders are worth. `transit`: 2030, and the payouts on their way.
    """

    payable_minor: int
    receivable_minor: int
    disputed_minor: int
    released_posted_minor: int
    released_due_minor: int
    escrow_posted_minor: int
    escrow_due_minor: int
    transit_posted_minor: int
    transit_due_minor: int


@dataclass(frozen=True, slots=True)
class Custody:
    """A shop's money at a provider: what the provider says (None: it could not be asked) and what we expect there."""

    told: ChannelBalance | None
    expected: ChannelBalance


@dataclass(frozen=True, slots=True)
class GuardFigures:
    """Everything the guard looks at. `account_usable_at` is None for a shop without a bank account.

    `amount_minor` is what is still to leave the provider for this payout, 0 when nothing in particular is asked.
    """

    now: datetime
    channel: ChannelName
    shop_is_open: bool
    proof: BooksProof | None
    books: ShopBooks
    open_findings: int = 0
    account_usable_at: datetime | None = None
    account_is_current: bool = True
    custody: Custody | None = None
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """What the guard says, and when it looked. No findings: the money may go."""

    findings: tuple[Finding, ...]
    looked_at: datetime

    @property
    def allows(self) -> bool:
        return not self.findings

    @property
    def codes(self) -> str:
        """The doubts in one line, for logs and staff."""
        return ", ".join(finding.doubt for finding in self.findings)


def judge_payout(figures: GuardFigures) -> GuardVerdict:
    """Every reason against a payout, never only the first."""
    findings = (*_doubt_books(figures), *_doubt_shop(figures), *_doubt_channel(figures))
    return GuardVerdict(findings, figures.now)


def _doubt_books(figures: GuardFigures) -> Iterator[Finding]:
    books, proof = figures.books, figures.proof
    if proof is None or proof.taken_at < figures.now - PROOF_IS_GOOD_FOR:
        yield Finding(Doubt.BOOKS_UNPROVEN, until=None if proof is None else proof.taken_at)
    if proof is not None and not proof.sound:
        yield Finding(Doubt.BOOKS_UNSOUND)
    if books.released_posted_minor != books.released_due_minor:
        yield Finding(Doubt.PAYABLE_DIFFERS, books.released_posted_minor, books.released_due_minor)
    if books.escrow_posted_minor != books.escrow_due_minor:
        yield Finding(Doubt.ESCROW_DIFFERS, books.escrow_posted_minor, books.escrow_due_minor)
    if books.transit_posted_minor != books.transit_due_minor:
        yield Finding(Doubt.TRANSIT_DIFFERS, books.transit_posted_minor, books.transit_due_minor)
    if figures.open_findings > 0:
        yield Finding(Doubt.FINDINGS_OPEN, figures.open_findings, 0)


def _doubt_shop(figures: GuardFigures) -> Iterator[Finding]:
    books = figures.books
    if not figures.shop_is_open:
        yield Finding(Doubt.SHOP_NOT_OPEN)
    if books.payable_minor < 0:
        yield Finding(Doubt.PAYABLE_NEGATIVE, books.payable_minor, 0)
    if books.receivable_minor > 0:
        yield Finding(Doubt.SHOP_OWES, books.receivable_minor, 0)
    if books.disputed_minor > 0:
        yield Finding(Doubt.DISPUTE_OPEN, books.disputed_minor, 0)


def _doubt_channel(figures: GuardFigures) -> Iterator[Finding]:
    if figures.channel is ChannelName.BANK:
        if figures.account_usable_at is None:
            yield Finding(Doubt.ACCOUNT_MISSING)
        elif figures.now < figures.account_usable_at:
            yield Finding(Doubt.ACCOUNT_NEW, until=figures.account_usable_at)
        if not figures.account_is_current:
            yield Finding(Doubt.ACCOUNT_CHANGED)
        return
    custody = figures.custody
    if custody is None or custody.told is None:
        yield Finding(Doubt.PROVIDER_SILENT)
        return
    told, expected = custody.told, custody.expected
    if told.available_minor != expected.available_minor:
        yield Finding(Doubt.PROVIDER_DIFFERS, told.available_minor, expected.available_minor)
    if told.frozen_minor < expected.frozen_minor:  # more is a buyer who paid this moment
        yield Finding(Doubt.PROVIDER_DIFFERS, told.frozen_minor, expected.frozen_minor)
    if told.available_minor < figures.amount_minor:
        yield Finding(Doubt.PROVIDER_SHORT, told.available_minor, figures.amount_minor)
