"""What was found invalid later: for staff, and for the shop that gets it back."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from search.auction.contracts import TokenKind
from search.spending.contracts import (
    AdEventView,
    Correction,
    CorrectionKind,
    CreditPostingView,
    FindingFilter,
    FindingState,
    FindingSum,
    FindingView,
    GroupedBy,
)
from search.spending.models import Correction as CorrectionRow
from search.spending.models import Credit, CreditPosting, Finding
from search.spending.selectors.feeds import select_events

MOST_LISTED = 500
EVERY = FindingFilter()

_CAMPAIGNS = (
    "SELECT DISTINCT c.finding_id, e.campaign_id FROM spending_credit AS c"
    " JOIN spending_adevent AS e ON e.day = c.day AND e.token = c.token"
    " WHERE c.finding_id = ANY(%s) ORDER BY c.finding_id, e.campaign_id"
)


def list_findings(wanted: FindingFilter = EVERY, *, before: int | None = None, limit: int = 50) -> list[FindingView]:
    """What was found invalid later, the latest first; `before` is the number where the last page ended."""
    rows = Finding.objects.filter(_narrow(wanted))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [to_finding(row) for row in rows.order_by("-pk")[: min(limit, MOST_LISTED)]]


def sum_findings(wanted: FindingFilter = EVERY) -> FindingSum:
    """How much there is of what somebody wants: one statement."""
    found = Finding.objects.filter(_narrow(wanted)).aggregate(
        findings=Count("pk"), events=Coalesce(Sum("events"), 0), amount=Coalesce(Sum("amount_micro"), 0)
    )
    return FindingSum(found["findings"], int(found["events"]), int(found["amount"]))


def count_open_findings() -> dict[FindingState, int]:
    """How many wait for staff, and how many for their posting: one statement over an index of these alone."""
    states = (FindingState.FOUND, FindingState.APPROVED)
    rows = Finding.objects.filter(state__in=["found", "approved"]).values("state").annotate(number=Count("pk"))
    found = dict(rows.order_by().values_list("state", "number"))
    return {state: found.get(state.value, 0) for state in states}


def find_finding(finding_id: int) -> FindingView | None:
    """One finding."""
    row = Finding.objects.filter(pk=finding_id).first()
    return None if row is None else to_finding(row)


def map_findings(finding_ids: Collection[int]) -> dict[int, FindingView]:
    """Findings by their numbers: one statement."""
    return {row.pk: to_finding(row) for row in Finding.objects.filter(pk__in=set(finding_ids)).order_by("pk")}


def map_finding_campaigns(finding_ids: Collection[int]) -> dict[int, list[int]]:
    """Whose clicks findings are about, by campaign: one statement."""
    found: dict[int, list[int]] = {}
    if finding_ids:
        with connection.cursor() as cursor:
            cursor.execute(_CAMPAIGNS, [sorted(set(finding_ids))])
            for finding_id, campaign_id in cursor.fetchall():
                found.setdefault(finding_id, []).append(campaign_id)
    return found


def list_evidence(finding_id: int, *, limit: int = MOST_LISTED) -> list[AdEventView]:
    """The events that a finding gives back."""
    return select_events(
        "(e.day, e.token) IN (SELECT day, token FROM spending_credit WHERE finding_id = %s)",
        [finding_id],
        order="e.at, e.number",
        limit=limit,
    )


def list_credit_postings(finding_id: int) -> list[CreditPostingView]:
    """The postings that gave back what a finding's clicks cost, together with those of other findings of the day."""
    rows = CreditPosting.objects.filter(credits__finding=finding_id).distinct().order_by("pk")
    return [
        CreditPostingView(
            key=row.key,
            kind=TokenKind(row.kind),
            day=row.day,
            amount_minor=row.amount_minor,
            posted_at=row.posted_at,
        )
        for row in rows
    ]


def map_corrections(keys: Sequence[tuple[date, UUID]]) -> dict[tuple[date, UUID], Correction]:
    """What some events do not cost after all, by day and token: one statement."""
    if not keys:
        return {}
    wanted = Q()
    for day in {day for day, _ in keys}:
        wanted |= Q(day=day, token__in=[token for one, token in keys if one == day])
    return {(row.day, row.token): _to_correction(row) for row in CorrectionRow.objects.filter(wanted)}


def sum_credited(*, shop_id: int, since: date, until: date) -> int:
    """What was given back to a shop for some days, in micro-fen."""
    rows = Credit.objects.filter(finding__shop_id=shop_id, day__range=(since, until), posting__isnull=False)
    return int(rows.aggregate(total=Coalesce(Sum("amount_micro"), 0))["total"])


def to_finding(row: Finding) -> FindingView:
    """A row as it crosses the border."""
    return FindingView(
        finding_id=row.pk,
        shop_id=row.shop_id,
        day=row.day,
        grouped_by=GroupedBy(row.grouped_by),
        who=row.who,
        reasons=tuple(row.reasons),
        rules_version=row.rules_version,
        evidence=row.evidence,
        events=row.events,
        amount_micro=row.amount_micro,
        state=FindingState(row.state),
        found_at=row.found_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note=row.note,
    )


def _narrow(wanted: FindingFilter) -> Q:
    condition = Q()
    if wanted.states:
        condition &= Q(state__in=[state.value for state in wanted.states])
    if wanted.shop_id is not None:
        condition &= Q(shop_id=wanted.shop_id)
    if wanted.reason:
        condition &= Q(reasons__contains=[wanted.reason])
    if wanted.day is not None:
        condition &= Q(day=wanted.day)
    return condition


def _to_correction(row: CorrectionRow) -> Correction:
    return Correction(
        number=row.pk,
        day=row.day,
        token=row.token,
        shop_id=row.shop_id,
        campaign_id=row.campaign_id,
        kind=CorrectionKind(row.kind),
        amount_micro=row.amount_micro,
        reason=row.reason,
        at=row.at,
    )
