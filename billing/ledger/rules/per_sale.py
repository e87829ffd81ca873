"""Pay per sale: commission on orders that an ad brought, due when the order is released. VAT is inside it.

It is paid out of the wallet, bonus first or cash first as is set for the shop; what the wallet lacks is a debt of the
shop (1040), which the next money in the wallet pays, or the end of a day out of what the shop is owed (G4).
"""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg
from billing.ledger.rules.events import ShopEvent, balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amount(ShopEvent):
    """`reference` is the order's number."""

    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _WithVat(_Amount):
    """`vat_minor` is the VAT inside the amount."""

    vat_minor: int

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.vat_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class AdSaleCharged(_WithVat):
    """H8: commission on an order, paid with cash."""

    kind: ClassVar[str] = "ad_sale_charged"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
            self.credit(Code.ADS_SALE, self.net_minor),
            self.credit(Code.VAT_PAYABLE, self.vat_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdSaleOwed(_WithVat):
    """H8: the part of a commission that the wallet has no money for."""

    kind: ClassVar[str] = "ad_sale_owed"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.MERCHANT_RECEIVABLE, self.amount_minor, self.shop),
            self.credit(Code.ADS_SALE, self.net_minor),
            self.credit(Code.VAT_PAYABLE, self.vat_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdSaleDebtPaid(_Amount):
    """H8: money that came into the wallet pays what was owed. `reference` is the debt's."""

    kind: ClassVar[str] = "ad_sale_debt_paid"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
            self.credit(Code.MERCHANT_RECEIVABLE, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdSaleCredited(_WithVat):
    """H9: an order is refunded after its release: commission that was paid or owed is cash in the wallet."""

    kind: ClassVar[str] = "ad_sale_credited"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.ADS_SALE, self.net_minor),
            self.debit(Code.VAT_PAYABLE, self.vat_minor),
            self.credit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdBonusUsedOnSales(_Amount):
    """H7: commission paid with bonus."""

    kind: ClassVar[str] = "ad_bonus_used_on_sales"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.AD_WALLET_BONUS, self.amount_minor, self.shop),
            self.credit(Code.ADS_SALE, self.amount_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdBonusReturnedForSales(_Amount):
    """H7 mirrored: the part of a commission that was paid with bonus is bonus again."""

    kind: ClassVar[str] = "ad_bonus_returned_for_sales"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.ADS_SALE, self.amount_minor),
            self.credit(Code.AD_WALLET_BONUS, self.amount_minor, self.shop),
        )
