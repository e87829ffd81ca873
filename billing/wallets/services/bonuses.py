"""Bonus: given by staff, used before cash unless staff set otherwise, gone when its time is over (money.md row H7)."""

from datetime import datetime, timedelta
from secrets import token_hex

import structlog
from django.db import transaction
from django.db.models import F

from billing.ledger.contracts import Balance, Code
from billing.ledger.rules import AdBonusExpired, AdBonusGranted, Posting
from billing.ledger.services import post, post_batch
from billing.wallets.contracts import BonusSource, BonusView
from billing.wallets.models import Bonus
from billing.wallets.rules.bonuses import BonusLeft, expire_bonuses, use_bonuses
from billing.wallets.selectors import to_bonus_view
from billing.wallets.services.locking import BadAmount, KeyReused, check_amount, lock_books, lock_wallet
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.shops.selectors import get_shop

MOST_BONUS_MINOR = 100_000_00
MOST_BONUS_DAYS = 3 * 366
LONGEST_BONUS = timedelta(days=MOST_BONUS_DAYS)
RETURNED_BONUS_LASTS = timedelta(days=30)
MAX_REASON = 300
EXPIRY_CODES = (Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, Code.ADS_PROMO)

log = structlog.get_logger(__name__)


class BadExpiry(ValueError):
    """A bonus ends in the future, and within three years."""


class NoReason(ValueError):
    """A bonus without a reason explains nothing to those who read the trail."""


@transaction.atomic(durable=True)
def grant_bonus(
    *, shop_id: int, amount_minor: int, expires_at: datetime, reason: str, key: str, actor_id: int, now: datetime
) -> BonusView:
    """Staff give a shop bonus, once under its key; it stands in the trail with its reason.

    Raises `BadAmount` (at most 100,000.00), `BadExpiry`, `NoReason`, `KeyReused`, `ShopNotFound`.
    """
    if check_amount(amount_minor) > MOST_BONUS_MINOR:
        raise BadAmount(f"{amount_minor} is more bonus than can be given at once")
    if not now < expires_at <= now + LONGEST_BONUS:
        raise BadExpiry(expires_at.isoformat())
    why = " ".join(reason.split())[:MAX_REASON]
    if not why:
        raise NoReason
    get_shop(shop_id)
    lock_wallet(shop_id, now)
    known = Bonus.objects.filter(key=key).first()
    if known is not None:
        if (known.shop_id, known.amount_minor, known.expires_at) != (shop_id, amount_minor, expires_at):
            raise KeyReused(key)
        return to_bonus_view(known)
    row = _create_bonus(shop_id, amount_minor, expires_at, BonusSource.GRANTED, why, key, now, granted_by=actor_id)
    event = AdBonusGranted(shop_id=shop_id, reference=row.number, amount_minor=amount_minor)
    post(key=f"bonus:{row.number}", event=event, now=now)
    write_audit(
        action="wallet.bonus_granted",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=shop_id,
        target_kind="bonus",
        target_id=row.number,
        detail={"amount_minor": amount_minor, "expires_at": expires_at.isoformat(), "reason": why},
        now=now,
    )
    return to_bonus_view(row)


@transaction.atomic(durable=True)
def set_payment_order(*, shop_id: int, cash_first: bool, actor_id: int, now: datetime) -> bool:
    """Staff say what of a shop's balance pays for ads first. Returns whether that is new.

    It holds for clicks, views and commission on sales that are put aside or charged from now on; what was charged
    stays as it was. Raises `ShopNotFound`.
    """
    get_shop(shop_id)
    wallet = lock_wallet(shop_id, now)
    if wallet.cash_first == cash_first:
        return False
    wallet.cash_first = cash_first
    wallet.save(update_fields=["cash_first"])
    write_audit(
        action="wallet.order_set",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=shop_id,
        target_kind="wallet",
        target_id=str(shop_id),
        detail={"cash_first": cash_first},
        now=now,
    )
    return True


