"""What was recorded before of the tokens, persons and networks of a batch. Read with their locks held."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from market.shops.backend.statements import ask
from search.auction.contracts import TokenKind, TokenState
from search.spending.rules.arrays import write_array
from search.spending.rules.days import name_day
from search.spending.rules.judging import MERCHANTS_OWN, History
from search.spending.selectors.partitions import name_source
from search.spending.services.repeats import USED
from search.spending.services.reports import Report

_EVENTS = "spending_adevent"

# These run for every click: as statements they take a fifth of the time that querysets need to be put together, and as
# one statement a third of the time of three. Moments are read as microseconds and days as numbers, as rules have them.
_MOMENT = "(extract(epoch FROM at) * 1000000)::bigint"
_REASONS = ", ".join(f"'{reason}'" for reason in ("", *sorted(MERCHANTS_OWN)))
_OF_NETWORKS = " UNION ALL ".join(  # each kind has an index of its own
    "SELECT network, shop_id, at, reason FROM {of_clicks} AS event"  # noqa: S608 - words of ours
    f" WHERE day = ANY(%s::date[]) AND kind = '{kind}' AND network = ANY(%s::uuid[]) AND shop_id = ANY(%s::bigint[])"
    f" AND reason IN ({_REASONS})"
    for kind in ("click", "sale")
)
_HISTORY = (
    f"SELECT ({USED}),"  # noqa: S608 - no value in it
    f" (SELECT json_agg(json_build_array(person, ad_id, day - DATE '1970-01-01', {_MOMENT}, reason = ''))"
    " FROM {of_clicks} AS event"
    " WHERE day = ANY(%s::date[]) AND kind <> 'view' AND person = ANY(%s::uuid[]) AND ad_id = ANY(%s::bigint[])),"
    f" (SELECT json_agg(json_build_array(network, shop_id, {_MOMENT}, reason)) FROM ({_OF_NETWORKS}) AS clicks)"
)


def read_history(reports: Sequence[Report]) -> tuple[frozenset[UUID], History]:
    """Tokens that are recorded by now; earlier clicks of the batch's persons on its ads, and of its networks on its
    merchants' ads. One statement."""
    history, days = History(), list_days(reports)
    clicks = [one for one in reports if one.event.kind is not TokenKind.VIEW and one.event.state is TokenState.VALID]
    persons = {str(name): one.facts.person for one in clicks for name in one.persons.values() if name}
    networks = {str(name): one.facts.network for one in clicks for name in one.networks.values() if name}
    of_tokens, tokens = name_source(_EVENTS, days), [write_array(days), write_array(one.token for one in reports)]
    if not persons and not networks:
        [(used,)] = ask(USED.format(of_tokens=of_tokens), tokens)
        return frozenset(map(UUID, used or ())), history
    days = sorted({day for one in clicks for day in one.persons})
    ads, shops = write_array({one.shown.ad for one in clicks}), write_array({one.target.shop_id for one in clicks})
    of_persons, of_networks = (
        [write_array(days), write_array(persons), ads],
        [write_array(days), write_array(networks), shops],
    )
    sql = _HISTORY.format(of_tokens=of_tokens, of_clicks=name_source(_EVENTS, days))
    [(used, by_person, by_network)] = ask(sql, [*tokens, *of_persons, *of_networks, *of_networks])
    for name, ad, day, at_us, billed in by_person or ():
        history.note_person(persons[name], ad=ad, day=name_day(day), at_us=at_us, billed=billed)
    for name, shop, at_us, reason in by_network or ():
        history.note_network(networks[name], shop=shop, at_us=at_us, reason=reason)
    return frozenset(map(UUID, used or ())), history


def list_days(reports: Sequence[Report]) -> list[date]:
    """The days of the partitions that events are in, for the planner to leave out the others."""
    return sorted({one.day for one in reports})
