"""What was recorded before of the persons and networks of a batch. Read with their locks held."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from search.auction.contracts import TokenKind, TokenState
from search.spending.rules.days import to_us
from search.spending.rules.judging import MERCHANTS_OWN, History
from search.spending.rules.naming import number_lock
from search.spending.services.reports import Report

StoredLine = dict[str, Any]  # JSON of ours

# These run for every click: as statements they take a fifth of the time that querysets need to be put together.
_USED = "SELECT token FROM spending_adevent WHERE day = ANY(%s::date[]) AND token = ANY(%s::uuid[])"
_BY_PERSON = (
    "SELECT person, ad_id, day, at, reason FROM spending_adevent"
    " WHERE day = ANY(%s::date[]) AND kind = 'click' AND person = ANY(%s::uuid[]) AND ad_id = ANY(%s::bigint[])"
)
_BY_NETWORK = (
    "SELECT network, shop_id, at, reason FROM spending_adevent"
    " WHERE day = ANY(%s::date[]) AND kind = 'click' AND network = ANY(%s::uuid[]) AND shop_id = ANY(%s::bigint[])"
    " AND reason = ANY(%s::text[])"
)
_DECISIONS = (
    "SELECT decision_id, page, lines::text FROM spending_decision"
    " WHERE day = ANY(%s::date[]) AND decision_id = ANY(%s::uuid[])"
)


def lock_visitors(reports: Iterable[Report]) -> None:
    """Let clicks of one person on an ad, and of one network on a merchant's ads, come one after the other.

    Transaction locks by number, in the order of numbers. Other clicks do not wait; nobody else takes them.
    """
    numbers = set()
    for report in reports:
        if report.event.kind is TokenKind.CLICK:
            if report.facts.person:
                numbers.add(number_lock("person", report.facts.person, report.shown.ad))
            if report.facts.network:
                numbers.add(number_lock("network", report.facts.network, report.target.shop_id))
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number", [sorted(numbers)]
            )


def find_used(reports: Sequence[Report]) -> set[UUID]:
    """Tokens that were recorded before."""
    if not reports:
        return set()
    return {token for (token,) in ask(_USED, [list_days(reports), [one.token for one in reports]])}


def read_history(reports: Sequence[Report]) -> History:
    """Earlier clicks of the batch's persons on its ads, and of its networks on its merchants' ads."""
    history = History()
    clicks = [one for one in reports if one.event.kind is TokenKind.CLICK and one.event.state is TokenState.VALID]
    persons = {name: one.facts.person for one in clicks for name in one.persons.values() if name}
    networks = {name: one.facts.network for one in clicks for name in one.networks.values() if name}
    days = sorted({day for one in clicks for day in one.persons})
    if persons:
        for name, ad, day, at, reason in ask(_BY_PERSON, [days, list(persons), [one.shown.ad for one in clicks]]):
            history.note_person(persons[name], ad=ad, day=day, at_us=to_us(at), billed=not reason)
    if networks:
        shops = [one.target.shop_id for one in clicks]
        for name, shop, at, reason in ask(_BY_NETWORK, [days, list(networks), shops, ["", *MERCHANTS_OWN]]):
            history.note_network(networks[name], shop=shop, at_us=to_us(at), reason=reason)
    return history


def map_decisions(reports: Sequence[Report]) -> dict[tuple[UUID, int, int], tuple[str, StoredLine]]:
    """The page and line of each shown ad (decision, place, ad), as far as its decision is stored already."""
    rows = ask(_DECISIONS, [list_days(reports), [one.shown.decision for one in reports]])
    return {
        (decision, line["place"], line["ad_id"]): (page, line)
        for decision, page, lines in rows
        for line in json.loads(lines)
    }


def list_days(reports: Sequence[Report]) -> list[date]:
    """The days of the partitions that events are in, for the planner to leave out the others."""
    return sorted({one.day for one in reports})


def ask(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:  # Any: parameters and columns
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())
