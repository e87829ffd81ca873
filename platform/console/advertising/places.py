"""Fixed places: what they cost at least, and their lots ahead."""

from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.settlement.services.days import business_date
from console.access import REVIEWERS, me, staff_page
from console.frame import render_page
from market.money import BadAmount, parse_minor
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops_by_ids
from search.slots.contracts import LotView
from search.slots.rules.usual import list_usual
from search.slots.selectors import count_standing_bids, list_calendar, list_slots, read_health
from search.slots.services import (
    BadSlot,
    KeyTaken,
    PlaceTaken,
    SlotNotFound,
    TooManySlots,
    open_due_lots,
    save_slot,
    set_floor,
)
from web.toasts import add_toast

AHEAD = timedelta(days=3)
Lots = list[tuple[LotView, ShopContext | None, int]]


@staff_page()
@require_GET
def show_places(request: HttpRequest) -> HttpResponse:
    """Places with their floors, and every lot of the next days."""
    now = timezone.now()
    context = {"places": list_slots(), "days": list_days(now), "health": read_health(now=now)}
    return render_page(request, "advertising/places.html", context)


@staff_page(*REVIEWERS)
@require_POST
def set_up(request: HttpRequest) -> HttpResponse:
    """Begin with the usual places of the home page; those that are there already stay as they are."""
    now = timezone.now()
    try:
        for terms in list_usual():
            save_slot(slot_id=0, terms=terms, actor_id=me(request), now=now)
    except (KeyTaken, PlaceTaken, TooManySlots):
        add_toast(request, gettext("Some of these places are there already."), bad=True)
    else:
        add_toast(request, gettext("Set up: merchants bid from now on."))
    open_due_lots(now=now)
    return redirect("console:ads-places")


@staff_page(*REVIEWERS)
@require_POST
def set_price(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Change what a place costs at least. Lots with bids keep their price."""
    try:
        reserve, step = (parse_minor(request.POST.get(name, "")[:20]) for name in ("reserve", "step"))
        set_floor(slot_id=slot_id, reserve_minor=reserve, step_minor=step, actor_id=me(request), now=timezone.now())
    except (BadAmount, BadSlot):
        add_toast(request, gettext("Enter two sums above zero, such as 200 and 10."), bad=True)
    except SlotNotFound:
        add_toast(request, gettext("There is no such place."), bad=True)
    else:
        add_toast(request, gettext("Changed for every lot that nobody has bid for."))
    return redirect("console:ads-places")


def list_days(now: datetime) -> list[tuple[date, Lots, datetime | None]]:
    """The lots of the next days, each with who won it and how many bid, by the day on which they begin; and when the
    bids of a day end, if all do at once."""
    lots = list_calendar(since=now, until=now + AHEAD)
    shops = list_shops_by_ids({lot.shop_id for lot in lots if lot.shop_id is not None})
    bids = count_standing_bids([lot.lot_id for lot in lots])
    days: dict[date, Lots] = {}
    for lot in lots:
        row = (lot, shops.get(lot.shop_id or 0), bids.get(lot.lot_id, lot.bidders))
        days.setdefault(business_date(lot.span.starts_at), []).append(row)
    return [(day, rows, _find_end(rows)) for day, rows in days.items()]


def _find_end(rows: Lots) -> datetime | None:
    ends = {lot.span.closes_at for lot, _, _ in rows}
    return ends.pop() if len(ends) == 1 else None
