"""The clearing proof: every account that must clear is at zero, still young, or on the aged list with a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from billing.ledger.contracts import AccountView, Code, Owner, UnpostedRequest
from billing.ledger.rules import CHART, account_of
from billing.ledger.selectors import (
    find_oldest_part,
    get_closed_entry,
    list_accounts_of,
    list_touched_accounts,
    list_unbalanced_accounts,
    list_unposted,
)
from billing.settlement.contracts.clearing import ClearingKind, ClearingProofView, ClearingState
from billing.settlement.contracts.releases import ReleaseState
from billing.settlement.models.clearing import ClearingItem, ClearingNote, ClearingProof
from billing.settlement.models.releases import Release
from billing.settlement.rules.clearing import (
    FEW_CODES,
    REQUEST_DUE_AFTER,
    find_overdue_at,
    name_place,
    name_request_place,
)
from billing.settlement.selectors.clearing import to_proof
from billing.settlement.services.days import business_date, last_ended_day
from billing.settlement.services.reasons import read_reason
from market.audit.contracts import ActorKind
from market.audit.services import write_audit

MOST_REQUESTS = 2_000
AT_ONCE = 500
_LOOK_BACK = timedelta(days=1)


class ClearingItemNotFound(LookupError):
    """There is no such item."""


@dataclass(frozen=True, slots=True)
class OpenEscrow:
    """Money held for an order that should have none any more, or that settlement does not know."""

    view: AccountView
    known: bool


def prove_night(*, now: datetime) -> bool:
    """The proof of the latest business day that is over, once. Returns whether this call made it."""
    day = last_ended_day(now)
    if ClearingProof.objects.filter(business_date=day, asked_by__isnull=True).exists():
        return False
    try:
        prove_clearing(now=now)
    except IntegrityError:  # another worker was quicker
        return False
    return True


@transaction.atomic(durable=True)
def prove_clearing(*, now: datetime, asked_by: int | None = None) -> ClearingProofView:
    """Look at everything that must clear and keep what was found.

    Reads accounts by code where there are few; of orders only those that were posted to or released since the last
    proof, and what stood on its list. Raises `IntegrityError` for a second proof of one night.
    """
    last = ClearingProof.objects.order_by("-id").first()
    closed = get_closed_entry()
    few = list_unbalanced_accounts(FEW_CODES)
    escrows = _list_open_escrows(last, now)
    items = [
        *(_draft_account(view, now) for view in few),
        *(_draft_account(escrow.view, now, order_known=escrow.known) for escrow in escrows),
        *(_draft_request(request) for request in _list_unposted()),
    ]
    items.sort(key=lambda item: (item.since, item.place))
    explained = _find_explained(items)
    states = [_state_of(item, item.place in explained, now) for item in items]
    proof = ClearingProof.objects.create(
        business_date=last_ended_day(now) if asked_by is None else business_date(now),
        asked_by=asked_by,
        taken_at=now,
        entries_upto=closed,
        looked_at=len(few) + len(escrows),
        young=states.count(ClearingState.YOUNG),
        explained=states.count(ClearingState.EXPLAINED),
        overdue=states.count(ClearingState.OVERDUE),
    )
    for item in items:
        item.proof = proof
    ClearingItem.objects.bulk_create(items, batch_size=AT_ONCE)
    return to_proof(proof)


@transaction.atomic(durable=True)
def write_clearing_note(*, item_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Say why something has not cleared. It explains what is there now, not what comes later.

    Raises `ClearingItemNotFound`, `NoReason`.
    """
    why = read_reason(reason)
    item = ClearingItem.objects.filter(pk=item_id).first()
    if item is None:
        raise ClearingItemNotFound(item_id)
    ClearingNote.objects.create(place=item.place, reason=why, written_by=actor_id, written_at=now)
    write_audit(
        action="clearing.explained",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="clearing",
        target_id=item.place[:80],
        detail={"reason": why, "amount_minor": item.balance_minor},
        now=now,
    )


