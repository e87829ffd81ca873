"""Custody mode: the provider keeps each shop's money (WeChat, Alipay); we see it in a book of its own."""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg, Owner
from billing.ledger.rules.events import ShareEvent, ShopEvent, balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class _Custody(ShareEvent):
    psp: str

    @property
    def place(self) -> Owner:
        return Owner.of_shop_at_psp(self.shop_id, self.psp)

    @property
    def provider(self) -> Owner:
        return Owner.of_psp(self.psp)

    def arriving(self, amount_minor: int) -> tuple[Leg, Leg]:
        return (
            self.debit(Code.CUSTODY_AT_PSP, amount_minor, self.place),
            self.credit(Code.CUSTODY_OWED, amount_minor, self.shop),
        )

    def leaving(self, amount_minor: int) -> tuple[Leg, Leg]:
        return (
            self.debit(Code.CUSTODY_OWED, amount_minor, self.shop),
            self.credit(Code.CUSTODY_AT_PSP, amount_minor, self.place),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodySharePaid(_Custody):
    """L1: a sub-order is paid; `amount_minor` is the cash the buyer paid for it."""

    kind: ClassVar[str] = "custody_share_paid"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(*self.arriving(self.amount_minor))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodySubsidised(_Custody):
    """L2: the platform's coupon and points are paid into the sub-order from our bank account (补差)."""

    kind: ClassVar[str] = "custody_subsidised"
    bank_account: str
    coupon_minor: int = 0
    points_minor: int = 0

    def legs(self) -> tuple[Leg, ...]:
        subsidy_minor = self.coupon_minor + self.points_minor
        return balanced(
            self.debit(Code.PLATFORM_COUPON, self.coupon_minor),
            self.debit(Code.POINTS_LIABILITY, self.points_minor),
            self.credit(Code.BANK, subsidy_minor, Owner.of_bank(self.bank_account)),
            *self.arriving(subsidy_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyFeeTaken(_Custody):
    """L3: the provider takes its fee out of the sub-order; in custody it is the shop's."""

    kind: ClassVar[str] = "custody_fee_taken"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(*self.leaving(self.amount_minor))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyFeeReturned(_Custody):
    """The mirror of L3: the provider gives its fee back in proportion to a refund."""

    kind: ClassVar[str] = "custody_fee_returned"
    refund_no: str
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(*self.arriving(self.amount_minor))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyCommissionSplit(_Custody):
    """L4: our commission is split off the sub-order (分账); the provider owes it to us until it settles."""

    kind: ClassVar[str] = "custody_commission_split"
    commission_minor: int
    commission_vat_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PSP_RECEIVABLE, self.commission_minor, self.provider),
            self.credit(Code.COMMISSION, self.commission_minor - self.commission_vat_minor),
            self.credit(Code.VAT_PAYABLE, self.commission_vat_minor),
            *self.leaving(self.commission_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyReleased(_Custody):
    """L5: what is left of the sub-order is unfrozen (完结): the shop has it."""

    kind: ClassVar[str] = "custody_released"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(*self.leaving(self.amount_minor))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyTakenBack(_Custody):
    """The mirror of L5: for a refund after the release the shop's own money pays, so it comes back into custody."""

    kind: ClassVar[str] = "refund_custody_taken_back"
    refund_no: str
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(*self.arriving(self.amount_minor))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyRefunded(_Custody):
    """LR1: the provider pays the buyer back out of the sub-order, before the split or after it was returned."""

    kind: ClassVar[str] = "refund_custody"
    refund_no: str
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(*self.leaving(self.amount_minor))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyCommissionReturned(_Custody):
    """LR2: for a refund after the split, our commission goes back into the sub-order first (分账回退)."""

    kind: ClassVar[str] = "refund_custody_commission"
    refund_no: str
    commission_minor: int
    commission_vat_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.COMMISSION, self.commission_minor - self.commission_vat_minor),
            self.debit(Code.VAT_PAYABLE, self.commission_vat_minor),
            self.credit(Code.PSP_RECEIVABLE, self.commission_minor, self.provider),
            *self.arriving(self.commission_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAdvanced(ShopEvent):
    """L6: we advance a refund that the shop's money at the provider cannot bear (垫付). Repaid: reverse it."""

    kind: ClassVar[str] = "refund_advanced"
    bank_account: str
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.MERCHANT_RECEIVABLE, self.amount_minor, self.shop),
            self.credit(Code.BANK, self.amount_minor, Owner.of_bank(self.bank_account)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtWrittenOff(ShopEvent):
    """L6, after 90 days: what a shop owes us is lost."""

    kind: ClassVar[str] = "debt_written_off"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.BAD_DEBT, self.amount_minor),
            self.credit(Code.MERCHANT_RECEIVABLE, self.amount_minor, self.shop),
        )
