"""One fixed place: its terms, who changed them, and its lots of the days around now."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.access import REVIEWERS, me, staff_page
from console.advertisers.views import describe_trail
from console.advertising.forms import FIELDS, NewPlaceForm, PlaceForm, show_place
from console.frame import render_page
from market.accounts.selectors import list_people_by_ids
from market.audit.selectors import list_entries
from market.shops.selectors import list_shops_by_ids
from search.campaigns.contracts.limits import CREATIVE_SIZES
from search.campaigns.words import name_page
from search.slots.contracts import LotUnit, SlotTerms, SlotView
from search.slots.rules.calendar import find_most_closes_minutes
from search.slots.selectors import count_standing_bids, get_slot, list_lots_of_slot, list_sold_prices
from search.slots.services import (
    BadSlot,
    BidsEndTooEarly,
    KeyTaken,
    NoPictureFits,
    PlaceTaken,
    SlotNotFound,
    TooManySlots,
    open_due_lots,
    save_slot,
)
from web.toasts import add_toast

BEHIND, AHEAD = timedelta(days=7), timedelta(days=31)
MOST_LINES = 8


@staff_page()
@require_GET
def show(request: HttpRequest, slot_id: int) -> HttpResponse:
    """The place with its lots."""
    slot = _find(slot_id)
    return _render(request, slot, PlaceForm(initial=show_place(slot)))


@staff_page(*REVIEWERS)
@require_POST
def change(request: HttpRequest, slot_id: int) -> HttpResponse:
    """New terms; lots that have bids keep the ones they were opened with."""
    slot, form = _find(slot_id), PlaceForm(request.POST)
    if form.is_valid() and _save(request, form, slot_id, form.to_terms(slot)) is not None:
        add_toast(request, gettext("Saved. Lots that have bids keep the terms they were opened with."))
        return redirect("console:ads-place", slot_id)
    return _render(request, slot, form, status=422)


@staff_page(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A place that is not sold yet."""
    form = NewPlaceForm(request.POST or None, initial=_BEGIN)
    if request.method == "POST" and form.is_valid():
        slot = _save(request, form, 0, form.to_new_terms())
        if slot is not None:
            sold = slot.terms.is_sold
            add_toast(
                request, gettext("Added: merchants bid from now on.") if sold else gettext("Added. Not sold yet.")
            )
            return redirect("console:ads-place", slot.slot_id)
    return render_page(request, "advertising/new_place.html", {"form": form}, status=422 if form.errors else 200)


_BEGIN = {
    "position": 1,
    "width": 1_200,
    "height": 200,
    "unit": LotUnit.DAY.value,
    "length": 1,
    "days_ahead": 7,
    "closes_minutes": 60,
    "reserve": "80.00",
    "step": "10.00",
    "is_sold": True,
}


def _save(request: HttpRequest, form: PlaceForm, slot_id: int, terms: SlotTerms) -> SlotView | None:
    """None where the form says what is wrong."""
    now = timezone.now()
    try:
        slot = save_slot(slot_id=slot_id, terms=terms, actor_id=me(request), now=now)
    except BadSlot as error:
        field = FIELDS.get(str(error), str(error))
        form.add_error(field if field in form.fields else None, _say_what_is_bad(error, terms))
    except KeyTaken:
        form.add_error("key", gettext("Another place has this key: choose another one."))
    except PlaceTaken:
        form.add_error("position", gettext("Another place of this kind has this position of the page."))
    except TooManySlots as error:
        form.add_error(None, gettext("There are %(most)s places already.") % {"most": error.args[0]})
    except SlotNotFound as error:
        raise Http404 from error
    else:
        open_due_lots(now=now)
        return slot
    return None


def _say_what_is_bad(error: BadSlot, terms: SlotTerms) -> str:
    match error:
        case BidsEndTooEarly():
            said = ngettext(
                "Lots open %(days)s day ahead, which leaves less than an hour to bid. "
                "Enter %(most)s minutes at most, or more days ahead.",
                "Lots open %(days)s days ahead, which leaves less than an hour to bid. "
                "Enter %(most)s minutes at most, or more days ahead.",
                terms.days_ahead,
            )
            return said % {"days": terms.days_ahead, "most": find_most_closes_minutes(terms.days_ahead)}
        case NoPictureFits():
            sizes = " · ".join(f"{width}×{height}" for width, height in CREATIVE_SIZES)
            said = gettext(
                "Merchants upload pictures in these proportions only: %(sizes)s. Give the place one of them."
            )
            return said % {"sizes": sizes}
    return gettext("This is beyond what a place can have.")


def _find(slot_id: int) -> SlotView:
    slot = get_slot(slot_id)
    if slot is None:
        raise Http404
    return slot


def _render(request: HttpRequest, slot: SlotView, form: PlaceForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    lots = list_lots_of_slot(slot.slot_id, since=now - BEHIND, until=now + AHEAD)
    bids = count_standing_bids([lot.lot_id for lot in lots])
    shops = list_shops_by_ids({lot.shop_id for lot in lots if lot.shop_id is not None})
    context = {
        "slot": slot,
        "page_name": name_page(slot.terms.page.value),
        "form": form,
        "lots": [(lot, shops.get(lot.shop_id or 0), bids.get(lot.lot_id, lot.bidders)) for lot in lots],
        "prices": list_sold_prices(slot.slot_id, before=now),
        "changed_by": list_people_by_ids([slot.changed_by] if slot.changed_by else []).get(slot.changed_by or 0),
        "trail": describe_trail(list_entries(target=("slot", slot.terms.key), limit=MOST_LINES)),
    }
    return render_page(request, "advertising/place.html", context, status=status)
