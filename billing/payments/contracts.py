"""What crosses the border of payments, and what a gateway is. Money in minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class FundsFlow(StrEnum):
    """agent: we hold the money and transfer it. custody: the provider holds each shop's share."""

    AGENT = "agent"
    CUSTODY = "custody"


class PaymentState(StrEnum):
    """opened (rows only) > started (known to the provider) > captured | closed."""

    OPENED = "opened"
    STARTED = "started"
    CAPTURED = "captured"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ShareToPay:
    """One shop's part of a payment: `share_no` is the sub-order's number at the provider."""

    share_no: str
    shop_id: int
    merchant_account: str
    amount_minor: int
    description: str


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What a gateway is asked to collect: 1 to 50 shares in one currency."""

    payment_no: str
    shares: tuple[ShareToPay, ...]
    currency: str
    expires_at: datetime
    description: str

    @property
    def amount_minor(self) -> int:
        return sum(share.amount_minor for share in self.shares)


@dataclass(frozen=True, slots=True)
class Started:
    """How the buyer goes on: a QR code's content, an address to visit, or nothing to do."""

    qr_content: str = ""
    redirect_url: str = ""


@dataclass(frozen=True, slots=True)
class PaidShare:
    """A share as the provider reports it."""

    share_no: str
    merchant_account: str
    transaction_id: str
    amount_minor: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """What a provider says of a payment. `shares` is complete when `paid`."""

    payment_no: str
    paid: bool
    closed: bool
    currency: str
    shares: tuple[PaidShare, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give back part or all of one share."""

    refund_no: str
    share_no: str
    transaction_id: str
    merchant_account: str
    amount_minor: int
    share_total_minor: int
    currency: str
    reason: str


class RefundState(StrEnum):
    """asked (rows only) > sent (the provider works on it) > succeeded | failed."""

    ASKED = "asked"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundReport:
    """What a provider says of a refund."""

    refund_no: str
    state: RefundState
    amount_minor: int
    reason: str = ""
    returned: bool = False  # our commission is back with the share, so that the refund can be sent


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """What recording a provider's word on a refund changed.

    `commission_minor` of the share's commission goes back with it; `returned_now` says that it has, just now.
    `released`: the shop had its money already.
    """

    refund_no: str
    share_no: str
    state: RefundState
    commission_minor: int = 0
    returned_now: bool = False
    released: bool = False


class ReleaseStep(StrEnum):
    """How far a share's money is on its way out of custody: none > split_asked > split > unfrozen."""

    NONE = "none"
    SPLIT_ASKED = "split_asked"
    SPLIT = "split"
    UNFROZEN = "unfrozen"


@dataclass(frozen=True, slots=True)
class SplitOrder:
    """Take our commission out of one share held at the provider."""

    split_no: str
    transaction_id: str
    merchant_account: str
    commission_minor: int
    currency: str
    description: str


class WithdrawalState(StrEnum):
    """What a provider says of taking a shop's own money to its bank.

    unknown (never heard of it) | created (send the same again) > accepted > succeeded | failed; succeeded > returned.
    """

    UNKNOWN = "unknown"
    CREATED = "created"
    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class WithdrawalOrder:
    """Take money that is a shop's own, free at the provider, to the shop's bank. One number is one withdrawal."""

    withdrawal_no: str
    merchant_account: str
    amount_minor: int
    currency: str
    remark: str
    bank_memo: str


@dataclass(frozen=True, slots=True)
class WithdrawalReport:
    """A withdrawal as the provider tells it; `reference` is its own number for it."""

    withdrawal_no: str
    state: WithdrawalState
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MerchantBalance:
    """A shop's money at a provider: free, and frozen for orders. Minor units."""

    available_minor: int
    frozen_minor: int


@dataclass(frozen=True, slots=True)
class ReturnOrder:
    """Give commission that was split off back to its share (分账回退), before a refund."""

    return_no: str
    split_no: str
    merchant_account: str
    amount_minor: int
    currency: str
    description: str


@dataclass(frozen=True, slots=True)
class Notification:
    """A verified message of a provider: of a payment or of a refund."""

    event_id: str
    payment: ProviderReport | None = None
    refund: RefundReport | None = None


class Gateway(Protocol):
    """One provider. Every method may raise `ProviderError`; none is called inside a transaction."""

    name: str
    funds_flow: FundsFlow

    def start(self, order: PaymentOrder) -> Started: ...
    def query(self, payment_no: str) -> ProviderReport: ...
    def close(self, order: PaymentOrder) -> ProviderReport:
        """Close an unpaid order. Returns a report with `paid` when the buyer was quicker."""
        ...

    def refund(self, order: RefundOrder) -> RefundReport: ...
    def query_refund(self, refund: RefundOrder) -> RefundReport: ...
    def read_notification(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification:
        """Verify and read. Raises `BadNotification` with a reason; nothing of the body is trusted before."""
        ...


@runtime_checkable
class CustodyGateway(Protocol):
    """A provider that keeps each shop's money until told to split and release it."""

    def enrol_merchant(self, *, shop_id: int, shop_name: str) -> str:
        """Apply for a sub-merchant (进件). Returns its account number; the same for a repeat."""
        ...

    def split(self, order: SplitOrder) -> bool:
        """Split off the commission; True once it is finished. Repeats with one number are one."""
        ...

    def query_split(self, order: SplitOrder) -> bool: ...
    def unfreeze(self, order: SplitOrder) -> bool:
        """Release what is left to the shop (完结分账)."""
        ...

    def return_split(self, order: ReturnOrder) -> bool:
        """Give commission back; True once it is done. Repeats with one number are one."""
        ...


@runtime_checkable
class WithdrawalGateway(Protocol):
    """A provider where a shop's own money lies until it is taken to the shop's bank."""

    def withdraw(self, order: WithdrawalOrder) -> WithdrawalReport: ...
    def query_withdrawal(self, order: WithdrawalOrder) -> WithdrawalReport: ...
    def read_balance(self, merchant_account: str) -> MerchantBalance: ...


@dataclass(frozen=True, slots=True)
class FetchedStatement:
    """A provider's file as it came, perhaps packed by gzip, with the SHA-1 it states and our merchant number."""

    content: bytes
    sha1: str
    merchant: str


@runtime_checkable
class StatementGateway(Protocol):
    """A provider that makes a file of what moved on a day."""

    def fetch_statement(self, *, kind: str, day: date) -> FetchedStatement:
        """The file of a business day. Raises `NoStatement`, `StatementNotReady`, `ProviderError`."""
        ...


class ProviderError(Exception):
    """The provider could not be asked or said no. `retry` tells whether to ask again."""

    def __init__(self, message: str, *, code: str = "", retry: bool = True) -> None:
        super().__init__(message)
        self.code = code
        self.retry = retry


class NoStatement(Exception):
    """Nothing happened on that day, so the provider made no file. Asking again changes nothing."""


class StatementNotReady(ProviderError):
    """The provider is still making the file of that day: ask again in half an hour."""


class BadNotification(Exception):
    """A notification that is not to be believed; the reason is one word for the log."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CaptureOutcome:
    """What recording a capture did. `late` means that the payment had been closed before the money came."""

    payment_no: str
    purchase_no: str
    captured_now: bool
    late: bool
    shares: Sequence[PaidShare] = ()


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as it stands. `trouble` is the provider's last complaint."""

    refund_no: str
    share_no: str
    amount_minor: int
    state: RefundState
    reason: str
    trouble: str
    asked_at: datetime
    succeeded_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share as it stands. `refunded_minor` counts refunds that are asked, sent or succeeded."""

    share_no: str
    payment_no: str
    shop_id: int
    merchant_account: str
    amount_minor: int
    transaction_id: str
    paid_at: datetime | None
    refunded_minor: int
    step: ReleaseStep
    commission_minor: int


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as it stands, with its shares."""

    payment_no: str
    purchase_no: str
    gateway: str
    state: PaymentState
    amount_minor: int
    currency: str
    qr_content: str
    expires_at: datetime
    captured_at: datetime | None
    captured_late: bool
    closed_at: datetime | None
    shares: tuple[ShareView, ...]


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A provider's message for staff: when, about what, believed or not and why."""

    entry_id: int
    gateway: str
    event_id: str
    subject: str
    accepted: bool
    reason: str
    detail: str
    times: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a provider's notification is answered with."""

    status: int
    body: bytes
