"""An order's postings added up into what it earned. Pure.

Every entry on the shop's accounts is counted once, a credit for the shop and a debit against it, so that the sum of the
parts is the ledger's to the last fen, whatever kinds of transaction there are.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from billing.ledger.contracts import Code, OwnerKind, Side
from billing.ledger.contracts.shop_books import ShopLeg, ShopTransaction
from billing.settlement.contracts.earnings import EarningPart, ShareEarnings

_PARTS: Mapping[str, EarningPart] = MappingProxyType(
    {
        "custody_share_paid": EarningPart.PAID,
        "payment_captured": EarningPart.PAID,
        "cod_delivered": EarningPart.PAID,
        "custody_subsidised": EarningPart.COUPON,
        "custody_fee_taken": EarningPart.PROVIDER_FEE,
        "custody_fee_returned": EarningPart.PROVIDER_FEE,
        "cod_remitted": EarningPart.CASH_FEE,
        "escrow_released": EarningPart.COMMISSION,
        "custody_commission_split": EarningPart.COMMISSION,
        "cod_kept_by_shop": EarningPart.COMMISSION,
        "refund_custody_commission": EarningPart.COMMISSION,
        "refund_before_release": EarningPart.REFUND,
        "refund_after_release": EarningPart.REFUND,
        "refund_custody": EarningPart.REFUND,
    }
)
HANDED_OVER = ("custody_released", "refund_custody_taken_back")  # to the shop's account at the provider, and back
_RELEASES = ("custody_released", "escrow_released", "cod_kept_by_shop")
_OURS = (Code.COMMISSION, Code.VAT_PAYABLE)


def add_up(share_no: str, transactions: Sequence[ShopTransaction]) -> ShareEarnings:
    """What an order earned, out of everything posted about it, oldest first."""
    parts: dict[EarningPart, int] = {}
    balances = {Code.CUSTODY_OWED: 0, Code.ESCROW: 0}
    elsewhere = vat = handed_over = 0
    for one in transactions:
        legs = [leg for leg in one.legs if _counts(leg, share_no)]
        for leg in legs:
            if leg.account.code in balances:
                balances[leg.account.code] += _signed(leg)
            else:
                elsewhere += _signed(leg)
        change = sum(_signed(leg) for leg in legs)
        if kind_of(one) in HANDED_OVER:
            handed_over -= change
            continue
        for part, amount in _divide(one, change).items():
            parts[part] = parts.get(part, 0) + amount
        vat -= sum(_signed(leg) for leg in one.legs if leg.account.code is Code.VAT_PAYABLE)
    return ShareEarnings(
        share_no=share_no,
        parts={part: parts[part] for part in EarningPart if parts.get(part)},
        commission_vat_minor=-vat,
        custody_minor=balances[Code.CUSTODY_OWED],
        escrow_minor=balances[Code.ESCROW],
        balance_minor=elsewhere,
        handed_over_minor=handed_over,
        sold_at=next((one.created_at for one in transactions if _PARTS.get(kind_of(one)) is EarningPart.PAID), None),
        released_at=next((one.created_at for one in transactions if kind_of(one) in _RELEASES), None),
        refunded_at=next((one.created_at for one in reversed(transactions) if "refund_" in one.kind), None),
        transaction_ids=tuple(one.transaction_id for one in transactions),
    )


def kind_of(one: ShopTransaction) -> str:
    """The kind of a transaction; a reversal counts against what it reverses."""
    return one.kind.removeprefix("reversal:")


def _divide(one: ShopTransaction, change: int) -> dict[EarningPart, int]:
    """A transaction's effect on the shop, into commission and the part of its kind; the parts sum to the effect."""
    commission = -sum(_signed(leg) for leg in one.legs if leg.account.code in _OURS)
    points = -sum(_signed(leg) for leg in one.legs if leg.account.code is Code.POINTS_LIABILITY)
    part = _PARTS.get(kind_of(one), EarningPart.OTHER)
    divided = {EarningPart.COMMISSION: commission}
    if part is EarningPart.COUPON:
        divided[EarningPart.POINTS] = points
    rest = change - sum(divided.values())
    divided[part] = divided.get(part, 0) + rest
    return {name: amount for name, amount in divided.items() if amount}


def _counts(leg: ShopLeg, share_no: str) -> bool:
    """The shop's own accounts, and this order's escrow; not the provider's mirror of custody."""
    if not leg.own or leg.account.owner.kind is OwnerKind.SHOP_PSP:
        return False
    if leg.account.owner.kind is OwnerKind.ORDER:
        return leg.account.owner.id.partition("/")[2] == share_no
    return True


def _signed(leg: ShopLeg) -> int:
    return leg.amount_minor if leg.side is Side.CREDIT else -leg.amount_minor
