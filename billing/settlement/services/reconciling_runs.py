"""Comparing a loaded file with the books, and writing down what differs. The same again changes nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F

from billing.payments.selectors import map_shops_by_account
from billing.settlement.contracts.reconciling import FindingKind, FindingState
from billing.settlement.models.reconciling import Finding, ProviderStatement, ReconciliationRun, StatementRow
from billing.settlement.rules.reconciling import Matching, OurItem, TheirItem, match_items
from billing.settlement.selectors.reconciling import to_finding_view
from billing.settlement.selectors.reconciling_items import TwoSides, gather_sides
from billing.settlement.services.reconciling_findings import (
    ROUNDING_MINOR,
    demand_transaction,
    resolve_finding,
    round_off,
)

_UNFINISHED = (FindingState.OPEN.value, FindingState.SUSPENDED.value)


@dataclass(slots=True)
class _Draft:
    """A difference, before it is known whether it was found before."""

    kind: FindingKind
    theirs: TheirItem | None
    ours: OurItem | None
    twin: OurItem | None = None


@dataclass(slots=True)
class _Outcome:
    """What one comparison changes."""

    drafts: list[_Draft] = field(default_factory=list)
    found_rows: list[int] = field(default_factory=list)  # lines of earlier files that are explained now
    found_transactions: list[int] = field(default_factory=list)  # ours that a file has now


def lock_provider(psp: str, kind: str) -> None:
    """Step: one comparison of a provider's files at a time, for they share what was left over."""
    demand_transaction()
    number = int.from_bytes(hashlib.sha256(f"reconciling {psp} {kind}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


@transaction.atomic
def reconcile_statement(*, statement_id: int, now: datetime) -> int | None:
    """Compare a file in force with the books. Returns the run's id, None for a file that is not in force."""
    statement = ProviderStatement.objects.get(pk=statement_id)
    lock_provider(statement.psp, statement.kind)
    statement = ProviderStatement.objects.select_for_update(no_key=True).get(pk=statement_id)
    if statement.state != "loaded":
        return None
    sides = gather_sides(statement, now)
    matching = match_items(sides.theirs, sides.ours)
    _link_rows(statement, matching, sides)
    run = _write_run(statement, matching, sides, now)
    _write_findings(run, _read_outcome(matching), now)
    return run.pk


def _read_outcome(matching: Matching) -> _Outcome:
    outcome = _Outcome()
    for pair in matching.pairs:
        outcome.found_transactions.append(pair.ours.ref)
        if pair.theirs.earlier:
            outcome.found_rows.append(pair.theirs.ref)
        if pair.difference is not None:
            outcome.drafts.append(_Draft(pair.difference, pair.theirs, pair.ours))
    for item in matching.unmatched:
        outcome.drafts.append(_Draft(item.kind, item.theirs, item.ours, item.twin))
    return outcome


def _link_rows(statement: ProviderStatement, matching: Matching, sides: TwoSides) -> None:
    """Which transaction each line is. A line that lost its transaction (it was reversed) loses the link."""
    links: dict[int, int | None] = {row.row_id: None for row in sides.rows.values() if row.statement_id == statement.pk}
    links |= {pair.theirs.ref: pair.ours.ref for pair in matching.pairs}
    changed = {row_id: number for row_id, number in links.items() if sides.rows[row_id].transaction_id != number}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE settlement_statementrow r SET transaction_id = n.transaction_id"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, transaction_id) WHERE r.id = n.id",
            [list(changed), list(changed.values())],
        )


def _write_run(statement: ProviderStatement, matching: Matching, sides: TwoSides, now: datetime) -> ReconciliationRun:
    own = {row.row_id for row in sides.rows.values() if row.statement_id == statement.pk}
    counts = Counter(pair.difference for pair in matching.pairs if pair.difference is not None)
    counts.update(item.kind for item in matching.unmatched)
    figures = {
        "lines": len(own),
        "matched": sum(pair.difference is None and pair.theirs.ref in own for pair in matching.pairs),
        "waiting": len(matching.waiting_ours) + sum(line.ref in own for line in matching.waiting_theirs),
        **{kind.value: counts[kind] for kind in FindingKind},
    }
    run, created = ReconciliationRun.objects.get_or_create(statement=statement, defaults={**figures, "ran_at": now})
    if not created and any(getattr(run, name) != number for name, number in figures.items()):
        ReconciliationRun.objects.filter(pk=run.pk).update(**figures, ran_at=now)
    return run


def _write_findings(run: ReconciliationRun, outcome: _Outcome, now: datetime) -> None:
    rows = _fetch_rows(outcome.drafts)
    drafts = _name_drafts(run.statement, outcome.drafts, rows)
    known = {row.key: row for row in Finding.objects.filter(psp=run.statement.psp, key__in=list(drafts))}
    shops = _find_shops(run.statement.psp, rows.values())
    rounded = 0
    for key, draft in drafts.items():
        if key in known:
            _keep(known[key], run, _row_of(draft, rows))
            continue
        finding = _create(run, key, draft, _row_of(draft, rows), shops, now)
        if draft.kind is FindingKind.AMOUNT and abs(to_finding_view(finding).difference_minor) <= ROUNDING_MINOR:
            round_off(finding, now)
            rounded += 1
    resolved = _resolve(run, set(drafts), outcome, now)
    if rounded or resolved:
        ReconciliationRun.objects.filter(pk=run.pk).update(
            rounded=F("rounded") + rounded, resolved=F("resolved") + resolved
        )


def _fetch_rows(drafts: Iterable[_Draft]) -> dict[int, StatementRow]:
    numbers = [draft.theirs.ref for draft in drafts if draft.theirs is not None]
    return StatementRow.objects.select_related("statement").in_bulk(numbers)


def _row_of(draft: _Draft, rows: dict[int, StatementRow]) -> StatementRow | None:
    return rows[draft.theirs.ref] if draft.theirs is not None else None


def _name_drafts(
    statement: ProviderStatement, drafts: Iterable[_Draft], rows: dict[int, StatementRow]
) -> dict[str, _Draft]:
    """Drafts under names that stay the same whenever the comparison is repeated."""
    named: dict[str, _Draft] = {}
    for draft in drafts:
        item = draft.theirs or draft.ours
        assert item is not None
        row = _row_of(draft, rows)
        place = f"T{draft.ours.ref}" if row is None and draft.ours is not None else str(_day_of(row, statement))
        stem = f"{statement.kind}:{draft.kind.value}:{item.kind.value}:{item.number}:{place}"
        count = 0
        while f"{stem}:{count}" in named:
            count += 1
        named[f"{stem}:{count}"] = draft
    return named


def _day_of(row: StatementRow | None, statement: ProviderStatement) -> date:
    if row is None or row.statement_id == statement.pk:
        return statement.day
    return row.statement.day


def _find_shops(psp: str, rows: Iterable[StatementRow]) -> dict[str, int]:
    accounts = {row.account for row in rows} - {""}
    return map_shops_by_account(accounts=accounts, gateway=psp) if accounts else {}


def _keep(finding: Finding, run: ReconciliationRun, row: StatementRow | None) -> None:
    """Found before. One that had resolved by itself and differs again is open again; a person's word stays."""
    if finding.statement_row_id != (row.pk if row else None):
        finding.statement_row, finding.row, finding.run = row, row.row if row else None, run
        finding.save(update_fields=["statement_row", "row", "run"])
    if finding.state == FindingState.CLEARED.value and finding.decided_by is None and not _is_rounded(finding):
        finding.state, finding.reason, finding.decided_at = FindingState.OPEN.value, "", None
        finding.save(update_fields=["state", "reason", "decided_at"])


def _is_rounded(finding: Finding) -> bool:
    view = to_finding_view(finding)
    return view.kind is FindingKind.AMOUNT and abs(view.difference_minor) <= ROUNDING_MINOR


def _create(
    run: ReconciliationRun, key: str, draft: _Draft, row: StatementRow | None, shops: dict[str, int], now: datetime
) -> Finding:
    item = draft.theirs or draft.ours
    assert item is not None
    known = draft.ours or draft.twin
    shop_id = known.shop_id if known is not None else None
    if shop_id is None and row is not None:
        shop_id = shops.get(row.account)
    return Finding.objects.create(
        run=run,
        psp=run.statement.psp,
        statement_kind=run.statement.kind,
        day=_day_of(row, run.statement),
        key=key,
        kind=draft.kind.value,
        line_kind=item.kind.value,
        number=item.number,
        provider_no=row.provider_no if row else "",
        statement_row=row,
        row=row.row if row else None,
        transaction_id=known.ref if known is not None else None,
        shop_id=shop_id,
        ours_minor=draft.ours.amount_minor if draft.ours else None,
        ours_fee_minor=draft.ours.fee_minor if draft.ours else None,
        theirs_minor=draft.theirs.amount_minor if draft.theirs else None,
        theirs_fee_minor=draft.theirs.fee_minor if draft.theirs else None,
        currency=item.currency,
        ours_currency=draft.ours.currency if draft.ours else item.currency,
        found_at=now,
    )


def _resolve(run: ReconciliationRun, keys: set[str], outcome: _Outcome, now: datetime) -> int:
    """Findings that are none any more: of this file when compared again, and of earlier ones through this one."""
    statement, found = run.statement, set(outcome.found_transactions)
    unfinished = Finding.objects.select_for_update(no_key=True).filter(
        psp=statement.psp, statement_kind=statement.kind, state__in=_UNFINISHED
    )
    gone: Sequence[Finding] = [
        *unfinished.filter(day=statement.day).exclude(key__in=keys).order_by("pk"),
        *unfinished.filter(kind=FindingKind.EXTRA.value, statement_row__in=outcome.found_rows).order_by("pk"),
        *(row for row in unfinished.filter(kind=FindingKind.MISSING.value) if row.transaction_id in found),
    ]
    distinct = {finding.pk: finding for finding in gone if finding.key not in keys}
    for finding in distinct.values():
        resolve_finding(finding, statement.day, now)
    return len(distinct)
