"""Recording views and clicks: verified, judged, written once and paid in one transaction.

The row count of the insert decides billing. Whatever one batch needs is read for all of it at once; events whose lease
is short are written in a second transaction, by shop and day, which fills the lease up first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from search.auction.contracts import InvalidReason, TokenKind, TokenState
from search.spending.contracts import AdTarget, ClickOutcome, ClickReport
from search.spending.rules.judging import judge_all
from search.spending.services.histories import (
    StoredLine,
    find_used,
    lock_visitors,
    map_decisions,
    read_history,
)
from search.spending.services.lending import Till, list_short, lock_leases, open_till
from search.spending.services.reports import Report, read_reports

MOST_AT_ONCE = 64
_REASONS = {
    TokenState.BAD: InvalidReason.TOKEN_BAD.value,
    TokenState.EXPIRED: InvalidReason.TOKEN_EXPIRED.value,
    TokenState.USED: InvalidReason.TOKEN_USED.value,
    TokenState.VALID: InvalidReason.TOKEN_BAD.value,
}
"""Why nothing was recorded: a valid token of which no ad is known is as good as a bad one."""

_COLUMNS = (
    ("day", "date"),
    ("token", "uuid"),
    ("kind", "text"),
    ("at", "timestamptz"),
    ("decision_id", "uuid"),
    ("place", "int"),
    ("ad_id", "bigint"),
    ("campaign_id", "bigint"),
    ("group_id", "bigint"),
    ("keyword_id", "bigint"),
    ("shop_id", "bigint"),
    ("product_id", "bigint"),
    ("page", "text"),
    ("lease_id", "bigint"),
    ("price_micro", "bigint"),
    ("billed_micro", "bigint"),
    ("borne_micro", "bigint"),
    ("reason", "text"),
    ("person", "uuid"),
    ("network", "uuid"),
    ("works_for_shop_id", "bigint"),
    ("inputs", "text"),
    ("decision_stored", "boolean"),
)
_INSERT = (
    f"INSERT INTO spending_adevent ({', '.join(name for name, _ in _COLUMNS)}, freed)"  # noqa: S608 - our own names
    f" SELECT *, false FROM unnest({', '.join(f'%s::{kind}[]' for _, kind in _COLUMNS)})"
    " ON CONFLICT DO NOTHING RETURNING token"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an event: what its merchant pays, or why not."""

    billed_micro: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Entry:
    report: Report
    billed_micro: int
    reason: str


def record_clicks(clicks: Sequence[ClickReport]) -> list[ClickOutcome]:
    """Record clicks, each with its own verdict. At most 64 at once."""
    return [
        ClickOutcome(target, verdict.billed_micro > 0, verdict.reason)
        for target, verdict in _record_all(clicks, TokenKind.CLICK)
    ]


def record_viewed(views: Sequence[ClickReport]) -> list[Verdict]:
    """Record views, each with its own verdict. At most 64 at once."""
    return [verdict for _, verdict in _record_all(views, TokenKind.VIEW)]


def _record_all(clicks: Sequence[ClickReport], kind: TokenKind) -> list[tuple[AdTarget | None, Verdict]]:
    """Repeats are answered without a lock: what is recorded stays so."""
    assert len(clicks) <= MOST_AT_ONCE, len(clicks)
    reading = read_reports(clicks, kind)
    used = find_used(reading.reports)
    verdicts = {one.place: Verdict(0, _REASONS[TokenState.USED]) for one in reading.reports}
    written, short = _record([one for one in reading.reports if one.token not in used])
    verdicts |= written
    for shop_day in sorted({(one.target.shop_id, one.day) for one in short}):
        verdicts |= _record_filling([one for one in short if (one.target.shop_id, one.day) == shop_day])
    return [
        (target, verdicts.get(place) or Verdict(0, _REASONS[state]))
        for place, (state, target) in enumerate(zip(reading.states, reading.targets, strict=True))
    ]


@transaction.atomic(durable=True)
def _record(reports: Sequence[Report]) -> tuple[dict[int, Verdict], list[Report]]:
    """The verdicts by place, and the events of shops of which a lease is short: of these nothing is written."""
    if not reports:
        return {}, []
    lock_visitors(reports)
    till = lock_leases(reports, reports[0].at)
    fresh = _leave_out_used(reports)
    short = list_short(till, fresh)
    later = [one for one in fresh if (one.target.shop_id, one.day) in short]
    return _write([one for one in fresh if (one.target.shop_id, one.day) not in short], till), later


@transaction.atomic(durable=True)
def _record_filling(reports: Sequence[Report]) -> dict[int, Verdict]:
    """The same for events of one shop and day, with leases that can be filled up."""
    lock_visitors(reports)
    till = lock_leases(reports, reports[0].at)
    fresh = _leave_out_used(reports)
    open_till(till, fresh)
    return _write(fresh, till)


def _leave_out_used(reports: Sequence[Report]) -> list[Report]:
    """What nobody recorded meanwhile, each token once. The lease is locked: nobody can until this transaction ends.

    An insert of a token that is recorded would wait for whoever charges it, who may wait for our wallet.
    """
    used = find_used(reports)
    fresh: dict[UUID, Report] = {}
    for report in reports:
        if report.token not in used:
            fresh.setdefault(report.token, report)  # where it came first: the order decides verdicts
    return list(fresh.values())


def _write(reports: Sequence[Report], till: Till) -> dict[int, Verdict]:
    """The verdicts of what this transaction wrote; what somebody else wrote meanwhile has none here."""
    reasons = judge_all([one.event for one in reports], read_history(reports))
    entries = [
        _Entry(report, 0 if reason else till.pay(report), reason)
        for report, reason in zip(reports, reasons, strict=True)
    ]
    written = _insert(entries)
    for entry in entries:
        if entry.report.token not in written:
            till.take_back(entry.report, entry.billed_micro)
    till.save()
    return {
        entry.report.place: Verdict(entry.billed_micro, entry.reason)
        for entry in entries
        if entry.report.token in written
    }


def _insert(entries: Sequence[_Entry]) -> set[UUID]:
    if not entries:
        return set()
    decisions = map_decisions([entry.report for entry in entries])
    rows = []
    for entry in entries:
        shown = entry.report.shown
        page, line = decisions.get((shown.decision, shown.place, shown.ad), ("", None))
        rows.append(_make_row(entry, page, line))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
        return {token for (token,) in cursor.fetchall()}


def _make_row(entry: _Entry, page: str, line: StoredLine | None) -> tuple[object, ...]:
    """A row in the order of the columns."""
    report, shown, target = entry.report, entry.report.shown, entry.report.target
    others = report.facts.shop_ids - {target.shop_id}
    return (
        report.day,
        report.token,
        shown.kind.value,
        report.at,
        shown.decision,
        shown.place,
        shown.ad,
        target.campaign_id,
        target.group_id,
        line["keyword_id"] if line else None,
        target.shop_id,
        target.product_id,
        page,
        shown.lease,
        shown.price_micro,
        entry.billed_micro,
        0 if entry.reason else shown.price_micro - entry.billed_micro,
        entry.reason,
        report.persons[report.day],
        report.networks[report.day],
        min(others, default=None),
        line["inputs"] if line else "",
        line is not None,
    )
