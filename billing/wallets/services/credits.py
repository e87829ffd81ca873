"""Step: what was charged for invalid clicks or views is given back, as it was paid (money.md row H6)."""

from datetime import date, datetime

from django.db.models import Sum

from billing.ledger.contracts import Code
from billing.ledger.rules import (
    AdBonusReturned,
    AdBonusReturnedForViews,
    AdClicksCredited,
    AdViewsCredited,
    Posting,
)
from billing.wallets.contracts import ChargeKind, DayCharge
from billing.wallets.models import Charge, Credit
from billing.wallets.models import DayHold as DayHoldRow
from billing.wallets.rules.days import MoreThanCharged, Parts, divide_credit
from billing.wallets.services.bonuses import MAX_REASON, post_all, return_bonus
from billing.wallets.services.day_holds import REVENUE, lock_day
from billing.wallets.services.locking import KeyReused, check_amount, lock_books, lock_wallet

__all__ = ["MoreThanCharged", "credit_charge"]


def credit_charge(
    *, shop_id: int, day: date, kind: ChargeKind, amount_minor: int, key: str, reason: str, now: datetime
) -> DayCharge:
    """Step: give back some of a day's charges of a kind, cash as cash and bonus as bonus, in proportion.

    It returns to the wallet, not to the day's hold. A repeat of the key gives nothing more.
    Raises `BadAmount`, `DayNotHeld`, `MoreThanCharged`, `KeyReused`.
    """
    check_amount(amount_minor)
    kind = ChargeKind(kind)
    lock_wallet(shop_id, now)
    row = lock_day(shop_id, day)
    known = Credit.objects.filter(key=key).first()
    if known is not None:
        if (known.hold_id, known.kind, known.cash_minor + known.bonus_minor) != (row.pk, kind.value, amount_minor):
            raise KeyReused(key)
        return _to_credit(known)
    parts = divide_credit(
        amount_minor,
        charged=_sum_parts(Charge, row, kind),
        credited=_sum_parts(Credit, row, kind),
    )
    why = " ".join(reason.split())[:MAX_REASON]
    lock_books(shop_id, (Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, REVENUE[kind], Code.VAT_PAYABLE), now)
    numbers = post_all(_list_postings(shop_id, key, kind, parts), now)
    if parts.bonus_minor:
        return_bonus(shop_id=shop_id, amount_minor=parts.bonus_minor, reason=why, key=f"{key}:bonus", now=now)
    created = Credit.objects.create(
        hold=row,
        key=key,
        kind=kind.value,
        cash_minor=parts.cash_minor,
        bonus_minor=parts.bonus_minor,
        vat_minor=parts.vat_minor,
        reason=why,
        transaction_ids=numbers,
        credited_at=now,
    )
    return _to_credit(created)


def _sum_parts(rows: type[Charge] | type[Credit], hold: DayHoldRow, kind: ChargeKind) -> Parts:
    found = rows.objects.filter(hold=hold, kind=kind.value).aggregate(
        cash=Sum("cash_minor", default=0), bonus=Sum("bonus_minor", default=0), vat=Sum("vat_minor", default=0)
    )
    return Parts(int(found["cash"]), int(found["bonus"]), int(found["vat"]))


def _list_postings(shop_id: int, key: str, kind: ChargeKind, parts: Parts) -> list[Posting]:
    found: list[Posting] = []
    if parts.cash_minor:
        credited = AdClicksCredited if kind is ChargeKind.CLICK else AdViewsCredited
        cash = credited(shop_id=shop_id, reference=key[:80], amount_minor=parts.cash_minor, vat_minor=parts.vat_minor)
        found.append(Posting(key, cash))
    if parts.bonus_minor:
        returned = AdBonusReturned if kind is ChargeKind.CLICK else AdBonusReturnedForViews
        found.append(
            Posting(f"{key}:bonus", returned(shop_id=shop_id, reference=key[:80], amount_minor=parts.bonus_minor))
        )
    return found


def _to_credit(row: Credit) -> DayCharge:
    return DayCharge(row.key, row.cash_minor, row.bonus_minor, row.vat_minor, tuple(row.transaction_ids))
