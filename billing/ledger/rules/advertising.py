"""The advertising wallet: topped up, spent on clicks, views and slots. VAT is inside every charge."""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg, Owner
from billing.ledger.rules.events import ShopEvent, balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class _WalletEvent(ShopEvent):
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Charge(_WalletEvent):
    """`vat_minor` is the VAT inside the charge, frozen when it was made."""

    vat_minor: int

    def charged(self, revenue: Code) -> tuple[Leg, Leg]:
        return self.credit(revenue, self.amount_minor - self.vat_minor), self.credit(Code.VAT_PAYABLE, self.vat_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdTopUpCaptured(_WalletEvent):
    """H1: a top-up is paid through a provider (whose fee is a `ProviderFeeCharged`)."""

    kind: ClassVar[str] = "ad_top_up_captured"
    psp: str

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PSP_RECEIVABLE, self.amount_minor, Owner.of_psp(self.psp)),
            self.credit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdTopUpFromSales(_WalletEvent):
    """H3: a top-up out of what the shop is owed; never more than that."""

    kind: ClassVar[str] = "ad_top_up_from_sales"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PAYABLE, self.amount_minor, self.shop),
            self.credit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdClicksCharged(_Charge):
    """H4: clicks of an hour."""

    kind: ClassVar[str] = "ad_clicks_charged"

    def legs(self) -> tuple[Leg, ...]:
        wallet = self.debit(Code.AD_WALLET_CASH, self.amount_minor, self.shop)
        return balanced(wallet, *self.charged(Code.ADS_CPC))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdViewsCharged(_Charge):
    """H5: views by the thousand; only whole fen are charged, the rest is carried."""

    kind: ClassVar[str] = "ad_views_charged"

    def legs(self) -> tuple[Leg, ...]:
        wallet = self.debit(Code.AD_WALLET_CASH, self.amount_minor, self.shop)
        return balanced(wallet, *self.charged(Code.ADS_CPM))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdClicksCredited(_Charge):
    """H6: clicks found invalid later are given back."""

    kind: ClassVar[str] = "ad_clicks_credited"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.ADS_CPC, self.amount_minor - self.vat_minor),
            self.debit(Code.VAT_PAYABLE, self.vat_minor),
            self.credit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdViewsCredited(_Charge):
    """H6: views found invalid later are given back."""

    kind: ClassVar[str] = "ad_views_credited"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.ADS_CPM, self.amount_minor - self.vat_minor),
            self.debit(Code.VAT_PAYABLE, self.vat_minor),
            self.credit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdBonusGranted(_WalletEvent):
    """H7: a bonus is given."""

    kind: ClassVar[str] = "ad_bonus_granted"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.ADS_PROMO, self.amount_minor),
            self.credit(Code.AD_WALLET_BONUS, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdBonusUsed(_WalletEvent):
    """H7: clicks paid with bonus."""

    kind: ClassVar[str] = "ad_bonus_used"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.AD_WALLET_BONUS, self.amount_minor, self.shop),
            self.credit(Code.ADS_CPC, self.amount_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdBonusUsedOnViews(_WalletEvent):
    """H7: views paid with bonus."""

    kind: ClassVar[str] = "ad_bonus_used_on_views"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.AD_WALLET_BONUS, self.amount_minor, self.shop),
            self.credit(Code.ADS_CPM, self.amount_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdBonusReturned(_WalletEvent):
    """H7 mirrored: the part of invalid clicks that was paid with bonus is bonus again."""

    kind: ClassVar[str] = "ad_bonus_returned"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.ADS_CPC, self.amount_minor),
            self.credit(Code.AD_WALLET_BONUS, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdBonusReturnedForViews(_WalletEvent):
    """H7 mirrored: the part of invalid views that was paid with bonus is bonus again."""

    kind: ClassVar[str] = "ad_bonus_returned_for_views"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.ADS_CPM, self.amount_minor),
            self.credit(Code.AD_WALLET_BONUS, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdBonusExpired(_WalletEvent):
    """H7: a bonus that was not used in time."""

    kind: ClassVar[str] = "ad_bonus_expired"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.AD_WALLET_BONUS, self.amount_minor, self.shop),
            self.credit(Code.ADS_PROMO, self.amount_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotWon(_WalletEvent):
    """I1: a slot is won; posted against the winner's hold. Losers' holds are voided without an entry."""

    kind: ClassVar[str] = "slot_won"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
            self.credit(Code.SLOT_DEFERRED, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDayDelivered(_Charge):
    """I2: one day of a slot was shown."""

    kind: ClassVar[str] = "slot_day_delivered"

    def legs(self) -> tuple[Leg, ...]:
        deferred = self.debit(Code.SLOT_DEFERRED, self.amount_minor, self.shop)
        return balanced(deferred, *self.charged(Code.ADS_SLOT))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDayCancelled(_WalletEvent):
    """I3: one day of a slot was not shown; its price returns to the wallet."""

    kind: ClassVar[str] = "slot_day_cancelled"

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.SLOT_DEFERRED, self.amount_minor, self.shop),
            self.credit(Code.AD_WALLET_CASH, self.amount_minor, self.shop),
        )
