"""Chargebacks: the buyer's cash is taken from the shop; coupon, points and commission stay as they were."""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg, Owner
from billing.ledger.rules.events import ShopEvent, balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dispute(ShopEvent):
    """`reference` is the provider's number of the dispute."""

    psp: str
    amount_minor: int

    @property
    def provider(self) -> Owner:
        return Owner.of_psp(self.psp)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(_Dispute):
    """F1: what may be lost is put aside. May overdraw the shop's payable."""

    kind: ClassVar[str] = "dispute_opened"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PAYABLE, self.amount_minor, self.shop),
            self.credit(Code.DISPUTE_HOLD, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeTaken(_Dispute):
    """F2: the provider takes the amount, and its fee."""

    kind: ClassVar[str] = "dispute_taken"
    fee_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.DISPUTE_RECEIVABLE, self.amount_minor, self.provider),
            self.debit(Code.DISPUTE_FEE, self.fee_minor),
            self.credit(Code.PSP_RECEIVABLE, self.amount_minor + self.fee_minor, self.provider),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLost(_Dispute):
    """F3: what was put aside pays what the provider took."""

    kind: ClassVar[str] = "dispute_lost"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.DISPUTE_HOLD, self.amount_minor, self.shop),
            self.credit(Code.DISPUTE_RECEIVABLE, self.amount_minor, self.provider),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeWon(_Dispute):
    """F3, the other way: the provider gives back what it took, the shop gets back what was put aside."""

    kind: ClassVar[str] = "dispute_won"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PSP_RECEIVABLE, self.amount_minor, self.provider),
            self.credit(Code.DISPUTE_RECEIVABLE, self.amount_minor, self.provider),
            self.debit(Code.DISPUTE_HOLD, self.amount_minor, self.shop),
            self.credit(Code.PAYABLE, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFeePassedOn(ShopEvent):
    """F4: the fee is the shop's; what its payable cannot bear it owes us."""

    kind: ClassVar[str] = "dispute_fee_passed_on"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        owed = self.owned(Code.MERCHANT_RECEIVABLE, self.shop)
        return balanced(
            self.debit(Code.PAYABLE, self.amount_minor, self.shop, spill=owed),
            self.credit(Code.DISPUTE_FEE, self.amount_minor),
        )
