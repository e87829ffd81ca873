"""Topping up from what a shop is owed (money.md row H3): by hand, or by itself when the wallet runs low."""

from datetime import datetime

import structlog
from django.db import transaction

from billing.ledger.contracts import Code
from billing.ledger.rules import AdTopUpFromSales
from billing.ledger.services import post
from billing.wallets.contracts import AutoTopUpView, TopUpSource, TopUpState, TopUpView
from billing.wallets.models import AutoTopUp, TopUp
from billing.wallets.selectors.top_ups import (
    find_auto_top_up,
    list_auto_top_ups,
    sum_automatic_minor,
    to_top_up_view,
)
from billing.wallets.selectors.wallets import get_wallet
from billing.wallets.services.days import business_date
from billing.wallets.services.locking import BadAmount, check_amount, lock_books, lock_wallet
from billing.wallets.services.top_ups import LEAST_MINOR, MOST_MINOR, check_top_up, find_same, make_number
from market.audit.contracts import ActorKind
from market.audit.services import write_audit

log = structlog.get_logger(__name__)


class LessOwed(RuntimeError):
    """The shop is owed less than it wants to take; nothing was changed."""

    def __init__(self, shop_id: int, owed_minor: int, wanted_minor: int) -> None:
        super().__init__(f"shop {shop_id} is owed {owed_minor}, not {wanted_minor}")
        self.owed_minor = owed_minor


@transaction.atomic(durable=True)
def top_up_from_sales(*, shop_id: int, amount_minor: int, key: str, actor_id: int, now: datetime) -> TopUpView:
    """Take an amount from what the shop is owed, at once; a repeat of the key takes nothing more.

    Raises `BadAmount` (10.00 to 200,000.00), `LessOwed`, `KeyReused`.
    """
    check_top_up(amount_minor)
    lock_wallet(shop_id, now)
    known = find_same(shop_id, key, TopUpSource.SALES, amount_minor)
    if known is not None:
        return to_top_up_view(known)
    return _take(shop_id, amount_minor, key, actor_id, now)


@transaction.atomic(durable=True)
def set_auto_top_up(*, wish: AutoTopUpView, actor_id: int, now: datetime) -> AutoTopUpView:
    """Say when the wallet fills itself, or that it does not. Raises `BadAmount`."""
    if not LEAST_MINOR <= wish.take_minor <= wish.daily_minor <= MOST_MINOR:
        raise BadAmount("what is taken at once is at least 10.00 and at most what may be taken a day")
    check_amount(wish.below_minor)
    amounts = {"below_minor": wish.below_minor, "take_minor": wish.take_minor, "daily_minor": wish.daily_minor}
    AutoTopUp.objects.update_or_create(
        shop_id=wish.shop_id, defaults={**amounts, "is_on": wish.is_on, "set_by": actor_id, "set_at": now}
    )
    write_audit(
        action="wallet.auto_set",
        actor_id=actor_id,
        actor_kind=ActorKind.MERCHANT,
        shop_id=wish.shop_id,
        target_kind="wallet",
        target_id=str(wish.shop_id),
        detail={**amounts, "is_on": wish.is_on},
        now=now,
    )
    return wish


def fill_wallets(*, now: datetime) -> int:
    """Top up every wallet that ran below its mark. Returns how many were."""
    filled, after = 0, 0
    while shop_ids := list_auto_top_ups(after_shop_id=after):
        after = shop_ids[-1]
        filled += sum(_fill(shop_id, now) for shop_id in shop_ids)
    return filled


def _fill(shop_id: int, now: datetime) -> bool:
    """One wallet. Looks without a lock first: most are full."""
    wish = find_auto_top_up(shop_id)
    if wish is None or not wish.is_on or get_wallet(shop_id).available_minor >= wish.below_minor:
        return False
    try:
        return _fill_locked(shop_id, now)
    except LessOwed as short:
        log.debug("wallet.not_filled", shop_id=shop_id, owed_minor=short.owed_minor)
        return False


@transaction.atomic(durable=True)
def _fill_locked(shop_id: int, now: datetime) -> bool:
    lock_wallet(shop_id, now)
    wish, day = find_auto_top_up(shop_id), business_date(now)
    if wish is None or not wish.is_on or get_wallet(shop_id).available_minor >= wish.below_minor:
        return False
    left = wish.daily_minor - sum_automatic_minor(shop_id=shop_id, day=day)
    if left < wish.take_minor:
        return False
    count = TopUp.objects.filter(shop_id=shop_id, day=day, automatic=True).count()
    _take(shop_id, wish.take_minor, f"auto:{day}:{count}", None, now)
    return True


def _take(shop_id: int, amount_minor: int, key: str, actor_id: int | None, now: datetime) -> TopUpView:
    books = lock_books(shop_id, (Code.PAYABLE, Code.AD_WALLET_CASH), now)
    owed = books[Code.PAYABLE].available_minor
    if amount_minor > owed:
        raise LessOwed(shop_id, max(0, owed), amount_minor)
    number = make_number(now)
    event = AdTopUpFromSales(shop_id=shop_id, reference=number, amount_minor=amount_minor)
    post(key=f"top-up:{number}", event=event, now=now)
    row = TopUp.objects.create(
        number=number,
        shop_id=shop_id,
        key=key,
        source=TopUpSource.SALES.value,
        automatic=actor_id is None,
        amount_minor=amount_minor,
        state=TopUpState.PAID.value,
        asked_by=actor_id,
        day=business_date(now),
        opened_at=now,
        paid_at=now,
    )
    return to_top_up_view(row)
