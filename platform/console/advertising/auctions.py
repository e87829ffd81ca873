"""Pages of auctions: looked for, read, and held again."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from billing.settlement.services.days import business_date
from console.access import staff_page
from console.advertising.auction import describe_bids, describe_decisions, describe_lines, name_region
from console.frame import render_page
from console.lists import PAGE, read_number, read_text
from market.shops.selectors import read_epochs
from search.campaigns.contracts import PageKind
from search.campaigns.words import name_page
from search.spending.contracts import DecisionPosition, DecisionView
from search.spending.selectors import DecisionNotFound, SearchTooLong, get_decision, replay_decision, search_decisions
from web.paging import BadCursor, CursorPage, cut_page, decode_cursor

MOST_QUERY = 60
HOURS = 24


@staff_page()
@require_GET
def show_auctions(request: HttpRequest) -> HttpResponse:
    """Decisions of a day or an hour of it, by words and page, the latest first."""
    day = read_day(request.GET.get("day", "") or business_date(timezone.now()).isoformat())
    query, page = read_text(request, "q", MOST_QUERY), request.GET.get("page", "")
    if page and page not in {kind.value for kind in PageKind}:
        raise Http404
    hour = _read_hour(request.GET.get("hour", ""))
    try:
        found, is_too_long = _read_page(request, day, hour, query, page), False
    except SearchTooLong:
        found, is_too_long = CursorPage([], None), True
    context = {
        "hour": hour,
        "hours": [(number, f"{number:02}:00–{number + 1:02}:00") for number in range(HOURS)],
        "is_too_long": is_too_long,
        "day": day,
        "query": query,
        "page_kind": page,
        "pages": [(kind.value, name_page(kind.value)) for kind in PageKind],
        "rows": describe_decisions(found.items),
        "next_cursor": found.next_cursor,
    }
    return render_page(request, "advertising/auctions.html", context)


@staff_page()
@require_GET
def show_auction(request: HttpRequest, day: str, decision_id: UUID) -> HttpResponse:
    """One decision with its candidates, and the same auction held again from what was stored; ads that are paid per
    sale were chosen without one."""
    try:
        decision = get_decision(day=read_day(day), decision_id=decision_id)
    except DecisionNotFound as error:
        raise Http404 from error
    replay, epochs = replay_decision(decision) if decision.auction else None, read_epochs()
    context = {
        "decision": decision,
        "page_name": name_page(decision.page),
        "region": name_region(decision.region),
        "replay": replay,
        "lines": describe_lines(decision.lines, epochs=epochs),
        "bids": describe_bids(replay.stored.candidates, epochs=epochs) if replay and replay.stored else [],
    }
    return render_page(request, "advertising/auction.html", context)


def read_day(text: str) -> date:
    """A day in an address. Raises `Http404`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _read_hour(text: str) -> int | None:
    """An hour of the day; none for every hour. Raises `Http404`."""
    if not text:
        return None
    hour = read_number(text)
    if hour is None or hour >= HOURS:
        raise Http404
    return hour


def _read_page(request: HttpRequest, day: date, hour: int | None, query: str, page: str) -> CursorPage[DecisionView]:
    scope = f"console:auctions:{day}:{hour}:{query}:{page}"
    since = None
    if hour is not None:
        since = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(settings.BUSINESS_TIME_ZONE))
    after = None
    if cursor := request.GET.get("after"):
        try:
            moment, number = decode_cursor(cursor, scope=scope, length=2)
            after = DecisionPosition(datetime.fromisoformat(str(moment)), UUID(str(number)))
        except (BadCursor, ValueError) as error:
            raise Http404 from error
    rows = search_decisions(
        day=day,
        query=query,
        page=page,
        since=since,
        until=since and since + timedelta(hours=1),
        after=after,
        limit=PAGE + 1,
    )
    return cut_page(
        rows, size=PAGE, scope=scope, position=lambda row: [row.decided_at.isoformat(), str(row.decision_id)]
    )
