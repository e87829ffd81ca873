"""Views of looking around. At most two statements for a visitor: the epochs, and what the page shows."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import zip_longest

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from market.shops.contracts import ShopContext
from market.shops.selectors import list_open_shops
from market.taxonomy.selectors import get_tree
from search.campaigns.contracts import PageKind
from search.collections.contracts import FrontShelf
from search.collections.selectors import ask_front, fill_front, list_collections, list_front
from search.listings.contracts import EngineDown, ListingCard, Shelf, Sort
from search.listings.engines.chosen import get_engine
from search.listings.keeping import Memory
from search.listings.selectors import count_categories, fill_shelves, find_listing, list_shop_cards
from storefront.ads.filling import HOME, describe_category, describe_product, describe_search, fill_list, fill_shelf
from storefront.ads.slots import list_places, sort_places
from storefront.browse.kept import Draft, digest, show_kept
from storefront.browse.product import read_product
from storefront.browse.query import may_have_ads, read_query, write_canonical
from storefront.browse.results import draft_results
from storefront.browse.suggesting import list_hot, list_offered_ids
from storefront.seen.telling import tell_search
from web.links import absolute_url

HOME_GOODS = 24
HOME_EACH = 3
HOME_SHOPS = 8
MOST_TOTALS = 4_000
_totals: Memory[int] = Memory(MOST_TOTALS)  # how much the searches found whose pages are kept


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """Trades, fixed places, stalls, goods."""
    epochs = request.epochs  # type: ignore[attr-defined]
    places = list_places(PageKind.HOME, epochs)
    standing = [place.fact for place in places]

    def build() -> Draft:
        shops = list_open_shops(epochs)
        tree, counts = get_tree(), count_categories(epochs=epochs)
        trades = {pk: Shelf(category_id=pk, sort=Sort.NEWEST, size=HOME_EACH) for pk in tree.tops}
        stalls = {shop: Shelf(shop_id=shop.shop_id, sort=Sort.SALES, size=HOME_EACH) for shop in shops[:HOME_SHOPS]}
        asked = ask_front(list_front(shop_id=None, epochs=epochs))
        cards = fill_shelves([*trades.values(), *stalls.values(), *asked.values()], epochs=epochs)
        context = {
            "trades": [(node, counts.get(node.category_id, 0)) for node in tree.list_tops()],
            "stalls": [(shop, cards[shelf]) for shop, shelf in stalls.items() if cards[shelf]],
            "shop_count": len(shops),
            "lists": [FrontShelf(one, cards[query]) for one, query in asked.items() if cards[query]],
            "goods": _mix([cards[shelf] for shelf in trades.values()])[:HOME_GOODS],
            **sort_places(places),
        }
        hot = list_hot(epochs, now=timezone.now())
        shown = [[(card.listing_id, card.version) for card in shelf] for shelf in cards.values()]
        return Draft(
            "storefront/browse/home.html",
            context,
            digest(epochs.shops, epochs.collections, hot, tree.version, sorted(counts.items()), shown, standing),
        )

    response = show_kept(request, path="/", version=(*_list_version(request), *standing), build=build)
    return fill_shelf(request, response, HOME)


@require_safe
def show_category(request: HttpRequest, slug: str) -> HttpResponse:
    """The goods of a category, with facets."""
    tree = get_tree()
    category = tree.find_slug(slug)
    if category is None:
        raise Http404

    def build() -> Draft:
        crumbs, children = [tree.nodes[pk] for pk in category.ancestors], tree.list_children(category.category_id)
        more = {"category": category, "crumbs": crumbs, "children": children}
        return draft_results(request, "category", more=more, category=category)

    response = show_kept(request, path=request.get_full_path(), version=_list_version(request), build=build)
    name = category.name(get_language() or "zh-hans")
    question = describe_category(name, category.category_id) if may_have_ads(request.GET) else None
    return _name_address(request, fill_list(request, response, question))


@require_safe
def show_search(request: HttpRequest) -> HttpResponse:
    """The goods for some words, with facets; without words, everything there is."""

    address = (request.get_full_path(), _list_version(request))

    def build() -> Draft:
        draft = draft_results(request, "search")
        if not draft.is_makeshift:
            _totals.keep(address, draft.context["page"].total)
        return draft

    path, version = address
    response = show_kept(request, path=path, version=version, build=build)
    tell_search(request, total=_totals.find(address))
    question = describe_search(request.GET.get("q", "")) if may_have_ads(request.GET) else None
    return _name_address(request, fill_list(request, response, question))


@require_safe
def show_product(request: HttpRequest, listing_id: int) -> HttpResponse:
    """One product of one shop."""
    epochs = request.epochs  # type: ignore[attr-defined]
    document = find_listing(listing_id, epochs=epochs)
    if document is None:
        raise Http404

    def build() -> Draft:
        body = document.body_html.best(get_language() or "zh-hans")
        context = {"page": read_product(document), "document": document, "body": body}
        return Draft("storefront/browse/product.html", context)

    version = (document.version, document.sold_30d, document.rating_hundredths, document.rating_count, epochs.shops)
    response = show_kept(request, path=request.path, version=version, build=build)
    categories = [step.category_id for step in document.category_path]
    return fill_shelf(request, response, describe_product((document.shop.shop_id, document.product_id), categories))


@require_safe
def show_shops(request: HttpRequest) -> HttpResponse:
    """Every open shop, with a few of its goods."""

    def build() -> Draft:
        epochs = request.epochs  # type: ignore[attr-defined]
        shops = list_open_shops(epochs)[:200]
        cards = list_shop_cards([shop.shop_id for shop in shops], each=3, epochs=epochs)
        context = {"stalls": [(shop, cards.get(shop.shop_id, ())) for shop in shops]}
        return Draft("storefront/browse/shops.html", context)

    return show_kept(request, path=request.path, version=_list_version(request), build=build)


@require_safe
def show_shop(request: HttpRequest, slug: str) -> HttpResponse:
    """One shop on the market host."""
    shops = list_open_shops(request.epochs)  # type: ignore[attr-defined]
    shop = next((shop for shop in shops if shop.slug == slug.lower()), None)
    if shop is None:
        raise Http404
    return _show_shop(request, shop)


@require_safe
def show_own_host(request: HttpRequest) -> HttpResponse:
    """The shop's own host: its goods; cart, checkout and sign-in are links to the market."""
    shop: ShopContext | None = request.shop  # type: ignore[attr-defined]
    if shop is None:
        raise Http404
    return _show_shop(request, shop)


