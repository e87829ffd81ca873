"""Steps: a bid's maximum is put aside; a lot that is won is paid and recognised as it is delivered (money.md I0-I3).

Lots are paid with cash: bonus is for clicks, views and commission on sales.
"""

from datetime import datetime
from typing import TypeGuard

from django.conf import settings

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import SlotDayCancelled, SlotDayDelivered, SlotWon, account_of
from billing.ledger.services import hold, post, post_hold, request_posting, top_up_hold, void_hold
from billing.wallets.contracts import LotHold, LotState
from billing.wallets.models import LotHold as LotHoldRow
from billing.wallets.models import LotStep, Wallet
from billing.wallets.selectors.wallets import to_lot_hold
from billing.wallets.services.available import read_available
from billing.wallets.services.locking import KeyReused, NotEnough, check_amount, lock_books, lock_wallet
from market.money import included_portion

HOLD_KIND = "ad_lot"


class LotNotHeld(LookupError):
    """The shop has nothing put aside for this lot."""


class LotEnded(RuntimeError):
    """The lot was won or given up already; `state` says which."""

    def __init__(self, row: LotHoldRow) -> None:
        super().__init__(f"lot {row.lot_id} of shop {row.shop_id} is {row.state}")
        self.state = LotState(row.state)


class LotExceeded(RuntimeError):
    """More than was held, or more than is left of the price; nothing was changed."""


def hold_for_lot(
    *, shop_id: int, lot_id: int, amount_minor: int, key: str, expires_at: datetime | None, now: datetime
) -> LotHold:
    """Step: put a bid's maximum aside, or raise it to a higher one; lower ones change nothing.

    `expires_at` is of the first bid: past it the ledger gives the money back by itself.
    Raises `BadAmount`, `NotEnough`, `LotEnded` when it was won, `KeyReused`.
    """
    check_amount(amount_minor)
    wallet = lock_wallet(shop_id, now)
    row = LotHoldRow.objects.select_for_update(no_key=True).filter(shop_id=shop_id, lot_id=lot_id).first()
    if _repeats(row, key, "held", amount_minor):
        return to_lot_hold(row)
    if row is not None and row.state == LotState.WON:
        raise LotEnded(row)
    before = row.amount_minor if row is not None and row.state == LotState.HELD else 0
    more = amount_minor - before
    _demand_cash(wallet, more, now)
    if row is None or row.state == LotState.VOIDED:
        row = _begin(row, shop_id, lot_id, amount_minor, expires_at, now)
    elif more > 0:
        top_up_hold(hold_key=_name(row), key=f"{_name(row)}:{before}", amount_minor=more, now=now)
        row.amount_minor = amount_minor
        row.save(update_fields=["amount_minor"])
    return _done(row, key, "held", amount_minor, now)


def win_lot(*, shop_id: int, lot_id: int, price_minor: int, key: str, now: datetime) -> LotHold:
    """Step: the price is paid out of the hold, the rest returns. Raises `LotNotHeld`, `LotEnded`, `LotExceeded`."""
    check_amount(price_minor)
    row = _lock(shop_id, lot_id, now)
    if _repeats(row, key, "won", price_minor):
        return to_lot_hold(row)
    _demand(row, LotState.HELD)
    if price_minor > row.amount_minor:
        raise LotExceeded(f"{price_minor} of {row.amount_minor} held")
    lock_books(shop_id, (Code.AD_WALLET_CASH, Code.SLOT_DEFERRED), now)
    event = SlotWon(shop_id=shop_id, reference=f"LOT-{lot_id}", amount_minor=price_minor)
    post_hold(hold_key=_name(row), key=f"lot-won:{lot_id}:{shop_id}", event=event, now=now, close=True)
    row.state, row.price_minor, row.ended_at = LotState.WON.value, price_minor, now
    row.save(update_fields=["state", "price_minor", "ended_at"])
    return _done(row, key, "won", price_minor, now)


def void_lot_hold(*, shop_id: int, lot_id: int, key: str, now: datetime) -> LotHold:
    """Step: a bid lost or was withdrawn; all of it returns. May be repeated. Raises `LotNotHeld`, `LotEnded` (won)."""
    row = _lock(shop_id, lot_id, now)
    if _repeats(row, key, "voided", 0) or row.state == LotState.VOIDED:
        return to_lot_hold(row)
    _demand(row, LotState.HELD)
    void_hold(key=_name(row), now=now)
    row.state, row.ended_at = LotState.VOIDED.value, now
    row.save(update_fields=["state", "ended_at"])
    return _done(row, key, "voided", 0, now)


