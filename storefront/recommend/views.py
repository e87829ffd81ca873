"""Views of recommendations. Each shelf is a page of its own; with a script a part of it stands in other pages.

What is the same for every visitor is kept like other pages; what is one person's is never kept anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from billing.checkout.selectors import ShareNotFound, get_buyer_share, get_cart
from search.listings.selectors import find_listing
from search.results.selectors import get_for_you, get_going_with, get_related
from storefront.browse.kept import Draft, show_kept
from storefront.cart.owner import read_owner
from storefront.recommend.person import read_visitor
from web.access import sign_in_required

COUNTS_KEPT_SECONDS = 60
"""New counts are seen after a minute at most; goods that are hidden are gone with the next request."""


@require_safe
def show_related(request: HttpRequest, listing_id: int) -> HttpResponse:
    """What is looked at and bought together with a product, and what is like it."""
    epochs, now = request.epochs, timezone.now()  # type: ignore[attr-defined]
    document = find_listing(listing_id, epochs=epochs)
    if document is None:
        raise Http404
    name = _part(request)

    def build() -> Draft:
        related = get_related(document, epochs=epochs, now=now)
        return Draft(f"storefront/recommend/related_{name}.html", {"document": document, "related": related})

    version = (epochs, int(now.timestamp()) // COUNTS_KEPT_SECONDS)
    response = show_kept(request, path=f"{name} {request.path}", version=version, build=build)
    patch_vary_headers(response, ("HX-Request",))
    return response


@never_cache
@require_GET
def show_for_you(request: HttpRequest) -> HttpResponse:
    """One person's own shelf; everybody's for somebody unknown, and for those who want none of their own."""
    visitor = read_visitor(request)
    person, buyer_id = (visitor.person, visitor.buyer_id) if visitor.is_on else ("", None)
    epochs = request.epochs  # type: ignore[attr-defined]
    shelf = get_for_you(person, buyer_id=buyer_id, epochs=epochs, now=timezone.now())
    context = {"shelf": shelf, "visitor": visitor}
    return render(request, f"storefront/recommend/for_you_{_part(request)}.html", context)


@never_cache
@require_GET
def show_going_with_cart(request: HttpRequest) -> HttpResponse:
    """What goes with what is in the cart, with the newest first."""
    lines = get_cart(read_owner(request)).lines
    listing_ids = [line.offer.listing_id for line in sorted(lines, key=lambda line: line.added_at, reverse=True)]
    back = Back(gettext("Goes with what is in your cart"), reverse("storefront:cart"), gettext("Back to the cart"))
    return _show_going_with(request, listing_ids, back)


@never_cache
@sign_in_required
@require_GET
def show_going_with_order(request: HttpRequest, share_no: str) -> HttpResponse:
    """What goes with the goods of one's order."""
    assert request.user.is_authenticated
    try:
        share = get_buyer_share(share_no=share_no, buyer_id=request.user.pk)
    except ShareNotFound as error:
        raise Http404 from error
    listing_ids = [int(str(line["listing_id"])) for line in share.lines if line.get("listing_id")]
    address = reverse("storefront:order", args=[share_no])
    return _show_going_with(request, listing_ids, Back(gettext("Goes with it"), address, gettext("Back to the order")))


@dataclass(frozen=True, slots=True)
class Back:
    """What a shelf is called, and where it was come from."""

    title: str
    href: str
    label: str


def _show_going_with(request: HttpRequest, listing_ids: Sequence[int], back: Back) -> HttpResponse:
    epochs = request.epochs  # type: ignore[attr-defined]
    context = {"items": get_going_with(listing_ids, epochs=epochs, now=timezone.now()), "back": back}
    return render(request, f"storefront/recommend/going_with_{_part(request)}.html", context)


def _part(request: HttpRequest) -> str:
    """Which template: the part that a script puts into a page, or a page."""
    return "part" if request.headers.get("HX-Request") == "true" else "page"
