"""A provider's statement, what became of its lines, and what nobody could explain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class StatementKind(StrEnum):
    """trade: sub-orders in shops' custody. fundflow, balance: our own money at the provider (account 1010)."""

    TRADE = "trade"
    FUNDFLOW = "fundflow"
    BALANCE = "balance"


STATEMENT_KINDS: Mapping[str, tuple[StatementKind, ...]] = {
    "wechatpay": (StatementKind.TRADE, StatementKind.FUNDFLOW),
    "stripe": (StatementKind.BALANCE,),
}
"""Which statements a provider makes for each day."""

OWN_MONEY = frozenset({StatementKind.FUNDFLOW, StatementKind.BALANCE})
"""Statements of our own balance: only their differences can stand in suspense."""


RESOLVED, ROUNDED = "resolved", "rounded"
"""Reasons that no person gave, as words to be put into sentences: resolved (with the day of the file), rounded."""


class LineKind(StrEnum):
    """What a line of a statement is about. A settlement is what the provider pays into our bank."""

    PAYMENT = "payment"
    REFUND = "refund"
    FEE = "fee"
    SPLIT = "split"
    WITHDRAWAL = "withdrawal"
    SETTLEMENT = "settlement"
    CHARGEBACK = "chargeback"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line, whoever wrote it. `amount_minor` is signed (positive came in), `fee_minor` is what was kept of it.

    `our_no` is the number we gave (share, refund, split), `order_no` the share or payment that it belongs to, if the
    provider says so. `account` is the sub-merchant. `pending` lines may still fail at the provider.
    """

    row: int
    kind: LineKind
    provider_no: str
    our_no: str
    order_no: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime
    account: str = ""
    pending: bool = False

    @property
    def number(self) -> str:
        """The number that both sides know it by."""
        return self.our_no or self.provider_no

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.fee_minor


@dataclass(frozen=True, slots=True)
class StatementTotals:
    """What a whole file comes to: lines, and per kind and currency the number, amounts and fees. Minor units."""

    lines: int = 0
    by_kind: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


class BadStatement(ValueError):
    """A file that is refused whole. `code` and `params` make the sentence; row 0 is the file itself."""

    def __init__(self, code: str, *, row: int = 0, column: str = "", **params: str | int) -> None:
        super().__init__(f"{code} at row {row} {column} {params or ''}".strip())
        self.code = code
        self.row = row
        self.column = column
        self.params = params


class StatementState(StrEnum):
    """received > loading > loaded > superseded (by another file of the same day) | refused."""

    RECEIVED = "received"
    LOADING = "loading"
    LOADED = "loaded"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


class FindingKind(StrEnum):
    """How a statement and our books differ. missing: ours, not theirs. extra: theirs, not ours."""

    MISSING = "missing"
    EXTRA = "extra"
    AMOUNT = "amount"
    CURRENCY = "currency"
    DUPLICATE = "duplicate"


class FindingState(StrEnum):
    """open > suspended (the amount stands in suspense) > cleared; open > explained | cleared."""

    OPEN = "open"
    SUSPENDED = "suspended"
    EXPLAINED = "explained"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class ProviderStatementView:
    """A provider's file as it stands."""

    statement_id: int
    psp: str
    kind: StatementKind
    day: date
    state: StatementState
    sha256: str
    file_name: str
    media_id: int | None
    size_bytes: int
    lines: int
    totals: Mapping[str, tuple[int, int, int]]
    refusal: str
    refused_row: int
    refused_column: str
    refused_params: Mapping[str, str | int]
    job_id: int | None
    uploaded_by: int | None
    received_at: datetime
    loaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """What comparing a statement with the books gave. `waiting` items are near midnight or pending at the provider."""

    run_id: int
    statement: ProviderStatementView
    ran_at: datetime
    lines: int
    matched: int
    waiting: int
    rounded: int
    resolved: int
    counts: Mapping[FindingKind, int]
    open_findings: int

    @property
    def findings(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class FindingView:
    """One difference. Amounts and fees are signed minor units; None where that side knows nothing of it."""

    finding_id: int
    run_id: int
    psp: str
    statement_kind: StatementKind
    day: date
    kind: FindingKind
    line_kind: LineKind
    number: str
    provider_no: str
    row: int | None
    ours_minor: int | None
    ours_fee_minor: int | None
    theirs_minor: int | None
    theirs_fee_minor: int | None
    currency: str
    ours_currency: str
    shop_id: int | None
    transaction_id: int | None
    state: FindingState
    reason: str
    suspense_minor: int
    suspense_raised: int
    found_at: datetime
    decided_at: datetime | None
    decided_by: int | None

    @property
    def reference(self) -> str:
        """What its postings name as their subject."""
        return f"finding-{self.finding_id}"

    @property
    def difference_minor(self) -> int:
        """What the provider has more for us than we know of, after fees; 0 where currencies differ."""
        if self.currency != self.ours_currency:
            return 0
        theirs = (self.theirs_minor or 0) - (self.theirs_fee_minor or 0)
        return theirs - (self.ours_minor or 0) + (self.ours_fee_minor or 0)

    @property
    def may_be_suspended(self) -> bool:
        """Only our own money at the provider, in one currency, with a difference: the rest has its own postings."""
        return self.statement_kind in OWN_MONEY and self.difference_minor != 0

    def age_days(self, now: datetime) -> int:
        return max(0, (now - self.found_at).days)
