"""What tests of wallets do again and again, each deed in a transaction of its own."""

from datetime import date, datetime, timedelta

from django.db import transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import AdTopUpCaptured
from billing.ledger.selectors import get_balance, prove_ledger
from billing.ledger.services import post
from billing.wallets.contracts import ChargeKind, DayCharge, DayHold, SaleCharge
from billing.wallets.models import Bonus
from billing.wallets.services import (
    charge_day,
    charge_sale,
    close_day_hold,
    credit_charge,
    credit_sale,
    grant_bonus,
    hold_for_day,
)

STAFF = 900_900
DAY = date(2026, 11, 22)


def give_cash(shop_id: int, amount_minor: int, *, key: str, now: datetime) -> None:
    with transaction.atomic():
        event = AdTopUpCaptured(shop_id=shop_id, reference=key, psp="wechatpay", amount_minor=amount_minor)
        post(key=f"{key}:{shop_id}", event=event, now=now)


def give_bonus(shop_id: int, amount_minor: int, *, key: str, now: datetime, days: float = 30) -> str:
    return grant_bonus(
        shop_id=shop_id,
        amount_minor=amount_minor,
        expires_at=now + timedelta(days=days),
        reason="welcome",
        key=f"{key}:{shop_id}",
        actor_id=STAFF,
        now=now,
    ).number


def hold_day(shop_id: int, amount_minor: int, *, key: str, now: datetime, day: date = DAY) -> DayHold:
    with transaction.atomic():
        return hold_for_day(shop_id=shop_id, day=day, amount_minor=amount_minor, key=key, now=now)


def charge(
    shop_id: int,
    amount_minor: int,
    *,
    key: str,
    now: datetime,
    kind: ChargeKind = ChargeKind.CLICK,
    day: date = DAY,
) -> DayCharge:
    with transaction.atomic():
        return charge_day(shop_id=shop_id, day=day, key=key, kind=kind, amount_minor=amount_minor, now=now)


def credit(
    shop_id: int,
    amount_minor: int,
    *,
    key: str,
    now: datetime,
    kind: ChargeKind = ChargeKind.CLICK,
    day: date = DAY,
) -> DayCharge:
    with transaction.atomic():
        return credit_charge(
            shop_id=shop_id, day=day, kind=kind, amount_minor=amount_minor, key=key, reason="robots", now=now
        )


def charge_order(shop_id: int, amount_minor: int, *, key: str, now: datetime, sale_no: str = "S-1") -> SaleCharge:
    with transaction.atomic():
        return charge_sale(shop_id=shop_id, sale_no=sale_no, amount_minor=amount_minor, key=key, now=now)


def credit_order(shop_id: int, amount_minor: int, *, key: str, now: datetime, sale_no: str = "S-1") -> SaleCharge:
    with transaction.atomic():
        return credit_sale(shop_id=shop_id, sale_no=sale_no, amount_minor=amount_minor, key=key, now=now)


def close_day(shop_id: int, *, now: datetime, day: date = DAY) -> DayHold:
    with transaction.atomic():
        return close_day_hold(shop_id=shop_id, day=day, now=now)


def read_code(code: Code, shop_id: int | None = None) -> int:
    return get_balance(code=code, owner=None if shop_id is None else Owner.of_shop(shop_id)).posted_minor


def assert_sound(*shop_ids: int) -> None:
    """The books are sound, and what is left of the bonuses is what the bonus account holds."""
    assert prove_ledger().sound
    for shop_id in shop_ids:
        left = sum(Bonus.objects.filter(shop_id=shop_id).values_list("left_minor", flat=True))
        assert left == read_code(Code.AD_WALLET_BONUS, shop_id)