@require_safe
def go_to_product(request: HttpRequest, listing_id: int) -> HttpResponse:
    """A product's address on a shop's host leads to the market, where it can be bought."""
    document = find_listing(listing_id, epochs=request.epochs)  # type: ignore[attr-defined]
    if document is None or document.shop.shop_id != request.shop.shop_id:  # type: ignore[attr-defined]
        raise Http404
    return redirect(absolute_url(f"/item/{listing_id}/"))


def _mix(shelves: Sequence[Sequence[ListingCard]]) -> list[ListingCard]:
    """One of each trade, then the next of each: a market, not one stall after the other."""
    rounds = zip_longest(*shelves)
    return [card for cards in rounds for card in cards if card is not None]


def _show_shop(request: HttpRequest, shop: ShopContext) -> HttpResponse:
    def build() -> Draft:
        epochs = request.epochs  # type: ignore[attr-defined]
        own = (shop.shop_id,)
        lists: list[FrontShelf] = []
        if not request.GET:
            beside = read_query(request.GET, category_id=None, shop_ids=own)
            lists = fill_front(shop_id=shop.shop_id, epochs=epochs, beside=beside)
        more = {
            "shop": shop,
            "lists": lists,
            "all_lists": list_collections(shop_id=shop.shop_id, epochs=epochs),
        }
        draft = draft_results(request, "shop", more=more, shop_ids=own)
        shown = [(card.listing_id, card.version) for shelf in lists for card in shelf.cards]
        return replace(draft, content=digest(draft.content, epochs.collections, shown))

    path = f"{request.get_host()}{request.get_full_path()}"
    return show_kept(request, path=path, version=_list_version(request), build=build)


def _list_version(request: HttpRequest) -> tuple[Hashable, ...]:
    """Of a page with lists: they hang on every listing, every shop, the index, and the hot words of the moment."""
    try:
        generation = get_engine().read_generation()
    except EngineDown:
        generation = "down"
    epochs = request.epochs  # type: ignore[attr-defined]
    return generation, epochs, list_offered_ids(epochs, now=timezone.now())


def _name_address(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Names the one address of all that ask the same (RFC 6596); the page itself is kept for many questions."""
    address = absolute_url(write_canonical(request.GET, path=request.path))
    response["Link"] = f'<{address}>; rel="canonical"'
    return response
