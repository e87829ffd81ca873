"""How far down an account may go: a credit line below zero, or an amount that has to stay."""

from datetime import datetime

from django.db import transaction

from billing.ledger.contracts import AccountRef, FloorKind
from billing.ledger.models import Account
from billing.ledger.rules import CHART, AccountState, FloorReached
from billing.ledger.services.accounts import lock_accounts, open_accounts
from market.audit.contracts import ActorKind
from market.audit.services import write_audit


class FloorFixed(Exception):
    """Kinds of transactions decide how far down this account may go; no limit of its own does."""


@transaction.atomic(durable=True)
def set_floor(*, account: AccountRef, limit_minor: int | None, actor_id: int, now: datetime) -> None:
    """Let an account's available balance go down to a limit: -50000 lends 500.00, 50000 keeps as much back.

    None gives it the floor of the chart again. Holds count as spent. Setting the same floor again is no deed.
    Raises `FloorReached` when less is available already, `FloorFixed` for a shop's payable. The database refuses the
    first too, whoever writes.
    """
    line = CHART[account.code]
    if line.guarded:
        raise FloorFixed(f"{line.name} goes below zero by refunds and disputes only")
    state = lock_accounts(open_accounts(refs=[account], now=now))[account]
    kind, floor_minor = (line.floor, 0) if limit_minor is None else (FloorKind.LIMIT, limit_minor)
    if kind is not FloorKind.NONE and state.available_minor < floor_minor:
        raise FloorReached(account, state.available_minor, floor_minor)
    rows = Account.objects.filter(pk=state.account_id)
    if rows.filter(floor_kind=kind, floor_minor=floor_minor).exists():
        return
    rows.update(floor_kind=kind, floor_minor=floor_minor)
    write_audit(
        action="ledger.floor_set",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="ledger_account",
        target_id=str(state.account_id),
        shop_id=account.owner.shop_id,
        now=now,
        detail=_tell(account, state, kind, floor_minor),
    )


def _tell(account: AccountRef, state: AccountState, kind: FloorKind, floor_minor: int) -> dict[str, object]:
    return {
        "code": account.code.value,
        "currency": account.currency,
        "before_minor": state.floor_minor,
        "floor_minor": None if kind is FloorKind.NONE else floor_minor,
    }
