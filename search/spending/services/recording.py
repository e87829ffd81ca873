"""Recording views and clicks: verified, judged, written once and paid in one transaction.

The rows that the insert wrote decide billing: their sums leave the leases in the same statement. Whatever one batch
needs is read for all of it at once: three statements, whether it is of one click or of 64. Events whose lease is short
are written in a second transaction, by shop and day, which fills the lease up first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db import transaction

from market.shops.backend.statements import ask
from search.auction.contracts import InvalidReason, TokenKind, TokenState
from search.spending.contracts import AdTarget, ClickOutcome, ClickReport
from search.spending.rules.arrays import write_array
from search.spending.rules.judging import History, judge_all
from search.spending.selectors.partitions import name_source
from search.spending.services.histories import list_days, read_history
from search.spending.services.lending import Till, list_short, lock_till, open_till
from search.spending.services.repeats import Repeats
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
    ("shop_id", "bigint"),
    ("product_id", "bigint"),
    ("lease_id", "bigint"),
    ("price_micro", "bigint"),
    ("billed_micro", "bigint"),
    ("borne_micro", "bigint"),
    ("reason", "text"),
    ("person", "uuid"),
    ("network", "uuid"),
    ("works_for_shop_id", "bigint"),
)
_NAMED = tuple(name for name, _ in _COLUMNS)
_NAMES = ", ".join(_NAMED)
_WRITE = (
    "WITH written AS ("  # noqa: S608 - our own names
    f"INSERT INTO spending_adevent ({_NAMES}, page, keyword_id, inputs, decision_stored, freed)"
    " SELECT e.*, COALESCE(line.page, ''), line.keyword_id, COALESCE(line.inputs, ''), line.page IS NOT NULL, false"
    f" FROM json_to_recordset(%s::json) AS e ({', '.join(f'{name} {kind}' for name, kind in _COLUMNS)})"
    " LEFT JOIN LATERAL ("
    "SELECT d.page, (one.value ->> 'keyword_id')::bigint AS keyword_id, one.value ->> 'inputs' AS inputs"
    " FROM {decisions} AS d, jsonb_array_elements(d.lines) AS one(value)"
    " WHERE d.day = ANY(%s::date[]) AND d.day = e.day AND d.decision_id = e.decision_id"
    " AND (one.value ->> 'place')::int = e.place AND (one.value ->> 'ad_id')::bigint = e.ad_id LIMIT 1) AS line ON true"
    " ON CONFLICT DO NOTHING RETURNING token, lease_id, billed_micro), "
    "paid AS (UPDATE spending_lease AS lease SET billed_micro = lease.billed_micro + sums.micro"
    " FROM (SELECT lease_id, sum(billed_micro)::bigint AS micro FROM written WHERE billed_micro > 0 GROUP BY lease_id)"
    " AS sums WHERE lease.id = sums.lease_id)"
    " SELECT token FROM written"
)
"""Events with their stored lines, as far as their decisions are stored; then what they cost leaves their leases."""


_repeats = {TokenKind.CLICK: Repeats(), TokenKind.VIEW: Repeats()}
"""Views are many more: clicks are not forgotten for them."""


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
    """Repeats that are known as such are answered without a lock: what is recorded stays so."""
    assert len(clicks) <= MOST_AT_ONCE, len(clicks)
    reading, repeats = read_reports(clicks, kind), _repeats[kind]
    used = repeats.find([one.token for one in reading.reports], {one.day for one in reading.reports})
    fresh = [one for one in reading.reports if one.token not in used]
    written, short = _record(fresh)
    for shop_day in sorted({(one.target.shop_id, one.day) for one in short}):
        written |= _record_filling([one for one in short if (one.target.shop_id, one.day) == shop_day])
    repeats.note([one.token for one in fresh], repeated=len(fresh) - len(written))
    verdicts = {one.place: Verdict(0, _REASONS[TokenState.USED]) for one in reading.reports} | written
    return [
        (target, verdicts.get(place) or Verdict(0, _REASONS[state]))
        for place, (state, target) in enumerate(zip(reading.states, reading.targets, strict=True))
    ]


@transaction.atomic(durable=True)
def _record(reports: Sequence[Report]) -> tuple[dict[int, Verdict], list[Report]]:
    """The verdicts by place, and the events of shops of which a lease is short: of these nothing is written."""
    if not reports:
        return {}, []
    till, fresh, history = _open(reports)
    short = list_short(till, fresh)
    later = [one for one in fresh if (one.target.shop_id, one.day) in short]
    return _write([one for one in fresh if (one.target.shop_id, one.day) not in short], history, till), later


@transaction.atomic(durable=True)
def _record_filling(reports: Sequence[Report]) -> dict[int, Verdict]:
    """The same for events of one shop and day, with leases that can be filled up."""
    till, fresh, history = _open(reports)
    open_till(till, fresh)
    return _write(fresh, history, till)


def _open(reports: Sequence[Report]) -> tuple[Till, list[Report], History]:
    """The locked till, what nobody recorded meanwhile, each token once, and what was recorded before of its visitors.

    Once the leases are locked, nobody can record any of it until this transaction ends. An insert of a token that is
    recorded would wait for whoever charges it, who may wait for our wallet.
    """
    till = lock_till(reports, reports[0].at)
    used, history = read_history(reports)
    fresh: dict[UUID, Report] = {}
    for report in reports:
        if report.token not in used:
            fresh.setdefault(report.token, report)  # where it came first: the order decides verdicts
    return till, list(fresh.values()), history


def _write(reports: Sequence[Report], history: History, till: Till) -> dict[int, Verdict]:
    """The verdicts of what this transaction wrote; what somebody else wrote meanwhile has none here."""
    if not reports:
        return {}
    reasons = judge_all([one.event for one in reports], history)
    entries = [
        _Entry(report, 0 if reason else till.pay(report), reason)
        for report, reason in zip(reports, reasons, strict=True)
    ]
    till.save()
    days = list_days(reports)
    rows = orjson.dumps([dict(zip(_NAMED, _make_row(entry), strict=True)) for entry in entries]).decode()
    sql = _WRITE.format(decisions=name_source("spending_decision", days))
    written = {token for (token,) in ask(sql, [rows, write_array(days)])}
    return {
        entry.report.place: Verdict(entry.billed_micro, entry.reason)
        for entry in entries
        if entry.report.token in written
    }


def _make_row(entry: _Entry) -> tuple[object, ...]:
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
        target.shop_id,
        target.product_id,
        shown.lease,
        shown.price_micro,
        entry.billed_micro,
        0 if entry.reason else shown.price_micro - entry.billed_micro,
        entry.reason,
        report.persons[report.day],
        report.networks[report.day],
        min(others, default=None),
    )
