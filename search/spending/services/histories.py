"""What was recorded before of the persons and networks of a batch. Read with their locks held."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from search.auction.contracts import TokenKind, TokenState
from search.spending.models import AdEvent, Decision
from search.spending.rules.days import to_us
from search.spending.rules.judging import MERCHANTS_OWN, History
from search.spending.rules.naming import number_lock
from search.spending.services.reports import Report

StoredLine = dict[str, object]


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
    days, tokens = {one.day for one in reports}, {one.token for one in reports}
    return set(AdEvent.objects.filter(day__in=days, token__in=tokens).values_list("token", flat=True))


def read_history(reports: Sequence[Report]) -> History:
    """Earlier clicks of the batch's persons on its ads, and of its networks on its merchants' ads."""
    history = History()
    clicks = [one for one in reports if one.event.kind is TokenKind.CLICK and one.event.state is TokenState.VALID]
    persons = {name: one.facts.person for one in clicks for name in one.persons.values() if name}
    networks = {name: one.facts.network for one in clicks for name in one.networks.values() if name}
    days: set[date] = {day for one in clicks for day in one.persons}
    rows = AdEvent.objects.filter(day__in=days, kind=TokenKind.CLICK.value)
    if persons:
        mine = rows.filter(person__in=list(persons), ad_id__in={one.shown.ad for one in clicks})
        for name, ad, day, at, reason in mine.values_list("person", "ad_id", "day", "at", "reason"):
            assert name is not None
            history.note_person(persons[name], ad=ad, day=day, at_us=to_us(at), billed=not reason)
    if networks:
        shops = {one.target.shop_id for one in clicks}
        mine = rows.filter(network__in=list(networks), shop_id__in=shops, reason__in=["", *MERCHANTS_OWN])
        for name, shop, at, reason in mine.values_list("network", "shop_id", "at", "reason"):
            assert name is not None
            history.note_network(networks[name], shop=shop, at_us=to_us(at), reason=reason)
    return history


def map_decisions(reports: Sequence[Report]) -> dict[tuple[UUID, int, int], tuple[str, StoredLine]]:
    """The page and line of each shown ad (decision, place, ad), as far as its decision is stored already."""
    wanted = {one.shown.decision for one in reports}
    rows = Decision.objects.filter(day__in={one.day for one in reports}, decision_id__in=wanted)
    return {
        (decision, line["place"], line["ad_id"]): (page, line)
        for decision, page, lines in rows.values_list("decision_id", "page", "lines")
        for line in lines
    }
