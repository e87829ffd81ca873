"""Steps: commission on a sale is charged, and what a refund takes off is given back (money.md rows H8 and H9).

Bonus pays first, then cash, or the other way round where staff set it, both as far as they are free; what is lacking
is owed. Nothing is ever below zero.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import Sum

from billing.ledger.contracts import Code
from billing.ledger.rules import (
    AdBonusReturnedForSales,
    AdBonusUsedOnSales,
    AdSaleCharged,
    AdSaleCredited,
    AdSaleOwed,
    Posting,
)
from billing.wallets.contracts import SaleCharge, SaleDeed
from billing.wallets.models import SaleCharge as SaleChargeRow
from billing.wallets.models import Wallet
from billing.wallets.rules.days import Parts, divide_credit
from billing.wallets.services.available import take_available
from billing.wallets.services.bonuses import post_all, return_bonus, use_bonuses_of
from billing.wallets.services.locking import KeyReused, check_amount, lock_books, lock_wallet
from market.money import included_portion

_CODES = (
    Code.AD_WALLET_CASH,
    Code.AD_WALLET_BONUS,
    Code.MERCHANT_RECEIVABLE,
    Code.ADS_SALE,
    Code.VAT_PAYABLE,
)
WHY_RETURNED = "sale refunded"


def charge_sale(*, shop_id: int, sale_no: str, amount_minor: int, key: str, now: datetime) -> SaleCharge:
    """Step: post a commission, as the ledger's transactions `key`, `key:bonus` and `key:owed`.

    A repeat of the key charges nothing more. Raises `BadAmount`, `KeyReused`.
    """
    check_amount(amount_minor)
    wallet = lock_wallet(shop_id, now)
    known = _find(key, shop_id, sale_no, SaleDeed.CHARGED, amount_minor)
    if known is not None:
        return known
    parts = take_available(wallet, amount_minor, now, more=_CODES)
    owed_minor = amount_minor - parts.amount_minor
    vats = [included_portion(part, settings.ADVERTISING_VAT_BPS) for part in (parts.cash_minor, owed_minor)]
    postings = []
    if parts.bonus_minor:
        used = AdBonusUsedOnSales(shop_id=shop_id, reference=sale_no, amount_minor=parts.bonus_minor)
        postings.append(Posting(f"{key}:bonus", used))
    if parts.cash_minor:
        paid = AdSaleCharged(shop_id=shop_id, reference=sale_no, amount_minor=parts.cash_minor, vat_minor=vats[0])
        postings.append(Posting(key, paid))
    if owed_minor:
        owed = AdSaleOwed(shop_id=shop_id, reference=sale_no, amount_minor=owed_minor, vat_minor=vats[1])
        postings.append(Posting(f"{key}:owed", owed))
        Wallet.objects.filter(pk=wallet.pk).update(owed_minor=wallet.owed_minor + owed_minor)
    numbers = post_all(postings, now)
    use_bonuses_of(shop_id, parts.bonus_minor)
    return _keep(
        shop_id,
        sale_no,
        key,
        SaleDeed.CHARGED,
        Parts(parts.cash_minor, parts.bonus_minor, sum(vats)),
        owed_minor,
        numbers,
        now,
    )


def credit_sale(*, shop_id: int, sale_no: str, amount_minor: int, key: str, now: datetime) -> SaleCharge:
    """Step: give back some of a sale's commission as it was paid, what was owed as cash.

    A repeat of the key gives nothing more. Raises `BadAmount`, `MoreThanCharged`, `KeyReused`.
    """
    check_amount(amount_minor)
    lock_wallet(shop_id, now)
    known = _find(key, shop_id, sale_no, SaleDeed.CREDITED, amount_minor)
    if known is not None:
        return known
    parts = divide_credit(
        amount_minor,
        charged=_sum(shop_id, sale_no, SaleDeed.CHARGED),
        credited=_sum(shop_id, sale_no, SaleDeed.CREDITED),
    )
    lock_books(shop_id, _CODES, now)
    postings = []
    if parts.cash_minor:
        cash = AdSaleCredited(
            shop_id=shop_id, reference=sale_no, amount_minor=parts.cash_minor, vat_minor=parts.vat_minor
        )
        postings.append(Posting(key, cash))
    if parts.bonus_minor:
        bonus = AdBonusReturnedForSales(shop_id=shop_id, reference=sale_no, amount_minor=parts.bonus_minor)
        postings.append(Posting(f"{key}:bonus", bonus))
    numbers = post_all(postings, now)
    if parts.bonus_minor:
        return_bonus(shop_id=shop_id, amount_minor=parts.bonus_minor, reason=WHY_RETURNED, key=f"{key}:bonus", now=now)
    return _keep(shop_id, sale_no, key, SaleDeed.CREDITED, parts, 0, numbers, now)


def _find(key: str, shop_id: int, sale_no: str, deed: SaleDeed, amount_minor: int) -> SaleCharge | None:
    row = SaleChargeRow.objects.filter(key=key).first()
    if row is None:
        return None
    done = _to_charge(row)
    if (row.shop_id, row.sale_no, done.deed, done.amount_minor) != (shop_id, sale_no, deed, amount_minor):
        raise KeyReused(key)
    return done


def _sum(shop_id: int, sale_no: str, deed: SaleDeed) -> Parts:
    """All deeds of a kind on a sale; what was owed counts as cash."""
    found = SaleChargeRow.objects.filter(shop_id=shop_id, sale_no=sale_no, deed=deed.value).aggregate(
        cash=Sum("cash_minor", default=0),
        owed=Sum("owed_minor", default=0),
        bonus=Sum("bonus_minor", default=0),
        vat=Sum("vat_minor", default=0),
    )
    return Parts(int(found["cash"]) + int(found["owed"]), int(found["bonus"]), int(found["vat"]))


def _keep(
    shop_id: int,
    sale_no: str,
    key: str,
    deed: SaleDeed,
    parts: Parts,
    owed_minor: int,
    numbers: tuple[int, ...],
    now: datetime,
) -> SaleCharge:
    row = SaleChargeRow.objects.create(
        shop_id=shop_id,
        sale_no=sale_no,
        key=key,
        deed=deed.value,
        cash_minor=parts.cash_minor,
        bonus_minor=parts.bonus_minor,
        owed_minor=owed_minor,
        vat_minor=parts.vat_minor,
        transaction_ids=list(numbers),
        done_at=now,
    )
    return _to_charge(row)


def _to_charge(row: SaleChargeRow) -> SaleCharge:
    return SaleCharge(
        key=row.key,
        deed=SaleDeed(row.deed),
        cash_minor=row.cash_minor,
        bonus_minor=row.bonus_minor,
        owed_minor=row.owed_minor,
        vat_minor=row.vat_minor,
        transaction_ids=tuple(row.transaction_ids),
    )
