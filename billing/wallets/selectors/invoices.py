"""Monthly invoices: read from the ledger whenever they are asked for, so that they cannot say anything else.

A month is over when the next has begun; what is posted later belongs to the month it is posted in, so that an invoice
never changes.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings

from billing.ledger.contracts import Code
from billing.ledger.contracts.shop_books import MonthSum
from billing.ledger.rules import (
    AdBonusReturned,
    AdBonusReturnedForSales,
    AdBonusReturnedForViews,
    AdBonusUsed,
    AdBonusUsedOnSales,
    AdBonusUsedOnViews,
    AdClicksCharged,
    AdClicksCredited,
    AdSaleCharged,
    AdSaleCredited,
    AdSaleOwed,
    AdViewsCharged,
    AdViewsCredited,
    SlotDayDelivered,
)
from billing.ledger.selectors.shop_charges import sum_months
from billing.wallets.contracts import Invoice, InvoiceLine

MONTHS = 36
INVOICED: Mapping[str, Code] = MappingProxyType(
    {
        AdClicksCharged.kind: Code.AD_WALLET_CASH,
        AdViewsCharged.kind: Code.AD_WALLET_CASH,
        SlotDayDelivered.kind: Code.SLOT_DEFERRED,
        AdSaleCharged.kind: Code.AD_WALLET_CASH,
        AdSaleOwed.kind: Code.MERCHANT_RECEIVABLE,
        AdClicksCredited.kind: Code.AD_WALLET_CASH,
        AdViewsCredited.kind: Code.AD_WALLET_CASH,
        AdSaleCredited.kind: Code.AD_WALLET_CASH,
    }
)
"""Kinds that an invoice lists, in its order, with the shop's account that they are read from."""

_BONUS = (
    AdBonusUsed.kind,
    AdBonusUsedOnViews.kind,
    AdBonusUsedOnSales.kind,
    AdBonusReturned.kind,
    AdBonusReturnedForViews.kind,
    AdBonusReturnedForSales.kind,
)


class InvoiceNotFound(LookupError):
    """Nothing was charged in this month, or it is not over."""


def list_invoices(*, shop_id: int, now: datetime) -> list[Invoice]:
    """The invoices of the last three years, the latest first. Two statements."""
    end = month_of(now)
    return _read(shop_id, _shift(end, -MONTHS), end)


def get_invoice(*, shop_id: int, month: date, now: datetime) -> Invoice:
    """The invoice of one month that is over. Raises `InvoiceNotFound`."""
    begin = month.replace(day=1)
    if not date(2000, 1, 1) <= begin < month_of(now):
        raise InvoiceNotFound(str(begin))
    found = _read(shop_id, begin, _shift(begin, 1))
    if not found:
        raise InvoiceNotFound(str(begin))
    return found[0]


def month_of(moment: datetime) -> date:
    """The first day of an instant's business month."""
    return moment.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date().replace(day=1)


def _read(shop_id: int, begin: date, end: date) -> list[Invoice]:
    since, until = _midnight(begin), _midnight(end)
    codes = sorted(set(INVOICED.values()))
    charged = _by_month(sum_months(shop_id=shop_id, codes=codes, kinds=list(INVOICED), since=since, until=until))
    bonus = _by_month(sum_months(shop_id=shop_id, codes=[Code.AD_WALLET_BONUS], kinds=_BONUS, since=since, until=until))
    return [
        Invoice(
            shop_id=shop_id,
            month=month,
            lines=tuple(_to_line(one) for one in sorted(charged.get(month, ()), key=_place)),
            bonus_minor=sum(one.amount_minor for one in bonus.get(month, ())),
        )
        for month in sorted({*charged, *bonus}, reverse=True)
    ]


def _by_month(sums: Iterable[MonthSum]) -> dict[date, list[MonthSum]]:
    found: dict[date, list[MonthSum]] = {}
    for one in sums:
        found.setdefault(one.month, []).append(one)
    return found


def _place(one: MonthSum) -> int:
    return list(INVOICED).index(one.kind)


def _to_line(one: MonthSum) -> InvoiceLine:
    return InvoiceLine(one.kind, INVOICED[one.kind].value, one.entries, one.amount_minor, one.vat_minor)


def _shift(month: date, months: int) -> date:
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.BUSINESS_TIME_ZONE))
