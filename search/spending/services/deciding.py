"""Staff approve findings, or refuse them. Whoever decides holds the rows: of two at once one decides."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from search.spending.contracts import FindingState
from search.spending.contracts.findings import LONGEST_NOTE, MOST_AT_ONCE
from search.spending.models import Finding


class FindingNotFound(LookupError):
    """There is no such finding."""


class FindingDecided(RuntimeError):
    """Somebody has approved or refused it already."""


class FindingsChanged(RuntimeError):
    """Some of these were decided meanwhile, or come to another sum than was confirmed: nothing was approved."""


class NoReason(ValueError):
    """A refusal needs a reason of one line."""


@transaction.atomic(durable=True)
def approve_finding(*, finding_id: int, note: str, actor_id: int, now: datetime) -> None:
    """Staff give back what a finding's clicks cost. Raises `FindingNotFound`, `FindingDecided`."""
    _write(_lock_open(finding_id), FindingState.APPROVED, _clean(note), actor_id, now)


@transaction.atomic(durable=True)
def approve_findings(
    *, finding_ids: Collection[int], amount_micro: int, note: str, actor_id: int, now: datetime
) -> int:
    """Approve all of them, or none. The sum is what staff confirmed. Returns how many.

    Raises `FindingsChanged` when one is decided or gone, or when they come to another sum.
    """
    wanted = set(finding_ids)
    rows = list(Finding.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if not 0 < len(wanted) <= MOST_AT_ONCE or len(rows) < len(wanted):
        raise FindingsChanged(len(rows))
    if any(row.state != FindingState.FOUND for row in rows) or sum(row.amount_micro for row in rows) != amount_micro:
        raise FindingsChanged(len(rows))
    for row in rows:
        _write(row, FindingState.APPROVED, _clean(note), actor_id, now)
    return len(rows)


@transaction.atomic(durable=True)
def refuse_finding(*, finding_id: int, note: str, actor_id: int, now: datetime) -> None:
    """Staff let the charge stand; these clicks are not found again.

    Raises `FindingNotFound`, `FindingDecided`, `NoReason`.
    """
    row, said = _lock_open(finding_id), _clean(note)
    if not said:
        raise NoReason
    _write(row, FindingState.REFUSED, said, actor_id, now)


def _lock_open(finding_id: int) -> Finding:
    row = Finding.objects.select_for_update(no_key=True).filter(pk=finding_id).first()
    if row is None:
        raise FindingNotFound(finding_id)
    if row.state != FindingState.FOUND:
        raise FindingDecided(row.state)
    return row


def _clean(note: str) -> str:
    return " ".join(note.split())[:LONGEST_NOTE]


def _write(row: Finding, state: FindingState, note: str, actor_id: int, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at, row.note = state.value, actor_id, now, note
    row.save(update_fields=["state", "decided_by", "decided_at", "note"])
    write_audit(
        action=f"ad_finding.{state.value}",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=row.shop_id,
        target_kind="ad_finding",
        target_id=str(row.pk),
        detail={"amount_micro": row.amount_micro, "events": row.events, "note": note},
        now=now,
    )
