"""What shops owe us, how old it is, and what was given up."""

from collections.abc import Sequence
from datetime import datetime

from billing.ledger.contracts import AccountView, Code, Owner, Side
from billing.ledger.rules import account_of
from billing.ledger.selectors import list_accounts_of, list_unbalanced_accounts, map_oldest_parts, map_sums_since
from billing.settlement.contracts.clearing import Debt, WriteOffView
from billing.settlement.models.clearing import DayClose, DebtWriteOff
from billing.settlement.rules.debts import LOST_AFTER, find_lost_minor
from market.money import DEFAULT_CURRENCY


def list_debts(*, now: datetime, limit: int = 200) -> list[Debt]:
    """What shops owe us, the oldest first; three statements."""
    owing = list_unbalanced_accounts([Code.MERCHANT_RECEIVABLE], negative=False)
    return sorted(_to_debts(owing, now), key=lambda debt: debt.since)[:limit]


def find_debt(*, shop_id: int, now: datetime, currency: str = DEFAULT_CURRENCY) -> Debt | None:
    """What one shop owes us."""
    ref = account_of(Code.MERCHANT_RECEIVABLE, Owner.of_shop(shop_id), currency)
    owing = [view for view in list_accounts_of([ref]) if view.balance_minor > 0]
    return next(iter(_to_debts(owing, now)), None)


def list_write_offs(*, shop_id: int | None = None, limit: int = 50) -> list[WriteOffView]:
    """Debts that were given up, newest first."""
    rows = DebtWriteOff.objects.order_by("-id")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    return [to_write_off(row) for row in rows[:limit]]


def find_last_close() -> DayClose | None:
    """The latest business day whose end was dealt with; at home only."""
    return DayClose.objects.order_by("-business_date").first()


def to_write_off(row: DebtWriteOff) -> WriteOffView:
    """A write-off as others know it."""
    return WriteOffView(
        reference=row.reference,
        shop_id=row.shop_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        owed_since=row.owed_since,
        reason=row.reason,
        written_by=row.written_by,
        written_at=row.written_at,
    )


def _to_debts(owing: Sequence[AccountView], now: datetime) -> list[Debt]:
    amounts = {view.account_id: view.balance_minor for view in owing}
    since = map_oldest_parts(amounts, side=Side.DEBIT)
    younger = map_sums_since(list(amounts), side=Side.DEBIT, since=now - LOST_AFTER)
    return [
        Debt(
            shop_id=int(view.account.owner.id),
            currency=view.account.currency,
            owed_minor=view.balance_minor,
            since=since.get(view.account_id, now),
            lost_minor=find_lost_minor(owed_minor=view.balance_minor, younger_minor=younger.get(view.account_id, 0)),
        )
        for view in owing
    ]
