"""What one order earned its shop, and where that money is now. Minor units; out of the ledger's entries alone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EarningPart(StrEnum):
    """What an order's money came from and went to. All parts together are what the shop earned."""

    PAID = "paid"  # by the buyer, or held for the order with what we add to it
    COUPON = "coupon"  # the platform's coupon, paid by us
    POINTS = "points"  # points, paid by us
    COMMISSION = "commission"  # ours, VAT inside; what a refund gives back of it counts against it
    PROVIDER_FEE = "provider_fee"
    CASH_FEE = "cash_fee"  # of the carrier that collected the cash
    REFUND = "refund"  # to the buyer, and of coupon and points to us
    OTHER = "other"


class MoneyPlace(StrEnum):
    """Where an order's money is: the first that holds any of it."""

    NOWHERE = "nowhere"  # nothing is posted yet
    CUSTODY = "custody"  # the payment provider holds it in the shop's name
    ESCROW = "escrow"  # we hold it for the order
    BALANCE = "balance"  # it is in the shop's balance with us (or was taken out of it)
    PROVIDER_WALLET = "provider_wallet"  # the provider gave it to the shop
    GIVEN_BACK = "given_back"  # the buyer has it again


@dataclass(frozen=True, slots=True)
class ShareEarnings:
    """One order. `parts` are signed: what is taken away is negative. `net_minor` is their sum.

    `net_minor` = `custody_minor` + `escrow_minor` + `balance_minor` + `handed_over_minor`: what was given out by the
    provider is `handed_over_minor`, the rest is still in the books.
    """

    share_no: str
    parts: dict[EarningPart, int]
    commission_vat_minor: int
    custody_minor: int
    escrow_minor: int
    balance_minor: int
    handed_over_minor: int
    sold_at: datetime | None
    released_at: datetime | None
    refunded_at: datetime | None
    transaction_ids: tuple[int, ...]

    @property
    def net_minor(self) -> int:
        return sum(self.parts.values())

    @property
    def is_given_back(self) -> bool:
        """Everything that was paid for it went back."""
        paid = sum(self.part(name) for name in (EarningPart.PAID, EarningPart.COUPON, EarningPart.POINTS))
        return 0 < paid <= -self.part(EarningPart.REFUND)

    @property
    def place(self) -> MoneyPlace:
        if not self.transaction_ids:
            return MoneyPlace.NOWHERE
        if self.custody_minor > 0:
            return MoneyPlace.CUSTODY
        if self.escrow_minor > 0:
            return MoneyPlace.ESCROW
        if self.is_given_back:
            return MoneyPlace.GIVEN_BACK
        if self.handed_over_minor > 0:
            return MoneyPlace.PROVIDER_WALLET
        return MoneyPlace.BALANCE

    def part(self, name: EarningPart) -> int:
        """One part, 0 when nothing of it was posted."""
        return self.parts.get(name, 0)


@dataclass(frozen=True, slots=True)
class WayOut:
    """What took an order's money out of the shop's balance, first in first out."""

    transaction_id: int
    kind: str
    subject: str
    at: datetime
