"""Money on its way to a shop's bank: accounts, payouts, bank files, and what carries them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class ChannelName(StrEnum):
    """bank: from our bank account by file (rows C1, C2). wechatpay: the shop's own balance at the provider."""

    BANK = "bank"
    WECHATPAY = "wechatpay"


class PayoutState(StrEnum):
    """asked > approved (by two people) > sent > confirmed | failed; cancelled before it was sent.

    A confirmed payout that the bank returns becomes failed as well.
    """

    ASKED = "asked"
    APPROVED = "approved"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AccountKind(StrEnum):
    """A bank card of a person (its number has a check digit), or a company's account (its number has none)."""

    CARD = "card"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class BankAccountDraft:
    """A shop's bank account as somebody typed it."""

    kind: AccountKind
    holder: str = field(repr=False)
    bank: str
    branch: str
    cnaps: str
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BankAccountView:
    """Where a shop is paid to. Of the number only its end; no payout before `usable_at`."""

    account_id: int
    shop_id: int
    kind: AccountKind
    holder: str = field(repr=False)
    bank: str
    branch: str
    cnaps: str
    last_four: str
    set_at: datetime
    usable_at: datetime


@dataclass(frozen=True, slots=True)
class Destination:
    """Where one payout goes, copied when it was asked. `merchant_account` is the shop's number at the provider."""

    holder: str = field(default="", repr=False)
    bank: str = ""
    branch: str = ""
    cnaps: str = ""
    account_number: str = field(default="", repr=False)
    merchant_account: str = ""


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """What a channel is asked to carry. The number makes a repeat the same order."""

    number: str
    amount_minor: int
    currency: str
    destination: Destination


class CarryState(StrEnum):
    """How far a channel has carried a payout.

    unknown: it never heard of the number, so it may be submitted. begun: it wants the same order once more.
    """

    UNKNOWN = "unknown"
    BEGUN = "begun"
    CARRIED = "carried"
    ARRIVED = "arrived"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CarryReport:
    """What a channel says of a payout. `reference` is the bank's or provider's own number for it."""

    number: str
    state: CarryState
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChannelBalance:
    """What the shop has at a provider: free to withdraw, and still frozen for orders. Minor units."""

    available_minor: int
    frozen_minor: int


class PayoutChannel(Protocol):
    """A way for money to leave. Called outside transactions; repeats with one number are one payout.

    Both methods may raise `ProviderError`: with `retry` the outcome is open and has to be asked for.
    """

    name: ChannelName

    def submit(self, order: PayoutOrder) -> CarryReport: ...
    def query(self, order: PayoutOrder) -> CarryReport: ...


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """One person's yes."""

    actor_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payout as it stands. `reason` is what the merchant is told, `error` what staff should know."""

    payout_id: int
    number: str
    shop_id: int
    channel: ChannelName
    amount_minor: int
    currency: str
    state: PayoutState
    asked_by: int
    holder: str = field(repr=False)
    bank: str
    branch: str
    last_four: str
    account_id: int | None
    merchant_account: str
    batch_no: str
    reference: str
    attempts: int
    error: str
    reason: str
    asked_at: datetime
    approved_at: datetime | None
    sent_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    returned_at: datetime | None
    retry_of: str
    retried_by: str
    approvals: Sequence[ApprovalView] = ()

    @property
    def in_books(self) -> bool:
        """Whether the ledger carries it: a withdrawal at the provider is the shop's own money there."""
        return self.channel is ChannelName.BANK

    @property
    def is_final(self) -> bool:
        return self.state in (PayoutState.CONFIRMED, PayoutState.FAILED, PayoutState.CANCELLED)


@dataclass(frozen=True, slots=True)
class BatchView:
    """An exported file: what it holds is checked by its digest, and its rows sum to `sum_minor`."""

    number: str
    sha256: str
    row_count: int
    sum_minor: int
    currency: str
    made_by: int
    made_at: datetime
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why a cell of a bank's file cannot be taken. Rows as a spreadsheet counts them: the first is 1."""

    row: int
    column: str
    problem: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """The bank's word on one payout of a file."""

    row: int
    number: str
    amount_minor: int
    arrived: bool
    reference: str
    reason: str
