"""Views of lists: those of the market, and those of a shop on the market's and on its own host."""

from collections.abc import Hashable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from market.shops.contracts import ShopContext
from market.shops.selectors import list_open_shops
from search.collections.contracts import Collection
from search.collections.selectors import find_collection, list_collections, show_collection
from search.listings.contracts import BadQuery
from search.listings.selectors import read_generation
from storefront.browse.kept import Draft, digest, show_kept
from storefront.browse.suggesting import list_hot, list_offered_ids
from web.shapes import Tab

LONGEST_CURSOR = 200


@require_safe
def show_list(request: HttpRequest, slug: str) -> HttpResponse:
    """A list of the market."""
    return _show(request, None, slug)


@require_safe
def show_shop_list(request: HttpRequest, shop_slug: str, slug: str) -> HttpResponse:
    """A list of a shop on the market host."""
    shops = list_open_shops(request.epochs)  # type: ignore[attr-defined]
    shop = next((shop for shop in shops if shop.slug == shop_slug.lower()), None)
    if shop is None:
        raise Http404
    return _show(request, shop, slug)


@require_safe
def show_own_list(request: HttpRequest, slug: str) -> HttpResponse:
    """A list of a shop on its own host."""
    shop: ShopContext | None = request.shop  # type: ignore[attr-defined]
    if shop is None or not shop.is_open:
        raise Http404
    return _show(request, shop, slug)


def list_version(request: HttpRequest) -> Hashable:
    """Of a page with a list: it hangs on the index, every listing, shop and list, and the hot words of the moment."""
    epochs = request.epochs  # type: ignore[attr-defined]
    return read_generation(), epochs, list_offered_ids(epochs, now=timezone.now())


def _show(request: HttpRequest, shop: ShopContext | None, slug: str) -> HttpResponse:
    epochs = request.epochs  # type: ignore[attr-defined]
    shop_id = shop.shop_id if shop else None
    collection = find_collection(shop_id=shop_id, slug=slug, epochs=epochs)
    if collection is None:
        raise Http404

    def build() -> Draft:
        try:
            page = show_collection(collection, after=request.GET.get("after", "")[:LONGEST_CURSOR], epochs=epochs)
        except BadQuery as error:
            raise Http404 from error
        tabs = [_make_tab(request, one, collection) for one in list_collections(shop_id=shop_id, epochs=epochs)]
        hot = list_hot(epochs, now=timezone.now())
        shown = [(card.listing_id, card.version) for card in page.hits]
        return Draft(
            "storefront/lists/list.html",
            {"page": page, "collection": collection, "shop": shop, "tabs": tabs},
            digest(epochs.shops, epochs.collections, hot, shown, page.total, page.next_cursor),
            is_makeshift=page.did_fall_back,
        )

    path = f"{request.get_host()}{request.get_full_path()}"
    return show_kept(request, path=path, version=list_version(request), build=build)


def _make_tab(request: HttpRequest, one: Collection, current: Collection) -> Tab:
    """A list of the same owner beside this one: only the last part of the address is another."""
    above = request.path.removesuffix(f"{current.slug}/")
    return Tab(one.title.best(get_language() or "zh-hans"), f"{above}{one.slug}/", one is current)
