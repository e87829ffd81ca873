"""Views of the cart. Everything works as a plain form; with a script the same form sends itself."""

import re
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from billing.checkout.contracts import CartOwner
from billing.checkout.rules import MAX_QUANTITY
from billing.checkout.selectors import count_pieces
from billing.checkout.services import (
    BadQuantity,
    CartFull,
    LineNotFound,
    add_line,
    remove_lines,
    set_quantity,
    tick_lines,
    tick_only,
)
from search.listings.contracts import PublishedOffer
from search.listings.rules.offers import make_offer
from search.listings.selectors import find_listing
from search.signals.contracts import EventKind, Sighting
from storefront.cart.owner import make_owner, read_owner, remember
from storefront.cart.page import CartPage, CartRow, read_page
from storefront.seen.telling import tell
from web.toasts import add_toast

_STEP = re.compile(r"(\d{1,18}):(-?1)")


@never_cache
@require_GET
def show_cart(request: HttpRequest) -> HttpResponse:
    """The cart."""
    return _show(request, read_owner(request))


@require_POST
def add_to_cart(request: HttpRequest) -> HttpResponse:
    """Put one variant in; `buy` instead of `add` goes straight on to checkout with it alone."""
    published = _find_offer(request)
    quantity = _read_number(request.POST.get("quantity", "1"))
    owner = make_owner(request)
    buying_now = "buy" in request.POST
    try:
        if published is None or published.available <= 0:
            raise LineNotFound
        add_line(owner=owner, offer=published.offer, quantity=quantity, now=timezone.now())
        if buying_now:
            tick_only(
                owner=owner,
                shop_id=published.offer.shop_id,
                variant_id=published.offer.variant_id,
                quantity=quantity,
            )
    except LineNotFound:
        add_toast(request, gettext("This choice is sold out. Choose another one."), bad=True)
        return redirect("storefront:product", _read_number(request.POST.get("listing_id", "0")))
    except BadQuantity:
        add_toast(request, gettext("Enter a quantity from 1 to 999."), bad=True)
        return redirect("storefront:product", _read_number(request.POST.get("listing_id", "0")))
    except CartFull:
        add_toast(request, gettext("The cart is full: it holds 200 kinds. Take something out first."), bad=True)
        return redirect("storefront:cart")
    tell(request, [Sighting(EventKind.CARTED, published.offer.listing_id)])
    if not buying_now:
        add_toast(request, gettext("Added to the cart."))
    response = redirect("storefront:checkout" if buying_now else "storefront:cart")
    remember(response, owner, count_pieces(owner))
    return response


@require_POST
def change_cart(request: HttpRequest) -> HttpResponse:
    """The cart's one form: ticks and quantities as they stand, then what its button says."""
    owner = read_owner(request)
    page = read_page(owner, epochs=request.epochs)  # type: ignore[attr-defined]
    _apply_form(request, owner, page)
    if "settle" in request.POST:
        # What died since it was ticked shows no tick any more, and must not hold up the rest.
        tick_lines(owner=owner, line_ids=page.dead_ticks, ticked=False)
        return redirect("storefront:checkout")
    if request.headers.get("HX-Request") == "true":
        return _show(request, owner)
    return redirect("storefront:cart")


def _show(request: HttpRequest, owner: CartOwner) -> HttpResponse:
    page = read_page(owner, epochs=request.epochs)  # type: ignore[attr-defined]
    request.frame_counts = {"cart": page.pieces}  # type: ignore[attr-defined]
    part = request.headers.get("HX-Request") == "true"
    response = render(request, f"storefront/cart/{'swapped' if part else 'cart'}.html", {"cart": page})
    remember(response, owner, page.pieces)
    return response


def _apply_form(request: HttpRequest, owner: CartOwner, page: CartPage) -> None:
    ticked = {_read_number(value) for value in request.POST.getlist("tick")}
    for row in page.rows:
        line = row.line
        wanted = line.line_id in ticked
        if wanted != line.ticked and row.can_be_bought:
            tick_lines(owner=owner, line_ids=[line.line_id], ticked=wanted)
        quantity = _read_quantity(request, row)
        if quantity != line.quantity:
            set_quantity(owner=owner, line_id=line.line_id, quantity=quantity)
    _apply_buttons(request, owner, page)


def _apply_buttons(request: HttpRequest, owner: CartOwner, page: CartPage) -> None:
    if step := _STEP.fullmatch(request.POST.get("step", "")):
        for row in page.rows:
            quantity = _read_quantity(request, row) + int(step[2])
            if row.line.line_id == int(step[1]) and 1 <= quantity <= MAX_QUANTITY:
                set_quantity(owner=owner, line_id=row.line.line_id, quantity=quantity)
    if "take_out" in request.POST:
        remove_lines(owner=owner, line_ids=[_read_number(request.POST["take_out"])])
    if "remove_ticked" in request.POST:
        remove_lines(owner=owner, line_ids=[row.line.line_id for row in page.rows if row.line.ticked])
    if "remove_gone" in request.POST:
        remove_lines(owner=owner, line_ids=[row.line.line_id for row in page.rows if not row.can_be_bought])
    if "tick_all" in request.POST:
        _tick_alive(owner, page.rows, ticked=not page.is_all_ticked)
    for shop in page.shops:
        if f"shop-{shop.shop_id}" in request.POST:
            _tick_alive(owner, shop.rows, ticked=not shop.is_all_ticked)


def _tick_alive(owner: CartOwner, rows: Iterable[CartRow], *, ticked: bool) -> None:
    tick_lines(owner=owner, line_ids=[row.line.line_id for row in rows if row.can_be_bought], ticked=ticked)


def _read_quantity(request: HttpRequest, row: CartRow) -> int:
    """What was typed; what it was where nothing sensible was."""
    typed = _read_number(request.POST.get(row.field_name, ""))
    return typed if 1 <= typed <= MAX_QUANTITY else row.line.quantity


def _find_offer(request: HttpRequest) -> PublishedOffer | None:
    """The variant that was chosen: by its id, by its options, or the only one there is."""
    document = find_listing(_read_number(request.POST.get("listing_id", "0")), epochs=request.epochs)  # type: ignore[attr-defined]
    if document is None:
        raise Http404
    variant = document.find_variant(_read_number(request.POST.get("variant_id", "0")))
    chosen = [request.POST.get(f"option-{position}", "") for position in range(len(document.options))]
    if any(chosen):
        variant = next((item for item in document.variants if [str(c) for c in item.choices] == chosen), None)
    if variant is None and len(document.variants) == 1:
        variant = document.variants[0]
    return make_offer(document, variant) if variant else None


def _read_number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) <= 18 else 0
