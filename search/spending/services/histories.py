"""What was recorded before of the tokens, persons and networks of a batch. Read with their locks held."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from search.auction.contracts import TokenKind, TokenState
from search.spending.rules.days import name_day
from search.spending.rules.judging import MERCHANTS_OWN, History
from search.spending.services.reports import Report

# These run for every click: as statements they take a fifth of the time that querysets need to be put together, and as
# one statement a third of the time of three. Moments are read as microseconds and days as numbers, as rules have them.
_MOMENT = "(extract(epoch FROM at) * 1000000)::bigint"
_USED = "SELECT array_agg(token) FROM spending_adevent WHERE day = ANY(%s::date[]) AND token = ANY(%s::uuid[])"
_OF_NETWORKS = " UNION ALL ".join(  # each kind has an index of its own
    "SELECT network, shop_id, at, reason FROM spending_adevent"  # noqa: S608 - two words of ours
    f" WHERE day = ANY(%s::date[]) AND kind = '{kind}' AND network = ANY(%s::uuid[]) AND shop_id = ANY(%s::bigint[])"
    " AND reason = ANY(%s::text[])"
    for kind in ("click", "sale")
)
_HISTORY = (
    f"SELECT ({_USED}),"  # noqa: S608 - no value in it
    f" (SELECT json_agg(json_build_array(person, ad_id, day - DATE '1970-01-01', {_MOMENT}, reason = ''))"
    " FROM spending_adevent"
    " WHERE day = ANY(%s::date[]) AND kind <> 'view' AND person = ANY(%s::uuid[]) AND ad_id = ANY(%s::bigint[])),"
    f" (SELECT json_agg(json_build_array(network, shop_id, {_MOMENT}, reason)) FROM ({_OF_NETWORKS}) AS clicks)"
)


def read_history(reports: Sequence[Report]) -> tuple[frozenset[UUID], History]:
    """Tokens that are recorded by now; earlier clicks of the batch's persons on its ads, and of its networks on its
    merchants' ads. One statement."""
    history = History()
    tokens = [list_days(reports), [one.token for one in reports]]
    clicks = [one for one in reports if one.event.kind is not TokenKind.VIEW and one.event.state is TokenState.VALID]
    persons = {str(name): one.facts.person for one in clicks for name in one.persons.values() if name}
    networks = {str(name): one.facts.network for one in clicks for name in one.networks.values() if name}
    if not persons and not networks:
        return frozenset(_ask(_USED, tokens)[0] or ()), history
    days = sorted({day for one in clicks for day in one.persons})
    ads, shops = {one.shown.ad for one in clicks}, {one.target.shop_id for one in clicks}
    of_networks = [days, list(networks), sorted(shops), ["", *sorted(MERCHANTS_OWN)]]
    values = [*tokens, days, list(persons), sorted(ads), *of_networks, *of_networks]
    used, by_person, by_network = _ask(_HISTORY, values)
    for name, ad, day, at_us, billed in by_person or ():
        history.note_person(persons[name], ad=ad, day=name_day(day), at_us=at_us, billed=billed)
    for name, shop, at_us, reason in by_network or ():
        history.note_network(networks[name], shop=shop, at_us=at_us, reason=reason)
    return frozenset(used or ()), history


def list_days(reports: Sequence[Report]) -> list[date]:
    """The days of the partitions that events are in, for the planner to leave out the others."""
    return sorted({one.day for one in reports})


def _ask(sql: str, values: Sequence[Any]) -> tuple[Any, ...]:  # Any: parameters and columns
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        row: tuple[Any, ...] = cursor.fetchone()
        return row
