"""A shop's wallet as it stands: balances from the ledger, bonuses and holds from their rows."""

from collections.abc import Collection, Sequence
from datetime import date

from billing.ledger.contracts import Balance, Code, Owner
from billing.ledger.selectors import list_balances, map_shop_balances
from billing.wallets.contracts import (
    BonusSource,
    BonusView,
    ChargeKind,
    CreditView,
    DayHold,
    LotHold,
    LotState,
    WalletView,
)
from billing.wallets.models import Bonus, Credit, Wallet
from billing.wallets.models import DayHold as DayHoldRow
from billing.wallets.models import LotHold as LotHoldRow

MOST_LISTED = 500


def get_wallet(shop_id: int) -> WalletView:
    """What a shop has for advertising; all zero when it never had anything. One statement."""
    balances = list_balances(owner=Owner.of_shop(shop_id))
    cash = balances.get(Code.AD_WALLET_CASH, Balance())
    bonus = balances.get(Code.AD_WALLET_BONUS, Balance())
    return _to_wallet_view(shop_id, cash, bonus)


def _to_wallet_view(shop_id: int, cash: Balance, bonus: Balance) -> WalletView:
    return WalletView(
        shop_id=shop_id,
        cash_minor=cash.posted_minor,
        bonus_minor=bonus.posted_minor,
        held_minor=cash.held_minor + bonus.held_minor,
        available_minor=cash.available_minor + bonus.available_minor,
        free_cash_minor=cash.available_minor,
    )


def is_cash_first(shop_id: int) -> bool:
    """Whether cash pays clicks, views and commission before bonus does, as staff set it: one statement."""
    return Wallet.objects.filter(shop_id=shop_id, cash_first=True).exists()


def list_wallets(*, after_shop_id: int = 0, limit: int = 50) -> list[WalletView]:
    """Every wallet that was ever used, in the order of the shops' ids: for staff. Two statements."""
    rows = Wallet.objects.filter(shop_id__gt=after_shop_id).order_by("shop_id")
    shop_ids = list(rows.values_list("shop_id", flat=True)[: min(limit, MOST_LISTED)])
    return list(map_wallets(shop_ids).values())


def map_wallets(shop_ids: Sequence[int]) -> dict[int, WalletView]:
    """What each of these shops has, all zero where there never was anything: one statement."""
    found = map_shop_balances(shop_ids=shop_ids, codes=(Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS))
    return {
        shop_id: _to_wallet_view(
            shop_id,
            found.get((shop_id, Code.AD_WALLET_CASH), Balance()),
            found.get((shop_id, Code.AD_WALLET_BONUS), Balance()),
        )
        for shop_id in shop_ids
    }


def list_bonuses(*, shop_id: int, limit: int = 100) -> list[BonusView]:
    """A shop's bonuses, the latest first."""
    rows = Bonus.objects.filter(shop_id=shop_id).order_by("-pk")[: min(limit, MOST_LISTED)]
    return [to_bonus_view(row) for row in rows]


def find_day_hold(*, shop_id: int, day: date) -> DayHold | None:
    """What is put aside for a shop's day."""
    row = DayHoldRow.objects.filter(shop_id=shop_id, day=day).first()
    return None if row is None else to_day_hold(row)


def map_credits(*, shop_id: int, keys: Collection[str]) -> dict[str, CreditView]:
    """What was given back to a shop, by its keys, which are the subjects of the postings: one statement."""
    if not keys:
        return {}
    rows = Credit.objects.filter(hold__shop_id=shop_id, key__in=set(keys)).select_related("hold")
    return {
        row.key: CreditView(row.key, row.hold.day, ChargeKind(row.kind), tuple(filter(None, row.reason.split(", "))))
        for row in rows
    }


def find_lot_hold(*, shop_id: int, lot_id: int) -> LotHold | None:
    """What a shop has put aside or paid for a lot."""
    row = LotHoldRow.objects.filter(shop_id=shop_id, lot_id=lot_id).first()
    return None if row is None else to_lot_hold(row)


def to_day_hold(row: DayHoldRow) -> DayHold:
    """A row as a contract."""
    return DayHold(
        shop_id=row.shop_id,
        day=row.day,
        held_cash_minor=row.held_cash_minor,
        held_bonus_minor=row.held_bonus_minor,
        charged_minor=row.charged_cash_minor + row.charged_bonus_minor,
        closed=row.closed_at is not None,
    )


def to_lot_hold(row: LotHoldRow) -> LotHold:
    """A row as a contract."""
    return LotHold(
        shop_id=row.shop_id,
        lot_id=row.lot_id,
        state=LotState(row.state),
        amount_minor=row.amount_minor,
        price_minor=row.price_minor,
        delivered_minor=row.delivered_minor,
        returned_minor=row.returned_minor,
    )


def to_bonus_view(row: Bonus) -> BonusView:
    """A row as a contract."""
    return BonusView(
        number=row.number,
        shop_id=row.shop_id,
        source=BonusSource(row.source),
        amount_minor=row.amount_minor,
        left_minor=row.left_minor,
        reason=row.reason,
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
    )
