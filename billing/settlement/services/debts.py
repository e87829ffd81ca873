"""What shops owe us: moved and netted at the end of each day (money.md rows E2, G4), given up by staff (L6)."""

from datetime import date, datetime
from secrets import token_hex

from django.db import transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import DebtMoved, DebtNetted, DebtWrittenOff, account_of
from billing.ledger.selectors import find_transaction, list_unbalanced_accounts
from billing.ledger.services import lock_balances, post
from billing.settlement.contracts.clearing import WriteOffView
from billing.settlement.models.clearing import DayClose, DebtWriteOff
from billing.settlement.rules.debts import DebtDeed, DebtStep, plan_debt
from billing.settlement.selectors.debts import find_debt, to_write_off
from billing.settlement.selectors.terms import sum_waiting_reserves_minor
from billing.settlement.services.days import last_ended_day
from billing.settlement.services.reasons import read_reason
from market.audit.contracts import ActorKind
from market.audit.services import write_audit

_EVENTS = {DebtDeed.MOVED: DebtMoved, DebtDeed.NETTED: DebtNetted}


class DebtChanged(RuntimeError):
    """What may be given up is not what was looked at: paid, netted or given up meanwhile."""


def close_day(*, now: datetime) -> bool:
    """Deal with the end of the latest business day, once. Returns whether this call did it.

    Each shop is a transaction of its own under a key of shop and day, so a run that was cut off is simply gone on with.
    """
    day = last_ended_day(now)
    if DayClose.objects.filter(business_date=day).exists():
        return False
    counted = {DebtDeed.MOVED: 0, DebtDeed.NETTED: 0}
    for shop_id, currency in _list_shops():
        step = settle_debt(shop_id=shop_id, currency=currency, day=day, now=now)
        if step is not None:
            counted[step.deed] += 1
    DayClose.objects.get_or_create(
        business_date=day,
        defaults={"closed_at": now, "moved": counted[DebtDeed.MOVED], "netted": counted[DebtDeed.NETTED]},
    )
    return True


@transaction.atomic(durable=True)
def settle_debt(*, shop_id: int, currency: str, day: date, now: datetime) -> DebtStep | None:
    """Move or net one shop's debt, once a day. Decides under the lock, so that nothing that is held is touched."""
    shop = Owner.of_shop(shop_id)
    payable, owed = (account_of(code, shop, currency) for code in (Code.PAYABLE, Code.MERCHANT_RECEIVABLE))
    balances = lock_balances(refs=[payable, owed], now=now)
    step = plan_debt(
        payable=balances[payable],
        owed_minor=balances[owed].posted_minor,
        promised_minor=sum_waiting_reserves_minor(shop_id, currency),
    )
    if step is None:
        return None
    key = f"debt-{step.deed}:{shop_id}:{currency}:{day:%Y%m%d}"
    if find_transaction(key) is not None:
        return None
    event = _EVENTS[step.deed](
        shop_id=shop_id, reference=f"DEBT-{shop_id}-{day:%Y%m%d}", amount_minor=step.amount_minor, currency=currency
    )
    post(key=key, event=event, now=now)
    return step


@transaction.atomic(durable=True)
def write_off_debt(
    *, shop_id: int, currency: str, amount_minor: int, reason: str, actor_id: int, now: datetime
) -> WriteOffView:
    """Give up what a shop has owed us too long. `amount_minor` is what was looked at: all of it that is old enough.

    Raises `DebtChanged`, `NoReason`; nothing was changed then.
    """
    why = read_reason(reason)
    refs = [
        account_of(Code.MERCHANT_RECEIVABLE, Owner.of_shop(shop_id), currency),
        account_of(Code.BAD_DEBT, currency=currency),
    ]
    lock_balances(refs=refs, now=now)
    debt = find_debt(shop_id=shop_id, currency=currency, now=now)
    if debt is None or debt.lost_minor != amount_minor or amount_minor <= 0:
        raise DebtChanged(shop_id)
    row = DebtWriteOff.objects.create(
        reference=f"WO-{now:%y%m%d}-{token_hex(4).upper()}",
        shop_id=shop_id,
        currency=currency,
        amount_minor=amount_minor,
        owed_since=debt.since,
        reason=why,
        written_by=actor_id,
        written_at=now,
    )
    event = DebtWrittenOff(shop_id=shop_id, reference=row.reference, amount_minor=amount_minor, currency=currency)
    post(key=f"written-off:{row.reference}", event=event, now=now)
    write_audit(
        action="debt.written_off",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=shop_id,
        target_kind="write_off",
        target_id=row.reference,
        detail={"amount_minor": amount_minor, "reason": why},
        now=now,
    )
    return to_write_off(row)


def _list_shops() -> list[tuple[int, str]]:
    """Shops that owe us, or whose payable is below zero, in the order of their numbers."""
    views = [
        *list_unbalanced_accounts([Code.PAYABLE], negative=True),
        *list_unbalanced_accounts([Code.MERCHANT_RECEIVABLE], negative=False),
    ]
    return sorted({(int(view.account.owner.id), view.account.currency) for view in views})
