"""Steps: a day's money is put aside, charged in parts, and what is left returns. Never more than is held.

A shop has one hold a day, of bonus and of cash in the order that is set for the shop. The ledger keeps them as two
holds, which end by themselves when all of them is spent; the next asking then begins another (`cash_part`,
`bonus_part`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from django.conf import settings

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import (
    AdBonusUsed,
    AdBonusUsedOnViews,
    AdClicksCharged,
    AdViewsCharged,
    PostingEvent,
    account_of,
)
from billing.ledger.services import hold, post_hold, top_up_hold, void_hold
from billing.wallets.contracts import ChargeKind, DayCharge, DayHold
from billing.wallets.models import Charge, DayIncrease
from billing.wallets.models import DayHold as DayHoldRow
from billing.wallets.rules.days import Parts, divide_payment
from billing.wallets.selectors.wallets import to_day_hold
from billing.wallets.services.available import take_available
from billing.wallets.services.bonuses import use_bonuses_of
from billing.wallets.services.locking import KeyReused, check_amount, lock_books, lock_wallet
from market.money import included_portion

HOLD_KIND = "ad_day"
_WALLET = (Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS)
REVENUE: Mapping[ChargeKind, Code] = MappingProxyType({ChargeKind.CLICK: Code.ADS_CPC, ChargeKind.VIEW: Code.ADS_CPM})


class DayNotHeld(LookupError):
    """Nothing was put aside for this day."""


class DayClosed(RuntimeError):
    """The day's hold was closed: what was left of it has returned."""


class DayExceeded(RuntimeError):
    """More would be charged than is left of the day's hold; nothing was changed."""

    def __init__(self, shop_id: int, day: date, left_minor: int, wanted_minor: int) -> None:
        super().__init__(f"{wanted_minor} cannot be charged to {left_minor} of shop {shop_id} on {day}")
        self.left_minor = left_minor


def hold_for_day(*, shop_id: int, day: date, amount_minor: int, key: str, now: datetime) -> DayHold:
    """Step: put more aside for a day, as much as is asked or as is available. A repeat of the key adds nothing.

    An asking that found nothing leaves no trace, so that it may be repeated when there is money again.
    Raises `BadAmount`, `DayClosed`, `KeyReused`.
    """
    check_amount(amount_minor)
    wallet = lock_wallet(shop_id, now)
    row = DayHoldRow.objects.get_or_create(shop_id=shop_id, day=day, defaults={"opened_at": now})[0]
    known = DayIncrease.objects.filter(key=key).first()
    if known is not None:
        if (known.hold_id, known.asked_minor) != (row.pk, amount_minor):
            raise KeyReused(key)
        return to_day_hold(row)
    if row.closed_at is not None:
        raise DayClosed(f"{shop_id} {day}")
    found = take_available(wallet, amount_minor, now)
    if found.amount_minor:
        _increase(row, found, now)
        DayIncrease.objects.create(
            hold=row,
            key=key,
            asked_minor=amount_minor,
            cash_minor=found.cash_minor,
            bonus_minor=found.bonus_minor,
            held_at=now,
        )
    return to_day_hold(row)


def charge_day(*, shop_id: int, day: date, key: str, kind: ChargeKind, amount_minor: int, now: datetime) -> DayCharge:
    """Step: post a charge out of the day's hold, in the shop's order: as `key` and `key:bonus` in the ledger.

    Raises `BadAmount`, `DayNotHeld`, `DayClosed`, `DayExceeded`, `KeyReused`.
    """
    check_amount(amount_minor)
    kind = ChargeKind(kind)
    wallet = lock_wallet(shop_id, now)
    known = Charge.objects.select_related("hold").filter(key=key).first()
    if known is not None:
        return _repeat(known, shop_id, day, kind, amount_minor)
    row = lock_day(shop_id, day)
    left = Parts(row.held_cash_minor - row.charged_cash_minor, row.held_bonus_minor - row.charged_bonus_minor)
    if row.closed_at is not None:
        raise DayClosed(f"{shop_id} {day}")
    if amount_minor > left.amount_minor:
        raise DayExceeded(shop_id, day, left.amount_minor, amount_minor)
    parts = divide_payment(
        amount_minor, cash_minor=left.cash_minor, bonus_minor=left.bonus_minor, cash_first=wallet.cash_first
    )
    vat = included_portion(parts.cash_minor, settings.ADVERTISING_VAT_BPS)
    lock_books(shop_id, (*_WALLET, REVENUE[kind], Code.VAT_PAYABLE), now)
    numbers = [
        post_hold(hold_key=name_hold(row, code), key=posting, event=event, now=now).transaction_id
        for posting, code, event in _list_postings(shop_id, key, kind, Parts(parts.cash_minor, parts.bonus_minor, vat))
    ]
    use_bonuses_of(shop_id, parts.bonus_minor)
    row.charged_cash_minor += parts.cash_minor
    row.charged_bonus_minor += parts.bonus_minor
    row.save(update_fields=["charged_cash_minor", "charged_bonus_minor"])
    return _to_charge(
        Charge.objects.create(
            hold=row,
            key=key,
            kind=kind.value,
            cash_minor=parts.cash_minor,
            bonus_minor=parts.bonus_minor,
            vat_minor=vat,
            transaction_ids=numbers,
            charged_at=now,
        )
    )


