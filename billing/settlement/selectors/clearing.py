"""Proofs of clearing, and the aged list of what had not cleared."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from billing.settlement.contracts.clearing import (
    ClearingItemView,
    ClearingKind,
    ClearingNoteView,
    ClearingProofView,
    ClearingState,
)
from billing.settlement.models.clearing import ClearingItem, ClearingNote, ClearingProof
from billing.settlement.rules.clearing import AGES


@dataclass(frozen=True, slots=True)
class ClearingFilter:
    """Which items of a proof. `code` "request": posting requests; `age`: a name out of `rules.clearing.AGES`."""

    state: ClearingState | None = None
    code: str = ""
    age: str = ""


def list_clearing_proofs(*, limit: int = 10, before_id: int | None = None) -> list[ClearingProofView]:
    """Proofs, newest first."""
    rows = ClearingProof.objects.order_by("-id")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [to_proof(row) for row in rows[:limit]]


def find_clearing_proof(proof_id: int | None = None) -> ClearingProofView | None:
    """A proof by its number, or the latest."""
    rows = ClearingProof.objects.order_by("-id")
    row = (rows if proof_id is None else rows.filter(pk=proof_id)).first()
    return to_proof(row) if row else None


def count_clearing_items(*, proof_id: int, now: datetime) -> dict[ClearingState, int]:
    """How many items of a proof are in each state by now: reasons may have come since."""
    rows = _explainable(ClearingItem.objects.filter(proof_id=proof_id))
    found = rows.aggregate(
        **{state.value: Count("pk", filter=_in_state(state, now)) for state in ClearingState},
    )
    return {state: found[state.value] for state in ClearingState}


def list_clearing_codes(proof_id: int) -> list[str]:
    """The codes that have items in a proof; "" stands for posting requests."""
    rows = ClearingItem.objects.filter(proof_id=proof_id)
    return list(rows.values_list("code", flat=True).distinct().order_by("code"))


def list_clearing_items(
    *,
    proof_id: int,
    now: datetime,
    only: ClearingFilter | None = None,
    after_id: int | None = None,
    limit: int = 50,
) -> list[ClearingItemView]:
    """What had not cleared at a proof, the oldest first, with the latest reason; two statements."""
    only = only or ClearingFilter()
    rows = _explainable(ClearingItem.objects.filter(proof_id=proof_id)).order_by("pk")  # kept in the order of their age
    if only.state is not None:
        rows = rows.filter(_in_state(only.state, now))
    if only.code:
        rows = rows.filter(code="" if only.code == "request" else only.code)
    for age in AGES:
        if age.name == only.age:
            oldest, youngest = age.bounds(now)
            rows = (
                rows.filter(since__lte=youngest)
                if oldest is None
                else rows.filter(since__lte=youngest, since__gt=oldest)
            )
    if after_id is not None:
        rows = rows.filter(pk__gt=after_id)
    found = list(rows[:limit])
    notes = _find_notes(found)
    return [_to_item(row, notes.get(row.pk), now) for row in found]


def find_clearing_item(item_id: int, *, now: datetime) -> ClearingItemView | None:
    """One item."""
    row = ClearingItem.objects.filter(pk=item_id).first()
    return _to_item(row, _find_notes([row]).get(row.pk), now) if row else None


def list_clearing_notes(place: str, *, limit: int = 20) -> list[ClearingNoteView]:
    """Everything that was written about a place, newest first."""
    rows = ClearingNote.objects.filter(place=place).order_by("-id")
    return [ClearingNoteView(row.reason, row.written_by, row.written_at) for row in rows[:limit]]


def to_proof(row: ClearingProof) -> ClearingProofView:
    """A proof as others know it."""
    return ClearingProofView(
        proof_id=row.pk,
        business_date=row.business_date,
        asked_by=row.asked_by,
        taken_at=row.taken_at,
        looked_at=row.looked_at,
        young=row.young,
        explained=row.explained,
        overdue=row.overdue,
    )


def _explainable(rows: QuerySet[ClearingItem]) -> QuerySet[ClearingItem]:
    notes = ClearingNote.objects.filter(place=OuterRef("place"), written_at__gte=OuterRef("since"))
    return rows.annotate(has_reason=Exists(notes))


def _in_state(state: ClearingState, now: datetime) -> Q:
    if state is ClearingState.EXPLAINED:
        return Q(has_reason=True)
    overdue = Q(overdue_at__lte=now) if state is ClearingState.OVERDUE else Q(overdue_at__gt=now)
    return Q(has_reason=False) & overdue


def _find_notes(rows: list[ClearingItem]) -> dict[int, ClearingNoteView]:
    since = {row.place: row for row in rows}
    notes: dict[int, ClearingNoteView] = {}
    for note in ClearingNote.objects.filter(place__in=list(since)).order_by("id"):
        row = since[note.place]
        if note.written_at >= row.since:
            notes[row.pk] = ClearingNoteView(note.reason, note.written_by, note.written_at)
    return notes


def _to_item(row: ClearingItem, note: ClearingNoteView | None, now: datetime) -> ClearingItemView:
    if note is not None:
        state = ClearingState.EXPLAINED
    else:
        state = ClearingState.OVERDUE if row.overdue_at <= now else ClearingState.YOUNG
    return ClearingItemView(
        item_id=row.pk,
        kind=ClearingKind(row.kind),
        place=row.place,
        code=row.code,
        currency=row.currency,
        owner_kind=row.owner_kind,
        owner_id=row.owner_id,
        request_id=row.request_id,
        subject=row.subject,
        detail=row.detail,
        balance_minor=row.balance_minor,
        since=row.since,
        overdue_at=row.overdue_at,
        state=state,
        note=note,
    )
