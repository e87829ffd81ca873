"""Views of charging: its health, charges under filters, one charge with its events and its proof."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from billing.ledger.selectors import get_poster_health, get_transaction
from console.access import staff_page
from console.advertising.amounts import print_exact, print_micro
from console.charging.verdict import judge
from console.frame import render_page
from console.invalid_clicks.page import describe_events
from console.lists import PAGE, cut, read_position
from console.shops.naming import read_shop
from market.outbox.selectors import get_health
from market.shops.selectors import list_shops_by_ids
from search.auction.contracts import TokenKind
from search.campaigns.selectors import map_campaigns
from search.reports.selectors import get_reports_health
from search.spending.contracts import ChargeFilter, Trouble
from search.spending.rules.days import floor_hour
from search.spending.selectors import (
    HourNotFound,
    count_leases,
    count_open_findings,
    get_charging_health,
    get_hour,
    list_charged,
    list_charges,
    list_unclosed_hours,
    sum_hours,
)

SPAN = timedelta(hours=48)
MOST_EVENTS = 200


@staff_page()
@require_GET
def show_health(request: HttpRequest) -> HttpResponse:
    """The verdict, and the numbers behind it."""
    now = timezone.now()
    health, leases = get_charging_health(now), count_leases(now=now)
    outbox, poster = get_health(now=now, consumers="search."), get_poster_health(now)
    context = {
        "verdicts": judge(health, leases, outbox, poster, now=now),
        "health": health,
        "leases": leases,
        "lent": print_micro(leases.granted_micro - leases.billed_micro),
        "carried": print_exact(health.carry_micro),
        "outbox": outbox,
        "poster": poster,
        "reports": get_reports_health(),
        "findings": count_open_findings(),
        "networks": len(settings.DATA_CENTRE_NETWORKS),
        "unclosed": [
            (one, print_micro(one.amount_micro), one.hour >= floor_hour(now)) for one in list_unclosed_hours(now=now)
        ],
        "hours": [
            (one, print_micro(one.sum_micro), _day_of(one.hour)) for one in sum_hours(since=now - SPAN, until=now)
        ],
        "now": now,
    }
    return render_page(request, "charging/health.html", context)


@staff_page()
@require_GET
def show_charges(request: HttpRequest) -> HttpResponse:
    """Charged hours, the one charged last first, of a shop, day or kind, or those that do not hold."""
    asked_shop = read_shop(request.GET)
    wanted = _read_filter(request, asked_shop.shop_id)
    scope = f"charges:{wanted}"
    page = cut(
        list_charges(wanted, before=read_position(request, scope), limit=PAGE + 1), scope, lambda hour: hour.charge_id
    )
    context = {
        "wanted": wanted,
        "asked_shop": asked_shop,
        "hours": page.items,
        "shops": list_shops_by_ids({hour.shop_id for hour in page.items}),
        "next_cursor": page.next_cursor,
        "is_filtered": wanted != ChargeFilter(),
    }
    return render_page(request, "charging/charges.html", context)


@staff_page()
@require_GET
def show_charge(request: HttpRequest, charge_id: int) -> HttpResponse:
    """One charge: sum, carry, what was posted, whether it is proven, and its events."""
    try:
        hour = get_hour(charge_id=charge_id)
    except HourNotFound as error:
        raise Http404 from error
    events = list_charged(hour, limit=MOST_EVENTS)
    context = {
        "hour": hour,
        "shop": list_shops_by_ids([hour.shop_id]).get(hour.shop_id),
        "sum": print_exact(hour.sum_micro),
        "carry_in": print_exact(hour.carry_in_micro),
        "carry_out": print_exact(hour.carry_out_micro),
        "transactions": [found for pk in hour.transaction_ids if (found := get_transaction(pk)) is not None],
        "events": describe_events(events, map_campaigns({event.campaign_id for event in events})),
        "hidden": hour.events + hour.freed - len(events),
    }
    return render_page(request, "charging/charge.html", context)


def _read_filter(request: HttpRequest, shop_id: int | None) -> ChargeFilter:
    """Raises `Http404` for words that name nothing."""
    day, kind, trouble = (request.GET.get(name, "") for name in ("day", "kind", "trouble"))
    try:
        return ChargeFilter(
            shop_id=shop_id,
            day=date.fromisoformat(day) if day else None,
            kind=TokenKind(kind) if kind else None,
            trouble=Trouble(trouble) if trouble else None,
        )
    except ValueError as error:
        raise Http404 from error


def _day_of(hour: datetime) -> date:
    return hour.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()
