"""Views of fixed places: what is for sale, a place's calendar, a lot to bid for, and every bid of the shop."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.wallets.selectors import get_wallet
from market.money import format_minor
from merchant_portal.access import Visit, shop_required, visit_of
from merchant_portal.ads.held_up import describe_held_up
from merchant_portal.frame import render_page
from merchant_portal.slots import words
from merchant_portal.slots.forms import BidForm, CreativeForm
from merchant_portal.slots.page import describe_lot, list_days, list_fitting, list_places
from search.campaigns.selectors import map_creatives
from search.slots.contracts import BidState, BidView, LotState, LotView
from search.slots.selectors import (
    find_lot,
    find_slot,
    list_bids_of_shop,
    list_outcomes,
    list_parts,
    list_sold_prices,
)
from search.slots.services import (
    BidNotFound,
    CreativeUnfit,
    LotClosed,
    change_creative,
    place_lot_bid,
    withdraw_bid,
)
from web.paging import BadCursor, cut_page, decode_cursor
from web.toasts import add_toast

PAGE = 30


@require_GET
@shop_required("money")
def show_places(request: HttpRequest) -> HttpResponse:
    """Every fixed place that is for sale."""
    shop_id = visit_of(request).shop.shop_id
    now = timezone.now()
    context = {
        "places": list_places(shop_id, now),
        "wallet": get_wallet(shop_id),
        **describe_held_up(shop_id, now=now),
    }
    return render_page(request, "portal/slots/places.html", context)


@require_GET
@shop_required("money")
def show_place(request: HttpRequest, key: str) -> HttpResponse:
    """The lots of one place, day by day."""
    slot, now = find_slot(key), timezone.now()
    if slot is None or not slot.terms.is_sold:
        raise Http404
    context = {
        "slot": slot,
        "length": words.name_length(slot.terms),
        "prices": words.list_prices(list_sold_prices(slot.slot_id, before=now)),
        "days": list_days(visit_of(request).shop.shop_id, slot, now),
    }
    return render_page(request, "portal/slots/place.html", context)


@require_http_methods(["GET", "POST"])
@shop_required("money")
def show_lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """One lot: bid and raise while it is open; what it cost, and why, afterwards."""
    visit, lot = visit_of(request), _find(lot_id)
    bid = _find_bid(visit, lot)
    creatives = list_fitting(visit.shop.shop_id, lot.slot)
    if request.method == "GET":
        initial = {"maximum": format_minor(bid.maximum_minor), "creative": bid.creative_id} if bid else None
        return _render(request, lot, bid, BidForm(initial=initial, creatives=creatives))
    form = BidForm(request.POST, creatives=creatives)
    if form.is_valid() and _bid(visit, lot, form):
        add_toast(request, gettext("Your bid stands. Nobody else sees it, and its money is held until bids end."))
        return redirect("portal:lot", lot_id)
    return _render(request, lot, bid, form, status=422)


@require_POST
@shop_required("money")
def withdraw(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Take a bid back."""
    visit, lot = visit_of(request), _find(lot_id)
    try:
        withdraw_bid(lot_id=lot_id, shop_id=visit.shop.shop_id, actor_id=visit.user_id, now=timezone.now())
    except BidNotFound:
        add_toast(request, gettext("There is no bid of yours to withdraw."), bad=True)
    except LotClosed:
        add_toast(request, gettext("Bids for this lot have ended."), bad=True)
    else:
        add_toast(request, gettext("Withdrawn. What was held is on your balance again."))
    return redirect("portal:lot", lot.lot_id)


@require_POST
@shop_required("money")
def change_picture(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Show another approved picture in a lot that was won."""
    visit, lot = visit_of(request), _find(lot_id)
    form = CreativeForm(request.POST, creatives=list_fitting(visit.shop.shop_id, lot.slot, approved=True))
    try:
        if not form.is_valid():
            raise CreativeUnfit
        change_creative(
            lot_id=lot_id,
            shop_id=visit.shop.shop_id,
            creative_id=form.cleaned_data["creative"],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except (BidNotFound, CreativeUnfit, LotClosed):
        add_toast(request, gettext("This picture cannot be shown here. Choose an approved one that fits."), bad=True)
    else:
        add_toast(request, gettext("Changed. Shoppers see the new picture with the next page."))
    return redirect("portal:lot", lot.lot_id)


@require_GET
@shop_required("money")
def show_bids(request: HttpRequest) -> HttpResponse:
    """Every bid of the shop that stands or was decided, with its outcome, the latest first."""
    shop_id, now = visit_of(request).shop.shop_id, timezone.now()
    scope, before = f"lot-bids:{shop_id}", None
    if "after" in request.GET:
        try:
            (before,) = decode_cursor(request.GET["after"], scope=scope, length=1)
        except BadCursor as error:
            raise Http404 from error
    found = list_outcomes(shop_id=shop_id, before=before if isinstance(before, int) else None, limit=PAGE + 1)
    page = cut_page(found, size=PAGE, scope=scope, position=lambda pair: [pair[0].bid_id])
    rows = [describe_lot(lot, bid, now) for bid, lot in page.items]
    return render_page(request, "portal/slots/bids.html", {"rows": rows, "next_cursor": page.next_cursor})


def _find(lot_id: int) -> LotView:
    lot = find_lot(lot_id)
    if lot is None:
        raise Http404
    return lot


def _find_bid(visit: Visit, lot: LotView) -> BidView | None:
    return list_bids_of_shop(shop_id=visit.shop.shop_id, lot_ids=[lot.lot_id]).get(lot.lot_id)


def _bid(visit: Visit, lot: LotView, form: BidForm) -> bool:
    """False where it was refused; the form then says why."""
    try:
        place_lot_bid(
            lot_id=lot.lot_id,
            shop_id=visit.shop.shop_id,
            maximum_minor=form.cleaned_data["maximum"],
            creative_id=form.cleaned_data["creative"],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except words.REFUSALS as error:
        form.add_error(*words.say_refusal(error))
        return False
    return True


def _render(
    request: HttpRequest, lot: LotView, bid: BidView | None, form: BidForm, *, status: int = 200
) -> HttpResponse:
    visit, now = visit_of(request), timezone.now()
    won = bid is not None and bid.state is BidState.WON
    running = won and lot.state is LotState.CLOSED and now < lot.span.ends_at
    approved = list_fitting(visit.shop.shop_id, lot.slot, approved=True) if running else []
    context = {
        "row": describe_lot(lot, bid, now),
        "lot": lot,
        "bid": bid,
        "form": form,
        "creatives": [(one, *words.badge_creative(one.state)) for one in list_fitting(visit.shop.shop_id, lot.slot)],
        "prices": words.list_prices(list_sold_prices(lot.slot.slot_id, before=now)),
        "wallet": get_wallet(visit.shop.shop_id),
        "length": words.name_length(lot.slot.terms),
        "won": won,
        "explained": words.explain_price(lot) if won else [],
        "parts": [(part, *words.badge_part(part.state)) for part in list_parts(lot.lot_id)] if won else [],
        "lost": words.say_lost(bid, lot) if bid and bid.state is BidState.LOST else "",
        "shown": map_creatives([lot.creative_id])[lot.creative_id] if won and lot.creative_id else None,
        "picture_form": CreativeForm(initial={"creative": lot.creative_id}, creatives=approved) if approved else None,
    }
    return render_page(request, "portal/slots/lot.html", context, status=status)
