"""Providers' files, what comparing them gave, and what is not explained yet. For staff, and for the payout guard."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from billing.settlement.contracts.reconciling import (
    FindingKind,
    FindingState,
    FindingView,
    LineKind,
    ProviderStatementView,
    RunView,
    StatementKind,
    StatementState,
)
from billing.settlement.models.reconciling import Finding, ProviderStatement, ReconciliationRun, StatementFetch

MOST_FINDINGS = 200
_UNFINISHED = (FindingState.OPEN.value, FindingState.SUSPENDED.value)


def count_open_findings(psp: str, shop_id: int | None = None) -> int:
    """Differences with a provider that nobody has decided on yet: of one shop, or all of them."""
    rows = Finding.objects.filter(psp=psp, state=FindingState.OPEN.value)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    return rows.count()


def count_unsettled_findings() -> dict[FindingState, int]:
    """How many differences are open, and how many stand in suspense: for the rail."""
    found = dict(
        Finding.objects.filter(state__in=_UNFINISHED).values_list("state").annotate(number=Count("pk")).order_by()
    )
    return {state: found.get(state.value, 0) for state in (FindingState.OPEN, FindingState.SUSPENDED)}


def list_findings(
    *,
    psp: str = "",
    shop_id: int | None = None,
    run_id: int | None = None,
    kinds: Sequence[FindingKind] = (),
    states: Sequence[FindingState] = (),
    after_id: int | None = None,
    limit: int = 50,
) -> list[FindingView]:
    """Differences, the oldest first, from the one after `after_id` on; `FindingView.age_days` says how old."""
    rows = Finding.objects.order_by("pk")
    if psp:
        rows = rows.filter(psp=psp)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    if run_id is not None:
        rows = rows.filter(run_id=run_id)
    if kinds:
        rows = rows.filter(kind__in=[kind.value for kind in kinds])
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if after_id is not None:
        rows = rows.filter(pk__gt=after_id)
    return [to_finding_view(row) for row in rows[: min(limit, MOST_FINDINGS)]]


def find_finding(finding_id: int) -> FindingView | None:
    """One difference."""
    row = Finding.objects.filter(pk=finding_id).first()
    return to_finding_view(row) if row else None


def list_findings_of(transaction_id: int) -> list[FindingView]:
    """The differences that name one of the ledger's transactions: the way back from the books."""
    return [to_finding_view(row) for row in Finding.objects.filter(transaction_id=transaction_id).order_by("pk")]


def list_runs(*, psp: str = "", before_id: int | None = None, limit: int = 50) -> list[RunView]:
    """Comparisons, the newest file first."""
    rows = _runs().order_by("-pk")
    if psp:
        rows = rows.filter(statement__psp=psp)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [to_run_view(row) for row in rows[:limit]]


def find_run(run_id: int) -> RunView | None:
    """One comparison."""
    row = _runs().filter(pk=run_id).first()
    return to_run_view(row) if row else None


def find_run_of(statement_id: int) -> RunView | None:
    """The comparison of a file."""
    row = _runs().filter(statement_id=statement_id).first()
    return to_run_view(row) if row else None


def find_statement(statement_id: int) -> ProviderStatementView | None:
    """One file."""
    row = ProviderStatement.objects.filter(pk=statement_id).first()
    return to_statement_view(row) if row else None


def list_unfinished_statements(limit: int = 20) -> list[ProviderStatementView]:
    """Files that are being loaded, or were refused while no other file of their day is in force; newest first."""
    states = [StatementState.RECEIVED.value, StatementState.LOADING.value, StatementState.REFUSED.value]
    in_force = ProviderStatement.objects.filter(
        psp=OuterRef("psp"), kind=OuterRef("kind"), day=OuterRef("day"), state=StatementState.LOADED.value
    )
    rows = ProviderStatement.objects.filter(state__in=states).order_by("-pk")
    rows = rows.exclude(Q(state=StatementState.REFUSED.value) & Exists(in_force))
    return [to_statement_view(row) for row in rows[:limit]]


def list_fetches(limit: int = 20) -> list[tuple[str, StatementKind, date, int, str]]:
    """Files that are still to be fetched: provider, kind, day, tries, the last complaint."""
    rows = StatementFetch.objects.filter(done_at__isnull=True).order_by("-day", "psp", "kind")
    return [(row.psp, StatementKind(row.kind), row.day, row.attempts, row.error) for row in rows[:limit]]


def count_findings_of(run_id: int) -> dict[FindingState, int]:
    """How the findings of a comparison stand."""
    found = dict(Finding.objects.filter(run_id=run_id).values_list("state").annotate(number=Count("pk")).order_by())
    return {state: found.get(state.value, 0) for state in FindingState}


def _runs() -> QuerySet[ReconciliationRun]:
    open_ones = Count("findings", filter=Q(findings__state=FindingState.OPEN.value))
    return ReconciliationRun.objects.select_related("statement").annotate(open_findings=open_ones)


def to_run_view(row: ReconciliationRun) -> RunView:
    """A row with its statement and `open_findings` as a contract (at home only)."""
    return RunView(
        run_id=row.pk,
        statement=to_statement_view(row.statement),
        ran_at=row.ran_at,
        lines=row.lines,
        matched=row.matched,
        waiting=row.waiting,
        rounded=row.rounded,
        resolved=row.resolved,
        counts={kind: int(getattr(row, kind.value)) for kind in FindingKind},
        open_findings=int(getattr(row, "open_findings", 0)),
    )


def to_statement_view(row: ProviderStatement) -> ProviderStatementView:
    """A row as a contract (at home only)."""
    return ProviderStatementView(
        statement_id=row.pk,
        psp=row.psp,
        kind=StatementKind(row.kind),
        day=row.day,
        state=StatementState(row.state),
        sha256=row.sha256,
        file_name=row.file_name,
        media_id=row.media_id,
        size_bytes=row.size_bytes,
        lines=row.lines,
        totals={place: (sums[0], sums[1], sums[2]) for place, sums in row.totals.items()},
        refusal=row.refusal,
        refused_row=row.refused_row,
        refused_column=row.refused_column,
        refused_params=row.refused_params,
        job_id=row.job_id,
        uploaded_by=row.uploaded_by,
        received_at=row.received_at,
        loaded_at=row.loaded_at,
    )


def suspense_key(finding_id: int, times: int) -> str:
    """The key under which a finding's amount was moved into suspense for the nth time."""
    return f"suspense:{finding_id}:{times}"


def cleared_key(finding_id: int, times: int) -> str:
    """The key under which it was moved out again."""
    return f"suspense-cleared:{finding_id}:{times}"


def to_finding_view(row: Finding) -> FindingView:
    """A row as a contract (at home only)."""
    return FindingView(
        finding_id=row.pk,
        run_id=row.run_id,
        psp=row.psp,
        statement_kind=StatementKind(row.statement_kind),
        day=row.day,
        kind=FindingKind(row.kind),
        line_kind=LineKind(row.line_kind),
        number=row.number,
        provider_no=row.provider_no,
        row=row.row,
        ours_minor=row.ours_minor,
        ours_fee_minor=row.ours_fee_minor,
        theirs_minor=row.theirs_minor,
        theirs_fee_minor=row.theirs_fee_minor,
        currency=row.currency,
        ours_currency=row.ours_currency,
        shop_id=row.shop_id,
        transaction_id=row.transaction_id,
        state=FindingState(row.state),
        reason=row.reason,
        suspense_minor=row.suspense_minor,
        suspense_raised=row.suspense_raised,
        found_at=row.found_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
