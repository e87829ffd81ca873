"""Events and corrections in the order in which they can be followed: no commit is ever missed.

Read is only what transactions wrote that are older than every running one (`pg_snapshot_xmin`): whatever commits later
has a larger transaction id, and is read later.
"""

from typing import Any

from django.db import connection

from search.auction.contracts import TokenKind
from search.spending.contracts import AdEventView, Correction, CorrectionKind, FeedPosition

_EVENT = (
    "SELECT e.number, e.day, e.token, e.kind, e.at, e.decision_id, e.place, e.ad_id, e.campaign_id, e.group_id,"
    " COALESCE(e.keyword_id, (line.value ->> 'keyword_id')::bigint), e.shop_id, e.product_id,"
    " COALESCE(NULLIF(e.page, ''), d.page, ''), COALESCE(d.query, ''), COALESCE(d.region, ''), e.lease_id,"
    " e.price_micro, e.billed_micro, e.borne_micro, e.reason, e.person, e.network, e.dwell_ms, e.charge_id,"
    " COALESCE(NULLIF(e.inputs, ''), line.value ->> 'inputs', ''), e.decision_stored OR d.decision_id IS NOT NULL,"
    " e.written_in::text"
)
_DECISION = (
    " LEFT JOIN spending_decision AS d ON d.day = e.day AND d.decision_id = e.decision_id"
    " LEFT JOIN LATERAL (SELECT one.value FROM jsonb_array_elements(d.lines) AS one(value)"
    " WHERE (one.value ->> 'place')::int = e.place AND (one.value ->> 'ad_id')::bigint = e.ad_id LIMIT 1) AS line"
    " ON true"
)
_READ_EVENTS = (
    f"{_EVENT} FROM (SELECT * FROM spending_adevent"  # noqa: S608 - no value in it
    " WHERE (written_in, number) > (%s::text::xid8, %s)"
    " AND written_in < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY written_in, number LIMIT %s) AS e"
    f"{_DECISION} ORDER BY e.written_in, e.number"
)
_READ_CORRECTIONS = (
    "SELECT id, day, token, shop_id, campaign_id, kind, amount_micro, reason, at, written_in::text"
    " FROM spending_correction WHERE (written_in, id) > (%s::text::xid8, %s)"
    " AND written_in < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY written_in, id LIMIT %s"
)


def read_events(*, after: FeedPosition, limit: int) -> tuple[list[AdEventView], FeedPosition]:
    """The next events, and the position to go on from: one statement."""
    rows = _ask(_READ_EVENTS, [str(after.xid), after.number, limit])
    events = [view_event(row) for row in rows]
    return events, FeedPosition(events[-1].written_in, events[-1].number) if events else after


def read_corrections(*, after: FeedPosition, limit: int) -> tuple[list[Correction], FeedPosition]:
    """The next corrections, and the position to go on from: one statement."""
    rows = _ask(_READ_CORRECTIONS, [str(after.xid), after.number, limit])
    corrections = [_to_correction(row) for row in rows]
    return corrections, FeedPosition(int(rows[-1][-1]), rows[-1][0]) if rows else after


def select_events(condition: str, values: list[Any], *, order: str, limit: int) -> list[AdEventView]:
    """Events under a condition on `e`, with their decisions. The condition is written by us; values are bound."""
    sql = (
        f"{_EVENT} FROM (SELECT * FROM spending_adevent AS e WHERE {condition}"  # noqa: S608
        f" ORDER BY {order} LIMIT %s) AS e{_DECISION} ORDER BY {order}"
    )
    return [view_event(row) for row in _ask(sql, [*values, limit])]


def view_event(row: tuple[Any, ...]) -> AdEventView:  # Any: a row of columns
    """An event out of its columns."""
    names = AdEventView.__slots__
    known = dict(zip(names, row, strict=True))
    return AdEventView(**{**known, "kind": TokenKind(known["kind"]), "written_in": int(known["written_in"])})


def _to_correction(row: tuple[Any, ...]) -> Correction:
    number, day, token, shop_id, campaign_id, kind, amount_micro, reason, at, _ = row
    return Correction(
        number=number,
        day=day,
        token=token,
        shop_id=shop_id,
        campaign_id=campaign_id,
        kind=CorrectionKind(kind),
        amount_micro=amount_micro,
        reason=reason,
        at=at,
    )


def _ask(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
