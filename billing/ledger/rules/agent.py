"""Agent mode: we hold the buyer's money per order, then owe it to the shop (Stripe; the release also of COD)."""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg, Owner
from billing.ledger.rules.events import ProviderEvent, ShareEvent, ShopEvent, balanced


@dataclass(frozen=True, slots=True)
class EscrowShare:
    """What one shop's share of a captured payment is worth, before commission and with all discounts we bear."""

    shop_id: int
    share_no: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(ProviderEvent):
    """A1: the buyer's cash, our coupon and the points used are held per order. `reference`: the payment's number."""

    kind: ClassVar[str] = "payment_captured"
    cash_minor: int
    coupon_minor: int = 0
    points_minor: int = 0
    shares: tuple[EscrowShare, ...]

    def legs(self) -> tuple[Leg, ...]:
        escrows = (
            self.credit(Code.ESCROW, share.amount_minor, Owner.of_order(share.shop_id, share.share_no))
            for share in self.shares
        )
        return balanced(
            self.debit(Code.PSP_RECEIVABLE, self.cash_minor, self.provider),
            self.debit(Code.PLATFORM_COUPON, self.coupon_minor),
            self.debit(Code.POINTS_LIABILITY, self.points_minor),
            *escrows,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFeeCharged(ProviderEvent):
    """A2: in agent mode the provider's fee is ours."""

    kind: ClassVar[str] = "provider_fee_charged"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PSP_FEE, self.amount_minor),
            self.credit(Code.PSP_RECEIVABLE, self.amount_minor, self.provider),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFeeReturned(ProviderEvent):
    """D3, E1b: a provider that gives its fee back on refunds (Stripe does not)."""

    kind: ClassVar[str] = "provider_fee_returned"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PSP_RECEIVABLE, self.amount_minor, self.provider),
            self.credit(Code.PSP_FEE, self.amount_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettled(ProviderEvent):
    """A3, F5, L7: the provider settles with our bank account; a negative amount is a debit of ours (F5)."""

    kind: ClassVar[str] = "provider_settled"
    bank_account: str
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        bank = Owner.of_bank(self.bank_account)
        if self.amount_minor < 0:
            return balanced(
                self.debit(Code.PSP_RECEIVABLE, -self.amount_minor, self.provider),
                self.credit(Code.BANK, -self.amount_minor, bank),
            )
        return balanced(
            self.debit(Code.BANK, self.amount_minor, bank),
            self.credit(Code.PSP_RECEIVABLE, self.amount_minor, self.provider),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowReleased(ShareEvent):
    """B, B3, G3: after its window an order's money is the shop's, less our commission (VAT inside it)."""

    kind: ClassVar[str] = "escrow_released"
    amount_minor: int
    commission_minor: int
    commission_vat_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.ESCROW, self.amount_minor, self.order),
            self.credit(Code.COMMISSION, self.commission_minor - self.commission_vat_minor),
            self.credit(Code.VAT_PAYABLE, self.commission_vat_minor),
            self.credit(Code.PAYABLE, self.amount_minor - self.commission_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refund(ShareEvent):
    """What goes back: cash to the buyer, our coupon, the points, each in proportion. Escrow or payable bears it."""

    psp: str
    refund_no: str
    cash_minor: int
    coupon_minor: int = 0
    points_minor: int = 0

    def given_back(self) -> tuple[Leg, ...]:
        return (
            self.credit(Code.REFUND_PAYABLE, self.cash_minor, Owner.of_psp(self.psp)),
            self.credit(Code.PLATFORM_COUPON, self.coupon_minor),
            self.credit(Code.POINTS_LIABILITY, self.points_minor),
        )

    @property
    def total_minor(self) -> int:
        return self.cash_minor + self.coupon_minor + self.points_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundBeforeRelease(_Refund):
    """D1: a refund while the money is still held for the order."""

    kind: ClassVar[str] = "refund_before_release"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(self.debit(Code.ESCROW, self.total_minor, self.order), *self.given_back())


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAfterRelease(_Refund):
    """E1: a refund of money the shop was credited with; our commission goes back in proportion. May overdraw."""

    kind: ClassVar[str] = "refund_after_release"
    commission_minor: int
    commission_vat_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PAYABLE, self.total_minor - self.commission_minor, self.shop),
            self.debit(Code.COMMISSION, self.commission_minor - self.commission_vat_minor),
            self.debit(Code.VAT_PAYABLE, self.commission_vat_minor),
            *self.given_back(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundConfirmed(ProviderEvent):
    """D2, E1b: the provider has paid the buyer back. `reference`: the refund's number."""

    kind: ClassVar[str] = "refund_confirmed"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.REFUND_PAYABLE, self.amount_minor, self.provider),
            self.credit(Code.PSP_RECEIVABLE, self.amount_minor, self.provider),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtMoved(ShopEvent):
    """E2: at the end of a day a negative payable becomes a receivable."""

    kind: ClassVar[str] = "debt_moved"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.MERCHANT_RECEIVABLE, self.amount_minor, self.shop),
            self.credit(Code.PAYABLE, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtNetted(ShopEvent):
    """G4: what a shop owes is taken out of what it is owed."""

    kind: ClassVar[str] = "debt_netted"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PAYABLE, self.amount_minor, self.shop),
            self.credit(Code.MERCHANT_RECEIVABLE, self.amount_minor, self.shop),
        )
