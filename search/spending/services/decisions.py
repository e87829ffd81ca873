"""Storing decisions, many at a time."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection

from search.spending.contracts import DecisionLine, StoredDecision
from search.spending.rules.naming import name_network, name_person
from search.spending.services.salts import get_salts

MOST_AT_ONCE = 500
LONGEST_QUERY = 200

_INSERT = (
    "INSERT INTO spending_decision (day, decision_id, decided_at, page, query, region, auction, person, network, lines,"
    " held_out) SELECT day, decision_id, decided_at, page, query, region, auction, person, network, lines::jsonb,"
    " held_out"
    " FROM unnest(%s::date[], %s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[],"
    " %s::uuid[], %s::uuid[], %s::text[], %s::boolean[])"
    " AS t(day, decision_id, decided_at, page, query, region, auction, person, network, lines, held_out)"
    " ON CONFLICT DO NOTHING"
)


def store_decisions(decisions: Sequence[StoredDecision]) -> int:
    """Store decisions; a repeat changes nothing. Returns how many are new. One statement for each 500."""
    salts = get_salts({one.day for one in decisions}) if decisions else {}
    stored = 0
    for start in range(0, len(decisions), MOST_AT_ONCE):
        rows = [_make_row(one, salts[one.day]) for one in decisions[start : start + MOST_AT_ONCE]]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
            stored += int(cursor.rowcount)
    return stored


def _make_row(one: StoredDecision, salt: bytes) -> tuple[object, ...]:
    return (
        one.day,
        one.decision_id,
        one.decided_at,
        one.page,
        one.query[:LONGEST_QUERY].replace("\0", ""),
        one.region[:12],
        one.auction,
        name_person(one.person, salt=salt),
        name_network(one.network, salt=salt),
        json.dumps(list(_list_lines(one.lines)), ensure_ascii=False),
        one.held_out,
    )


def _list_lines(lines: Iterable[DecisionLine]) -> Iterable[dict[str, object]]:
    for line in lines:
        yield {
            "ad_id": line.ad_id,
            "campaign_id": line.campaign_id,
            "group_id": line.group_id,
            "keyword_id": line.keyword_id,
            "shop_id": line.shop_id,
            "product_id": line.product_id,
            "place": line.place,
            "kind": line.kind.value,
            "price_micro": line.price_micro,
            "inputs": line.inputs,
        }