def deliver_lot_part(*, shop_id: int, lot_id: int, amount_minor: int, key: str, now: datetime) -> LotHold:
    """Step: a part of the lot was shown; its price is earned. Parts are never more than the price.

    Raises `BadAmount`, `LotNotHeld`, `LotEnded` when it was not won, `LotExceeded`, `KeyReused`.
    """
    row = _lock(shop_id, lot_id, now)
    if _repeats(row, key, "shown", check_amount(amount_minor)):
        return to_lot_hold(row)
    _demand_part(row, amount_minor)
    vat = included_portion(amount_minor, settings.ADVERTISING_VAT_BPS)
    event = SlotDayDelivered(shop_id=shop_id, reference=f"LOT-{lot_id}", amount_minor=amount_minor, vat_minor=vat)
    request_posting(key=f"lot-shown:{key}", event=event, now=now)
    row.delivered_minor += amount_minor
    row.save(update_fields=["delivered_minor"])
    return _done(row, key, "shown", amount_minor, now)


def return_lot_part(*, shop_id: int, lot_id: int, amount_minor: int, key: str, now: datetime) -> LotHold:
    """Step: a part of the lot was not shown; its price returns to the wallet.

    Raises `BadAmount`, `LotNotHeld`, `LotEnded` when it was not won, `LotExceeded`, `KeyReused`.
    """
    row = _lock(shop_id, lot_id, now)
    if _repeats(row, key, "returned", check_amount(amount_minor)):
        return to_lot_hold(row)
    _demand_part(row, amount_minor)
    event = SlotDayCancelled(shop_id=shop_id, reference=f"LOT-{lot_id}", amount_minor=amount_minor)
    post(key=f"lot-returned:{key}", event=event, now=now)
    row.returned_minor += amount_minor
    row.save(update_fields=["returned_minor"])
    return _done(row, key, "returned", amount_minor, now)


def _lock(shop_id: int, lot_id: int, now: datetime) -> LotHoldRow:
    lock_wallet(shop_id, now)
    row = LotHoldRow.objects.select_for_update(no_key=True).filter(shop_id=shop_id, lot_id=lot_id).first()
    if row is None:
        raise LotNotHeld(f"shop {shop_id}, lot {lot_id}")
    return row


def _begin(
    row: LotHoldRow | None, shop_id: int, lot_id: int, amount_minor: int, expires_at: datetime | None, now: datetime
) -> LotHoldRow:
    if row is None:
        row = LotHoldRow(shop_id=shop_id, lot_id=lot_id)
    else:
        row.part += 1
    row.state, row.amount_minor, row.held_at, row.ended_at = LotState.HELD.value, amount_minor, now, None
    row.save()
    account = account_of(Code.AD_WALLET_CASH, Owner.of_shop(shop_id))
    hold(key=_name(row), kind=HOLD_KIND, account=account, amount_minor=amount_minor, expires_at=expires_at, now=now)
    return row


def _demand_cash(wallet: Wallet, wanted_minor: int, now: datetime) -> None:
    available = read_available(wallet, (Code.AD_WALLET_CASH,), now)[Code.AD_WALLET_CASH].available_minor
    if wanted_minor > available:
        raise NotEnough(wallet.shop_id, available, wanted_minor)


def _demand(row: LotHoldRow, state: LotState) -> None:
    if row.state != state:
        raise LotEnded(row)


def _demand_part(row: LotHoldRow, amount_minor: int) -> None:
    _demand(row, LotState.WON)
    left = row.price_minor - row.delivered_minor - row.returned_minor
    if amount_minor > left:
        raise LotExceeded(f"{amount_minor} of {left} left of the price")


def _repeats(row: LotHoldRow | None, key: str, deed: str, amount_minor: int) -> TypeGuard[LotHoldRow]:
    """Whether this was done to the row before, under its key. Raises `KeyReused`."""
    known = LotStep.objects.filter(key=key).first()
    if known is None:
        return False
    if row is None or (known.hold_id, known.deed, known.amount_minor) != (row.pk, deed, amount_minor):
        raise KeyReused(key)
    return True


def _done(row: LotHoldRow, key: str, deed: str, amount_minor: int, now: datetime) -> LotHold:
    LotStep.objects.create(hold=row, key=key, deed=deed, amount_minor=amount_minor, done_at=now)
    return to_lot_hold(row)


def _name(row: LotHoldRow) -> str:
    return f"ad-lot:{row.lot_id}:{row.shop_id}:{row.part}"
