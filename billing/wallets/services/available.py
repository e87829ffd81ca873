"""Steps: what a locked wallet has free, once bonus whose time is over is gone and owed commission is paid.

All accounts are locked in one round; who wants to post to more names them here.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from billing.ledger.contracts import Balance, Code
from billing.ledger.rules import AdSaleDebtPaid
from billing.ledger.services import post
from billing.wallets.models import Wallet
from billing.wallets.rules.days import Parts, divide_payment
from billing.wallets.services.bonuses import EXPIRY_CODES, expire_bonuses_of, has_due_bonus
from billing.wallets.services.locking import lock_books, lock_wallet

_WALLET = (Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS)
_OWED = (Code.AD_WALLET_CASH, Code.MERCHANT_RECEIVABLE)


def take_available(wallet: Wallet, amount_minor: int, now: datetime, *, more: Iterable[Code] = ()) -> Parts:
    """Step: as much of an amount as is free, bonus or cash first as is set for the shop. Nothing is posted of it."""
    due = has_due_bonus(wallet.shop_id, now)
    codes = {*_WALLET, *more, *(EXPIRY_CODES if due else ())}
    books = read_available(wallet, codes, now)
    if due and expire_bonuses_of(wallet.shop_id, books, now):
        books = lock_books(wallet.shop_id, _WALLET, now)
    return divide_payment(
        amount_minor,
        cash_minor=books[Code.AD_WALLET_CASH].available_minor,
        bonus_minor=books[Code.AD_WALLET_BONUS].available_minor,
        cash_first=wallet.cash_first,
    )


def read_available(wallet: Wallet, codes: Iterable[Code], now: datetime) -> dict[Code, Balance]:
    """Step: the books of these codes, locked, after what is owed was paid out of free cash."""
    wanted = {*codes, *(_OWED if wallet.owed_minor else ())}
    books = lock_books(wallet.shop_id, wanted, now)
    if wallet.owed_minor and _pay_owed(wallet, books, now):
        books = lock_books(wallet.shop_id, wanted, now)
    return books


def collect_owed(*, now: datetime, limit: int = 500) -> int:
    """Let free cash pay what wallets owe, shop by shop. Returns how many paid some."""
    owing = Wallet.objects.filter(owed_minor__gt=0).order_by("shop_id").values_list("shop_id", flat=True)
    return sum(_collect(shop_id, now) for shop_id in list(owing[:limit]))


@transaction.atomic(durable=True)
def _collect(shop_id: int, now: datetime) -> bool:
    wallet = lock_wallet(shop_id, now)
    return bool(wallet.owed_minor) and _pay_owed(wallet, lock_books(shop_id, _OWED, now), now)


def _pay_owed(wallet: Wallet, books: dict[Code, Balance], now: datetime) -> bool:
    """What the end of a day netted already (G4), or staff gave up (L6), is not asked for again."""
    owed_minor = min(wallet.owed_minor, max(0, books[Code.MERCHANT_RECEIVABLE].posted_minor))
    paid_minor = min(owed_minor, max(0, books[Code.AD_WALLET_CASH].available_minor))
    if paid_minor:
        name = f"SD-{wallet.shop_id}-{wallet.owed_parts}"
        event = AdSaleDebtPaid(shop_id=wallet.shop_id, reference=name, amount_minor=paid_minor)
        post(key=f"sale-debt:{wallet.shop_id}:{wallet.owed_parts}", event=event, now=now)
        wallet.owed_parts += 1
    left_minor = owed_minor - paid_minor
    if left_minor != wallet.owed_minor:
        wallet.owed_minor = left_minor
        wallet.save(update_fields=["owed_minor", "owed_parts"])
    return bool(paid_minor)
