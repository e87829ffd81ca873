"""Step: lock a wallet and its accounts, in the one order that everybody keeps."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.transaction import TransactionManagementError

from billing.ledger.contracts import AccountRef, Balance, Code, Owner
from billing.ledger.rules import account_of
from billing.ledger.services import lock_balances
from billing.wallets.models import Wallet
from market.money import MAX_AMOUNT_MINOR

SHOP_CODES = frozenset(
    {Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, Code.SLOT_DEFERRED, Code.PAYABLE, Code.MERCHANT_RECEIVABLE}
)


class BadAmount(ValueError):
    """An amount that is not at least one fen, or is larger than what the books can hold."""


class KeyReused(RuntimeError):
    """The key was used for something else."""


class NotEnough(RuntimeError):
    """The wallet has less available than is needed; nothing was changed."""

    def __init__(self, shop_id: int, available_minor: int, wanted_minor: int) -> None:
        super().__init__(f"shop {shop_id} has {available_minor} available, not {wanted_minor}")
        self.available_minor = available_minor
        self.wanted_minor = wanted_minor


def lock_wallet(shop_id: int, now: datetime) -> Wallet:
    """Step: the wallet's row, opened at its first use, locked to the end of the transaction."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A wallet is changed in the transaction of what it is changed for.")
    rows = Wallet.objects.select_for_update(no_key=True).filter(shop_id=shop_id)
    row = rows.first()
    if row is None:
        Wallet.objects.bulk_create([Wallet(shop_id=shop_id, opened_at=now)], ignore_conflicts=True)
        row = rows.get()
    return row


def lock_books(shop_id: int, codes: Iterable[Code], now: datetime) -> dict[Code, Balance]:
    """Step: every account that will be posted to, the shop's or the platform's, locked in one round."""
    refs: dict[AccountRef, Code] = {}
    for code in codes:
        refs[account_of(code, Owner.of_shop(shop_id) if code in SHOP_CODES else None)] = code
    return {refs[ref]: balance for ref, balance in lock_balances(refs=refs, now=now).items()}


def check_amount(amount_minor: int) -> int:
    """The amount, if it is one. Raises `BadAmount`."""
    if not 0 < amount_minor <= MAX_AMOUNT_MINOR:
        raise BadAmount(f"{amount_minor} minor units")
    return amount_minor
