"""What crosses the border of the advertising wallets. Money in minor units; a day is a business day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class WalletView:
    """A shop's wallet: what is posted as cash and bonus, what of both is held, and what is left to promise.

    `free_cash_minor` is what of that is cash: fixed places take nothing else.
    """

    shop_id: int
    cash_minor: int
    bonus_minor: int
    held_minor: int
    available_minor: int
    free_cash_minor: int

    @property
    def free_bonus_minor(self) -> int:
        """What is left for clicks, views and commission on sales only."""
        return self.available_minor - self.free_cash_minor


class ChargeKind(StrEnum):
    """What is charged to a day's hold."""

    CLICK = "click"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class DayHold:
    """What was put aside for one shop's day, and what of it is charged. Once closed nothing is left of it."""

    shop_id: int
    day: date
    held_cash_minor: int
    held_bonus_minor: int
    charged_minor: int
    closed: bool = False

    @property
    def left_minor(self) -> int:
        return self.held_cash_minor + self.held_bonus_minor - self.charged_minor


@dataclass(frozen=True, slots=True)
class DayCharge:
    """A charge as it was posted: `vat_minor` is inside the cash; bonus carries none."""

    key: str
    cash_minor: int
    bonus_minor: int
    vat_minor: int
    transaction_ids: tuple[int, ...]

    @property
    def amount_minor(self) -> int:
        return self.cash_minor + self.bonus_minor


@dataclass(frozen=True, slots=True)
class CreditView:
    """What was given back of a day's charges. `reasons` are the words that whoever gave it back has for them."""

    key: str
    day: date
    kind: ChargeKind
    reasons: tuple[str, ...]


class SaleDeed(StrEnum):
    """Commission on a sale is charged; what a refund takes off is credited."""

    CHARGED = "charged"
    CREDITED = "credited"


@dataclass(frozen=True, slots=True)
class SaleCharge:
    """Commission on a sale as it was posted. `owed_minor` is what the wallet lacked; VAT is in cash and owed."""

    key: str
    deed: SaleDeed
    cash_minor: int
    bonus_minor: int
    owed_minor: int
    vat_minor: int
    transaction_ids: tuple[int, ...]

    @property
    def amount_minor(self) -> int:
        return self.cash_minor + self.bonus_minor + self.owed_minor


class BonusSource(StrEnum):
    """Where bonus comes from: staff gave it, or it was spent on what turned out to be invalid."""

    GRANTED = "granted"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class BonusView:
    """One bonus. `left_minor` is neither used nor expired; a part of it may be held for a day."""

    number: str
    shop_id: int
    source: BonusSource
    amount_minor: int
    left_minor: int
    reason: str
    granted_by: int | None
    granted_at: datetime
    expires_at: datetime


class LotState(StrEnum):
    """held > won | voided; a voided one may be held again."""

    HELD = "held"
    WON = "won"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class LotHold:
    """What a shop put aside for a lot, and of the price what was delivered or given back."""

    shop_id: int
    lot_id: int
    state: LotState
    amount_minor: int
    price_minor: int
    delivered_minor: int
    returned_minor: int

    @property
    def deferred_minor(self) -> int:
        """What of the price is neither delivered nor given back."""
        return self.price_minor - self.delivered_minor - self.returned_minor


class TopUpSource(StrEnum):
    """Who pays: a payment through a provider, or what the shop is owed."""

    PAYMENT = "payment"
    SALES = "sales"


class TopUpState(StrEnum):
    """open > paid | closed; money that comes late makes a closed one paid."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TopUpView:
    """A top-up as it stands. One from sales is paid at once and has no payment."""

    top_up_id: int
    number: str
    shop_id: int
    source: TopUpSource
    state: TopUpState
    amount_minor: int
    automatic: bool
    gateway: str
    payment_no: str
    opened_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class AutoTopUpView:
    """When the wallet fills itself from sales: below what, by how much, at most how much a business day."""

    shop_id: int
    is_on: bool
    below_minor: int
    take_minor: int
    daily_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """What was charged (or, below zero, credited) of one kind in a month, VAT inside, and on which account."""

    kind: str
    account: str
    postings: int
    amount_minor: int
    vat_minor: int

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.vat_minor


@dataclass(frozen=True, slots=True)
class Invoice:
    """A shop's advertising of one business month, out of the ledger: what was paid with cash, and beside it with bonus.

    Bonus is a discount and not invoiced. The month is named by its first day.
    """

    shop_id: int
    month: date
    lines: tuple[InvoiceLine, ...]
    bonus_minor: int

    @property
    def number(self) -> str:
        return f"AI-{self.month:%Y%m}-{self.shop_id}"

    @property
    def issued_on(self) -> date:
        """The day after the month's last, whenever it is read. The names on a paper are those of when it is printed."""
        return (self.month + timedelta(days=31)).replace(day=1)

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    @property
    def vat_minor(self) -> int:
        return sum(line.vat_minor for line in self.lines)

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.vat_minor
