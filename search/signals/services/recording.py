"""Writing the log: each report once, nothing of people who do not want it, a sale under the click it came of."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from billing.settlement.services.days import business_date
from search.listings.contracts import ListingPlace
from search.listings.selectors import map_places
from search.signals.contracts import HIGHEST_POSITION, MOST_SIGHTINGS, Device, EventKind, Report, Sighting
from search.signals.models import Choice, LogHead, Query, SearchEvent
from search.signals.rules.visitors import find_week, make_token, make_visitor
from search.signals.rules.words import LONGEST_QUERY
from search.signals.services.salts import get_salts

KEPT = timedelta(days=35)
CLICK_HOLDS = timedelta(days=1)
"""How long after a click what is put into the cart or bought is said to come of it."""


_DEVICES = frozenset(device.value for device in Device)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose events a report's are, on which business day, of which query."""

    day: date
    visitor: uuid.UUID | None
    query_id: int | None


@transaction.atomic(durable=True)
def record_reports(*, reports: Sequence[Report], now: datetime) -> int:
    """Write the events of reports; a report told again writes nothing. Returns how many events are new.

    Left out: what is older than the log, listings that are not shown, and persons who said no or had themselves
    forgotten. One writer at a time, so that events become visible in the order of their ids.
    """
    lock_head()
    wanted = _leave_out(reports, now)
    rows = _make_rows(wanted)
    if not rows:
        return 0
    last_id = SearchEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    SearchEvent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2_000)
    _ascribe(after=last_id)
    return SearchEvent.objects.filter(pk__gt=last_id).count()


def lock_head() -> None:
    """Be the only one who changes what the log speaks of, until the transaction ends."""
    if LogHead.objects.select_for_update(no_key=True).filter(pk=1).first() is None:
        LogHead.objects.bulk_create([LogHead(pk=1)], ignore_conflicts=True)
        LogHead.objects.select_for_update(no_key=True).get(pk=1)


def _leave_out(reports: Sequence[Report], now: datetime) -> list[Report]:
    choices = {row.person: row for row in Choice.objects.filter(person__in={report.person for report in reports})}
    kept = []
    for report in reports:
        choice = choices.get(report.person)
        if report.at <= now - KEPT or (choice and choice.is_off):
            continue
        if choice is None or choice.forgotten_at is None or report.at > choice.forgotten_at:
            kept.append(report)
    return kept


def _make_rows(reports: Sequence[Report]) -> list[SearchEvent]:
    query_ids = _name_queries({report.query for report in reports if 0 < len(report.query) <= LONGEST_QUERY})
    salts = get_salts({find_week(business_date(report.at)) for report in reports})
    places = map_places({sight.listing_id for report in reports for sight in report.sightings if sight.listing_id})
    rows = []
    for report in reports:
        day = business_date(report.at)
        asked = _Asked(day, make_visitor(report.person, salt=salts[find_week(day)]), query_ids.get(report.query))
        for sight in report.sightings[:MOST_SIGHTINGS]:
            place = places.get(sight.listing_id or 0)
            if sight.kind is EventKind.SEARCHED and asked.query_id is not None:
                rows.append(_make_row(report, replace(sight, listing_id=None), asked, None))
            elif sight.kind is not EventKind.SEARCHED and place is not None:
                rows.append(_make_row(report, sight, asked, place))
    return rows


def _make_row(report: Report, sight: Sighting, asked: _Asked, place: ListingPlace | None) -> SearchEvent:
    position = sight.position or 0
    return SearchEvent(
        token=make_token(report.token, report.person, sight.kind.value, report.query, sight.listing_id),
        kind=sight.kind.value,
        at=report.at,
        day=asked.day,
        visitor=asked.visitor,
        query_id=asked.query_id,
        language=report.language[:8],
        listing_id=sight.listing_id,
        shop_id=place.shop_id if place else None,
        category_id=place.category_id if place else report.category_id,
        position=position if 0 < position <= HIGHEST_POSITION else None,
        total=report.total if place is None else None,
        device=report.device if report.device in _DEVICES else "",
        region=report.region[:2],
    )


def _name_queries(queries: set[str]) -> dict[str, int]:
    known = dict(Query.objects.filter(key__in=queries).values_list("key", "pk"))
    if new := sorted(queries - known.keys()):
        Query.objects.bulk_create([Query(key=key) for key in new], ignore_conflicts=True)
        known.update(Query.objects.filter(key__in=new).values_list("key", "pk"))
    return known


def _ascribe(*, after: int) -> None:
    """Give new events that came of no list the query and place of their visitor's last click on the offer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signals_searchevent AS event SET query_id = click.query_id, position = click.position"
            " FROM signals_searchevent AS late CROSS JOIN LATERAL ("
            "  SELECT query_id, position FROM signals_searchevent AS earlier"
            "  WHERE earlier.visitor = late.visitor AND earlier.kind = 'clicked'"
            "  AND earlier.listing_id = late.listing_id"
            "  AND earlier.at BETWEEN late.at - make_interval(secs => %s) AND late.at"
            "  ORDER BY earlier.at DESC, earlier.id DESC LIMIT 1"
            " ) AS click WHERE late.id > %s AND late.visitor IS NOT NULL AND late.query_id IS NULL"
            " AND late.kind IN ('viewed', 'carted', 'bought') AND event.id = late.id",
            [CLICK_HOLDS.total_seconds(), after],
        )
