"""The chart of accounts as data: what each code is called, its normal side, its floor, whose it is."""

from dataclasses import dataclass
from types import MappingProxyType

from billing.ledger.contracts import AccountRef, Book, Code, FloorKind, Owner, OwnerKind, Side
from market.money import DEFAULT_CURRENCY

_D, _C = Side.DEBIT, Side.CREDIT


@dataclass(frozen=True, slots=True)
class ChartLine:
    """`clears` accounts return to zero per batch, order or refund. `guarded`: only some kinds may overdraw it."""

    code: Code
    name: str
    normal: Side
    owner_kind: OwnerKind
    floor: FloorKind = FloorKind.NONE
    book: Book = Book.MAIN
    clears: bool = False
    guarded: bool = False


def _platform(code: Code, name: str, normal: Side) -> ChartLine:
    return ChartLine(code, name, normal, OwnerKind.PLATFORM)


_LINES = (
    ChartLine(Code.PSP_RECEIVABLE, "psp_receivable", _D, OwnerKind.PSP, clears=True),
    ChartLine(Code.BANK, "bank", _D, OwnerKind.BANK),
    ChartLine(Code.COD_RECEIVABLE, "cod_receivable", _D, OwnerKind.CARRIER, clears=True),
    ChartLine(Code.MERCHANT_RECEIVABLE, "merchant_receivable", _D, OwnerKind.SHOP),
    ChartLine(Code.DISPUTE_RECEIVABLE, "dispute_receivable", _D, OwnerKind.PSP, clears=True),
    ChartLine(Code.CUSTODY_AT_PSP, "custody_at_psp", _D, OwnerKind.SHOP_PSP, book=Book.CUSTODY),
    ChartLine(Code.ESCROW, "escrow", _C, OwnerKind.ORDER, FloorKind.ZERO, clears=True),
    ChartLine(Code.CUSTODY_OWED, "custody_owed", _C, OwnerKind.SHOP, book=Book.CUSTODY),
    ChartLine(Code.PAYABLE, "payable", _C, OwnerKind.SHOP, guarded=True),
    ChartLine(Code.PAYOUT_IN_TRANSIT, "payout_in_transit", _C, OwnerKind.SHOP, FloorKind.ZERO, clears=True),
    ChartLine(Code.REFUND_PAYABLE, "refund_payable", _C, OwnerKind.PSP, clears=True),
    ChartLine(Code.AD_WALLET_CASH, "ad_wallet_cash", _C, OwnerKind.SHOP, FloorKind.ZERO),
    ChartLine(Code.AD_WALLET_BONUS, "ad_wallet_bonus", _C, OwnerKind.SHOP, FloorKind.ZERO),
    ChartLine(Code.SLOT_DEFERRED, "slot_deferred", _C, OwnerKind.SHOP, FloorKind.ZERO),
    ChartLine(Code.DEFERRED_PLAN, "deferred_plan", _C, OwnerKind.SHOP, FloorKind.ZERO),
    _platform(Code.POINTS_LIABILITY, "points_liability", _C),
    _platform(Code.VAT_PAYABLE, "vat_payable", _C),
    ChartLine(Code.CUSTOMER_WALLET, "customer_wallet", _C, OwnerKind.USER, FloorKind.ZERO),
    ChartLine(Code.DISPUTE_HOLD, "dispute_hold", _C, OwnerKind.SHOP, FloorKind.ZERO),
    ChartLine(Code.MERCHANT_DEPOSIT, "merchant_deposit", _C, OwnerKind.SHOP, FloorKind.ZERO),
    _platform(Code.COMMISSION, "commission", _C),
    _platform(Code.ADS_CPC, "ads_cpc", _C),
    _platform(Code.ADS_CPM, "ads_cpm", _C),
    _platform(Code.ADS_SLOT, "ads_slot", _C),
    _platform(Code.ADS_SALE, "ads_sale", _C),
    _platform(Code.ADS_PROMO, "ads_promo", _D),
    _platform(Code.PLAN, "plan", _C),
    _platform(Code.BREAKAGE, "breakage", _C),
    _platform(Code.PSP_FEE, "psp_fee", _D),
    _platform(Code.PLATFORM_COUPON, "platform_coupon", _D),
    _platform(Code.POINTS, "points", _D),
    _platform(Code.DISPUTE_FEE, "dispute_fee", _D),
    _platform(Code.BAD_DEBT, "bad_debt", _D),
    _platform(Code.COD_FEE, "cod_fee", _D),
    _platform(Code.ROUNDING, "rounding", _D),
    ChartLine(Code.SUSPENSE, "suspense", _D, OwnerKind.PSP, clears=True),
)

CHART = MappingProxyType({line.code: line for line in _LINES})

_PLATFORM = Owner.of_platform()


class WrongOwner(ValueError):
    """An account was asked for under an owner of the wrong kind."""


def account_of(code: Code, owner: Owner | None = None, currency: str = DEFAULT_CURRENCY) -> AccountRef:
    """The account of a code, the platform's unless an owner is named. Raises `WrongOwner`."""
    line = CHART[code]
    found = owner or _PLATFORM
    if found.kind != line.owner_kind:
        raise WrongOwner(f"{line.name} belongs to a {line.owner_kind}, not to a {found.kind}")
    return AccountRef(line.book, currency, code, found)


CLEARING_CODES = tuple(line.code for line in _LINES if line.clears)

OVERDRAWING_PREFIXES = ("refund_", "dispute_")
"""Only kinds that begin so may take a guarded account below zero; the database's trigger says the same."""


def may_overdraw(kind: str) -> bool:
    """Whether a kind of transaction may take a shop's payable below zero."""
    return kind.startswith(OVERDRAWING_PREFIXES)
