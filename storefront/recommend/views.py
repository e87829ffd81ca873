"""Views of recommendations. Each shelf is a page of its own; with a script a part of it stands in other pages.

What is the same for every visitor is kept like other pages; what is one person's is never kept anywhere.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from billing.checkout.selectors import get_cart
from search.listings.selectors import find_listing
from search.results.selectors import get_for_you, get_going_with, get_related
from storefront.browse.kept import Draft, show_kept
from storefront.cart.owner import read_owner

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
    """One person's own shelf."""
    owner = read_owner(request)
    epochs = request.epochs  # type: ignore[attr-defined]
    shelf = get_for_you((), buyer_id=owner.user_id, epochs=epochs, now=timezone.now())
    return render(request, f"storefront/recommend/for_you_{_part(request)}.html", {"shelf": shelf})


@never_cache
@require_GET
def show_going_with_cart(request: HttpRequest) -> HttpResponse:
    """What goes with what is in the cart."""
    lines = get_cart(read_owner(request)).lines
    listing_ids = [line.offer.listing_id for line in sorted(lines, key=lambda line: line.added_at, reverse=True)]
    epochs = request.epochs  # type: ignore[attr-defined]
    items = get_going_with(listing_ids, epochs=epochs, now=timezone.now())
    return render(request, f"storefront/recommend/going_with_{_part(request)}.html", {"items": items})


def _part(request: HttpRequest) -> str:
    """Which template: the part that a script puts into a page, or a page."""
    return "part" if request.headers.get("HX-Request") == "true" else "page"
