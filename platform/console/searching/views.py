"""The page of search's health."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from billing.settlement.services.days import business_date
from console.access import staff_page
from console.frame import render_page
from console.searching.page import SPANS, draw_days, draw_positions, read_asked
from market.outbox.selectors import get_health
from search.results.selectors import read_counting_health
from search.signals.selectors import get_search_health
from search.signals.services import count_waiting
from web.shapes import Tab
from web.valkey import breaker, client

MOST_PARKED = 50


@staff_page()
@require_GET
def show_search_health(request: HttpRequest) -> HttpResponse:
    """How engine, index and events stand, and what people asked in the last days."""
    now = timezone.now()
    days = _read_days(request)
    asked = read_asked(today=business_date(now), days=days)
    health = get_search_health()
    context = {
        "health": health,
        "parked": sorted(health.parked.items())[:MOST_PARKED],
        "deliveries": get_health(now=now, consumers="search."),
        "reports_waiting": breaker.ask(lambda: count_waiting(client()), None),
        "pairing_seconds": read_counting_health().measure_lag(now),
        "tabs": _list_tabs(days),
        "days": days,
        "asked": asked,
        "days_chart": draw_days(asked) if asked.searches else None,
        "positions_chart": draw_positions(asked),
    }
    return render_page(request, "searching/health.html", context)


def _read_days(request: HttpRequest) -> int:
    typed = request.GET.get("days", "")
    return next((span for span in SPANS if str(span) == typed), SPANS[1])


def _list_tabs(current: int) -> list[Tab]:
    address = reverse("console:search-health")
    return [
        Tab(ngettext("%(days)d day", "%(days)d days", span) % {"days": span}, f"{address}?days={span}", span == current)
        for span in SPANS
    ]
