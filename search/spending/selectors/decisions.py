"""Stored decisions: searched, read, held again."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from psycopg.errors import QueryCanceled

from search.auction.contracts import Decision as AuctionDecision
from search.auction.contracts import DisplayDecision, TokenKind
from search.auction.display import replay_display
from search.auction.keyword import get_terms, replay
from search.auction.records import BadRecord, read_record
from search.auction.versions import UnknownVersion
from search.spending.contracts import DecisionLine, DecisionPosition, DecisionView
from search.spending.models import Decision

MOST_LISTED = 200


SEARCH_MS = 4_000
_LIMIT = "SELECT set_config('statement_timeout', %s, true)"


class SearchTooLong(RuntimeError):
    """There are too many decisions to go through all of them: a shorter time would do."""


class DecisionNotFound(LookupError):
    """It was never stored, or is older than 35 days."""


@dataclass(frozen=True, slots=True)
class Replay:
    """An auction as it was stored and as it comes out now. `problem` says why it could not be held again."""

    stored: AuctionDecision | DisplayDecision | None
    again: AuctionDecision | DisplayDecision | None
    problem: str = ""

    @property
    def is_same(self) -> bool:
        """Whether winners and prices are the same, bit for bit."""
        return self.stored is not None and self.stored == self.again


def get_decision(*, day: date, decision_id: UUID) -> DecisionView:
    """One decision. Raises `DecisionNotFound`."""
    row = Decision.objects.filter(day=day, decision_id=decision_id).first()
    if row is None:
        raise DecisionNotFound(str(decision_id))
    return _to_view(row)


def search_decisions(
    *,
    day: date,
    query: str = "",
    page: str = "",
    campaign_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: DecisionPosition | None = None,
    limit: int = 50,
) -> list[DecisionView]:
    """Decisions of a day that contain the words, the latest first; `after` is the last one of the page before.

    From a moment on and before another one, where these are said: what is rare is looked for in every decision of the
    time. Raises `SearchTooLong` after four seconds.
    """
    rows = Decision.objects.filter(day=day)
    if since is not None:
        rows = rows.filter(decided_at__gte=since)
    if until is not None:
        rows = rows.filter(decided_at__lt=until)
    if query:
        rows = rows.filter(query__icontains=query)
    if page:
        rows = rows.filter(page=page)
    if campaign_id is not None:
        rows = rows.filter(lines__contains=[{"campaign_id": campaign_id}])
    if after is not None:
        is_same_moment = Q(decided_at=after.decided_at, decision_id__gt=after.decision_id)
        rows = rows.filter(decided_at__lte=after.decided_at)  # what the index finds
        rows = rows.filter(Q(decided_at__lt=after.decided_at) | is_same_moment)
    return [_to_view(row) for row in _read(rows.order_by("-decided_at", "decision_id")[: min(limit, MOST_LISTED)])]


def _read(rows: QuerySet[Decision]) -> list[Decision]:
    """The rows, within the time that there is; what comes later in the transaction has no limit of ours."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LIMIT, [str(SEARCH_MS)])
            found = list(rows)
            cursor.execute(_LIMIT, ["0"])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTooLong from error
        raise
    return found


def replay_decision(decision: DecisionView) -> Replay:
    """Hold a stored auction again: one for words by the rules and weights of its versions, one for places by its own
    floor and step."""
    if not decision.auction:
        return Replay(None, None, "there was no auction")
    try:
        if _is_display(decision.auction):
            display = read_record(DisplayDecision, decision.auction)
            return Replay(display, replay_display(display))
        stored = read_record(AuctionDecision, decision.auction)
        return Replay(stored, replay(stored, get_terms(stored)))
    except (BadRecord, UnknownVersion) as problem:
        return Replay(None, None, str(problem))


def _is_display(record: str) -> bool:
    """An auction for places knows one floor for all; one for words a mechanism."""
    try:
        names = json.loads(record)
    except (ValueError, RecursionError):
        return False  # whoever reads it says what is wrong
    return isinstance(names, dict) and "floor_minor" in names


def read_line(line: dict[str, Any]) -> DecisionLine:  # Any: JSON of ours
    """A line as it was stored."""
    return DecisionLine(**{**line, "kind": TokenKind(line["kind"])})


def _to_view(row: Decision) -> DecisionView:
    return DecisionView(
        decision_id=row.decision_id,
        day=row.day,
        decided_at=row.decided_at,
        page=row.page,
        query=row.query,
        region=row.region,
        auction=row.auction,
        lines=tuple(read_line(line) for line in row.lines),
        held_out=row.held_out,
    )
