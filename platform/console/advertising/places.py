"""Fixed places: what they cost at least, and their lots ahead."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from console.access import REVIEWERS, me, staff_page
from console.frame import render_page
from market.money import BadAmount, parse_minor
from market.shops.selectors import list_shops_by_ids
from search.campaigns.contracts import PageKind
from search.slots.contracts import LotUnit, SlotKind, SlotTerms
from search.slots.selectors import count_standing_bids, list_calendar, list_slots, read_health
from search.slots.services import (
    BadSlot,
    PlaceTaken,
    SlotNotFound,
    TooManySlots,
    open_due_lots,
    save_slot,
    set_floor,
)
from tenants.catalog.contracts import Text
from web.toasts import add_toast

AHEAD = timedelta(days=3)
USUAL = (
    (SlotKind.CAROUSEL, 3, 400, 20_000, Text("首页轮播", "Home carousel")),
    (SlotKind.BANNER, 2, 200, 8_000, Text("首页横幅", "Home banner")),
)
"""What a new marketplace sells by the day: kind, how many, height of its picture, lowest price, name."""


@staff_page()
@require_GET
def show_places(request: HttpRequest) -> HttpResponse:
    """Places with their floors, and every lot of the next days."""
    now = timezone.now()
    lots = list_calendar(since=now, until=now + AHEAD)
    shops = list_shops_by_ids({lot.shop_id for lot in lots if lot.shop_id is not None})
    bids = count_standing_bids([lot.lot_id for lot in lots])
    context = {
        "places": list_slots(),
        "lots": [(lot, shops.get(lot.shop_id or 0), bids.get(lot.lot_id, lot.bidders)) for lot in lots],
        "health": read_health(now=now),
    }
    return render_page(request, "advertising/places.html", context)


@staff_page(*REVIEWERS)
@require_POST
def set_up(request: HttpRequest) -> HttpResponse:
    """Begin with the usual places of the home page; those that are there already stay as they are."""
    now = timezone.now()
    try:
        for terms in list_usual():
            save_slot(slot_id=0, terms=terms, actor_id=me(request), now=now)
    except (PlaceTaken, TooManySlots):
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


def list_usual() -> list[SlotTerms]:
    """The usual places of the home page."""
    return [
        SlotTerms(
            key=f"home-{kind.value}-{position}",
            page=PageKind.HOME,
            kind=kind,
            position=position,
            width=1_200,
            height=height,
            unit=LotUnit.DAY,
            length=1,
            days_ahead=7,
            closes_minutes=60,
            reserve_minor=reserve_minor,
            step_minor=1_000,
            name=Text(f"{name.zh}{position}", f"{name.en} {position}"),
        )
        for kind, count, height, reserve_minor, name in USUAL
        for position in range(1, count + 1)
    ]