def _list_open_escrows(last: ClearingProof | None, now: datetime) -> list[OpenEscrow]:
    """Escrow accounts of released orders that are not at zero, and of orders that nobody noted."""
    views = {view.account: view for view in list_touched_accounts([Code.ESCROW], after_entry=_after(last))}
    if last is not None:
        carried = last.items.filter(code=Code.ESCROW.value).values_list("currency", "owner_id")
        released = Release.objects.filter(released_at__gte=last.taken_at - _LOOK_BACK, released_at__lte=now)
        owners = [(currency, owner_id) for currency, owner_id in carried]
        owners += [
            (currency, f"{shop_id}/{share_no}")
            for currency, shop_id, share_no in released.values_list("currency", "shop_id", "share_no").iterator()
        ]
        refs = {
            account_of(Code.ESCROW, Owner(CHART[Code.ESCROW].owner_kind, owner_id), currency)
            for currency, owner_id in owners
        }
        views |= {view.account: view for view in list_accounts_of(refs - views.keys())}
    states = _read_states([_share_no_of(view) for view in views.values()])
    return [
        OpenEscrow(view, known=_share_no_of(view) in states)
        for view in views.values()
        if states.get(_share_no_of(view)) in (None, ReleaseState.RELEASED.value)
    ]


def _after(last: ClearingProof | None) -> int:
    return last.entries_upto if last is not None else 0


def _share_no_of(view: AccountView) -> str:
    return view.account.owner.id.partition("/")[2]


def _read_states(share_nos: Sequence[str]) -> dict[str, str]:
    states: dict[str, str] = {}
    for start in range(0, len(share_nos), AT_ONCE):
        rows = Release.objects.filter(share_no__in=share_nos[start : start + AT_ONCE])
        states |= dict(rows.values_list("share_no", "state"))
    return states


def _list_unposted() -> Iterable[UnpostedRequest]:
    found, after = 0, 0
    while found < MOST_REQUESTS:
        part = list_unposted(200, after_id=after)
        if not part:
            return
        yield from part
        found, after = found + len(part), part[-1].request_id


def _draft_account(view: AccountView, now: datetime, *, order_known: bool = True) -> ClearingItem:
    account, normal = view.account, CHART[view.account.code].normal
    rising = normal if view.balance_minor > 0 else normal.other
    since = find_oldest_part(view.account_id, side=rising, amount_minor=abs(view.balance_minor)) or now
    return ClearingItem(
        kind=ClearingKind.ACCOUNT.value,
        place=name_place(account),
        book=account.book.value,
        currency=account.currency,
        code=account.code.value,
        owner_kind=account.owner.kind.value,
        owner_id=account.owner.id,
        balance_minor=view.balance_minor,
        since=since,
        overdue_at=find_overdue_at(account.code, since, order_known=order_known),
    )


def _draft_request(request: UnpostedRequest) -> ClearingItem:
    waits = timedelta(0) if request.parked else REQUEST_DUE_AFTER
    return ClearingItem(
        kind=ClearingKind.REQUEST.value,
        place=name_request_place(request.request_id),
        request_id=request.request_id,
        subject=request.key[:200],
        detail=request.error[:500],
        since=request.created_at,
        overdue_at=request.created_at + waits,
    )


def _find_explained(items: Sequence[ClearingItem]) -> set[str]:
    """Places with a reason that was written since their balance came."""
    since = {item.place: item.since for item in items}
    notes = ClearingNote.objects.filter(place__in=list(since)).values_list("place", "written_at")
    return {place for place, written_at in notes if written_at >= since[place]}


def _state_of(item: ClearingItem, explained: bool, now: datetime) -> ClearingState:
    if explained:
        return ClearingState.EXPLAINED
    return ClearingState.OVERDUE if item.overdue_at <= now else ClearingState.YOUNG