def expire_due_bonuses(*, now: datetime, limit: int = 500) -> int:
    """Let bonuses go whose time is over, shop by shop. Returns how many shops lost some."""
    due = Bonus.objects.filter(left_minor__gt=0, expires_at__lte=now).order_by("shop_id")
    shop_ids = list(due.values_list("shop_id", flat=True).distinct()[:limit])
    return sum(_expire_shop(shop_id, now) for shop_id in shop_ids)


@transaction.atomic(durable=True)
def _expire_shop(shop_id: int, now: datetime) -> bool:
    lock_wallet(shop_id, now)
    return expire_bonuses_of(shop_id, lock_books(shop_id, EXPIRY_CODES, now), now)


def has_due_bonus(shop_id: int, now: datetime) -> bool:
    """Whether a bonus should have gone already."""
    return Bonus.objects.filter(shop_id=shop_id, left_minor__gt=0, expires_at__lte=now).exists()


def expire_bonuses_of(shop_id: int, books: dict[Code, Balance], now: datetime) -> bool:
    """Step: the locked wallet's bonuses whose time is over, as far as nothing of them is held."""
    parts = expire_bonuses(list_bonuses_left(shop_id), books[Code.AD_WALLET_BONUS].held_minor, now)
    if not parts:
        return False
    requests = []
    for row in Bonus.objects.filter(pk__in=parts).order_by("expires_at", "pk"):
        part = parts[row.pk]
        event = AdBonusExpired(shop_id=shop_id, reference=row.number, amount_minor=part)
        requests.append(Posting(f"bonus-expired:{row.number}:{row.left_minor}", event))
        row.left_minor -= part
        row.expired_minor += part
        row.save(update_fields=["left_minor", "expired_minor"])
    post_all(requests, now)
    log.info("bonus.expired", shop_id=shop_id, amount_minor=sum(parts.values()))
    return True


def use_bonuses_of(shop_id: int, amount_minor: int) -> None:
    """Step: the locked wallet's bonuses pay an amount, the oldest to expire first."""
    for bonus_id, part in use_bonuses(list_bonuses_left(shop_id), amount_minor).items():
        Bonus.objects.filter(pk=bonus_id).update(left_minor=F("left_minor") - part)


def return_bonus(*, shop_id: int, amount_minor: int, reason: str, key: str, now: datetime) -> str:
    """Step: bonus that paid for what was invalid is bonus again, for thirty days. Its posting is the caller's."""
    expires_at = now + RETURNED_BONUS_LASTS
    return _create_bonus(shop_id, amount_minor, expires_at, BonusSource.RETURNED, reason, key, now).number


def list_bonuses_left(shop_id: int) -> list[BonusLeft]:
    """What is left of each bonus of a shop."""
    rows = Bonus.objects.filter(shop_id=shop_id, left_minor__gt=0).values_list("pk", "left_minor", "expires_at")
    return [BonusLeft(*row) for row in rows]


def post_all(requests: list[Posting], now: datetime) -> tuple[int, ...]:
    """Step: post events of one deed, all or none; the numbers of their transactions."""
    numbers: list[int] = []
    for verdict in post_batch(requests=requests, now=now):
        if verdict.transaction_id is None:
            raise RuntimeError(f"{verdict.key}: {verdict.refusal} {verdict.detail}")
        numbers.append(verdict.transaction_id)
    return tuple(numbers)


def _create_bonus(
    shop_id: int,
    amount_minor: int,
    expires_at: datetime,
    source: BonusSource,
    reason: str,
    key: str,
    now: datetime,
    *,
    granted_by: int | None = None,
) -> Bonus:
    return Bonus.objects.create(
        number=f"BN{now:%y%m%d}-{token_hex(5).upper()}",
        shop_id=shop_id,
        key=key,
        source=source.value,
        amount_minor=amount_minor,
        left_minor=amount_minor,
        reason=reason[:MAX_REASON],
        granted_by=granted_by,
        granted_at=now,
        expires_at=expires_at,
    )