def close_day_hold(*, shop_id: int, day: date, now: datetime) -> DayHold:
    """Step: what is left of a day's hold returns; nothing more is held for it or charged to it. May be repeated.

    Raises `DayNotHeld`.
    """
    lock_wallet(shop_id, now)
    row = lock_day(shop_id, day)
    if row.closed_at is None:
        lock_books(shop_id, _WALLET, now)
        for code, left in (
            (Code.AD_WALLET_CASH, row.held_cash_minor - row.charged_cash_minor),
            (Code.AD_WALLET_BONUS, row.held_bonus_minor - row.charged_bonus_minor),
        ):
            if left:
                void_hold(key=name_hold(row, code), now=now)
        row.held_cash_minor, row.held_bonus_minor = row.charged_cash_minor, row.charged_bonus_minor
        row.closed_at = now
        row.save(update_fields=["held_cash_minor", "held_bonus_minor", "closed_at"])
    return to_day_hold(row)


def lock_day(shop_id: int, day: date) -> DayHoldRow:
    """Step: the day's row of a locked wallet. Raises `DayNotHeld`."""
    row = DayHoldRow.objects.select_for_update(no_key=True).filter(shop_id=shop_id, day=day).first()
    if row is None:
        raise DayNotHeld(f"{shop_id} {day}")
    return row


def name_hold(row: DayHoldRow, code: Code) -> str:
    """The ledger's key of the hold that is being spent now."""
    cash = code is Code.AD_WALLET_CASH
    return f"ad-day:{row.shop_id}:{row.day}:{'cash' if cash else 'bonus'}:{row.cash_part if cash else row.bonus_part}"


def _increase(row: DayHoldRow, found: Parts, now: datetime) -> None:
    if found.cash_minor:
        spent = row.held_cash_minor == row.charged_cash_minor
        row.cash_part += spent
        _put_aside(row, Code.AD_WALLET_CASH, found.cash_minor, row.held_cash_minor, spent, now)
        row.held_cash_minor += found.cash_minor
    if found.bonus_minor:
        spent = row.held_bonus_minor == row.charged_bonus_minor
        row.bonus_part += spent
        _put_aside(row, Code.AD_WALLET_BONUS, found.bonus_minor, row.held_bonus_minor, spent, now)
        row.held_bonus_minor += found.bonus_minor
    row.save(update_fields=["held_cash_minor", "held_bonus_minor", "cash_part", "bonus_part"])


def _put_aside(row: DayHoldRow, code: Code, amount_minor: int, so_far: int, spent: bool, now: datetime) -> None:
    key = name_hold(row, code)
    if spent:
        account = account_of(code, Owner.of_shop(row.shop_id))
        hold(key=key, kind=HOLD_KIND, account=account, amount_minor=amount_minor, expires_at=None, now=now)
    else:
        top_up_hold(hold_key=key, key=f"{key}:{so_far}", amount_minor=amount_minor, now=now)


def _list_postings(shop_id: int, key: str, kind: ChargeKind, parts: Parts) -> list[tuple[str, Code, PostingEvent]]:
    found: list[tuple[str, Code, PostingEvent]] = []
    if parts.bonus_minor:
        used = AdBonusUsed if kind is ChargeKind.CLICK else AdBonusUsedOnViews
        bonus = used(shop_id=shop_id, reference=key[:80], amount_minor=parts.bonus_minor)
        found.append((f"{key}:bonus", Code.AD_WALLET_BONUS, bonus))
    if parts.cash_minor:
        charged = AdClicksCharged if kind is ChargeKind.CLICK else AdViewsCharged
        cash = charged(shop_id=shop_id, reference=key[:80], amount_minor=parts.cash_minor, vat_minor=parts.vat_minor)
        found.append((key, Code.AD_WALLET_CASH, cash))
    return found


def _repeat(known: Charge, shop_id: int, day: date, kind: ChargeKind, amount_minor: int) -> DayCharge:
    asked = (shop_id, day, kind.value, amount_minor)
    if (known.hold.shop_id, known.hold.day, known.kind, known.cash_minor + known.bonus_minor) != asked:
        raise KeyReused(known.key)
    return _to_charge(known)


def _to_charge(row: Charge) -> DayCharge:
    return DayCharge(row.key, row.cash_minor, row.bonus_minor, row.vat_minor, tuple(row.transaction_ids))
