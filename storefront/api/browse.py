"""Looking around: categories, listings, shops. Open to all; at most two statements."""

from collections.abc import Sequence
from typing import Any  # Any: what a serializer has read

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from market.shops.selectors import list_open_shops
from market.taxonomy.selectors import get_tree
from search.listings.contracts import AttributeTick, SearchQuery, Sort
from search.listings.selectors import find_listing, search
from storefront.api.base import PublicView
from storefront.api.bodies.browse import (
    LISTINGS_EXAMPLE,
    CategoriesBody,
    FacetBody,
    ListingBody,
    ListingCard,
    ListingPage,
    ListingQuery,
    ShopBody,
    ShopPage,
)
from storefront.api.problems import search_problems
from web.api.pages import PageQuery, read_place, show_page
from web.api.reading import read_query
from web.api.tokens import epochs_of
from web.api.views import operation
from web.paging import cut_page

SHOPS = 50


class Categories(PublicView):
    """/categories"""

    @operation("listCategories", "The category tree", tag="browse", answers={200: CategoriesBody})
    def get(self, request: Request) -> Response:
        """All categories that are shown, parents before children."""
        return Response(CategoriesBody({"items": list(get_tree().nodes.values())}).data)


class Listings(PublicView):
    """/listings"""

    @operation(
        "searchListings",
        "Search goods",
        tag="browse",
        query=ListingQuery,
        answers={200: ListingPage},
        answer_example=LISTINGS_EXAMPLE,
    )
    def get(self, request: Request) -> Response:
        """Goods of all shops by words, category, brand, price, attributes, shop and stock, with facets."""
        asked = read_query(request, ListingQuery)
        with search_problems():
            page = search(_make_query(asked), epochs=epochs_of(request))
        body = show_page(ListingCard, page.hits, page.next_cursor)
        facets = FacetBody(page.facets, many=True).data
        said = {name: getattr(page, name) for name in ("total", "did_relax", "did_fall_back", "corrected_words")}
        return Response({**body, **said, "facets": facets})


class Listing(PublicView):
    """/listings/{listing_id}"""

    @operation("getListing", "One product", tag="browse", answers={200: ListingBody})
    def get(self, request: Request, listing_id: int) -> Response:
        """A product of a shop with its variants, pictures and parameters."""
        document = find_listing(listing_id, epochs=epochs_of(request))
        if document is None:
            raise Http404
        return Response(ListingBody(document).data)


class Shops(PublicView):
    """/shops"""

    @operation("listShops", "Open shops", tag="browse", query=PageQuery, answers={200: ShopPage})
    def get(self, request: Request) -> Response:
        """Every shop that is open, in the order in which they came."""
        after = read_place(read_query(request, PageQuery).get("cursor"), scope="api:shops") or 0
        shops = sorted(list_open_shops(epochs_of(request)), key=lambda shop: shop.shop_id)
        rows = [shop for shop in shops if shop.shop_id > after][: SHOPS + 1]
        page = cut_page(rows, size=SHOPS, scope="api:shops", position=lambda shop: [shop.shop_id])
        return Response(show_page(ShopBody, page.items, page.next_cursor))


class Shop(PublicView):
    """/shops/{slug}"""

    @operation("getShop", "One shop", tag="browse", answers={200: ShopBody})
    def get(self, request: Request, slug: str) -> Response:
        """A shop by its address."""
        shop = next((shop for shop in list_open_shops(epochs_of(request)) if shop.slug == slug.lower()), None)
        if shop is None:
            raise Http404
        return Response(ShopBody(shop).data)


def _make_query(asked: dict[str, Any]) -> SearchQuery:
    return SearchQuery(
        words=" ".join(asked.get("words", "").split()),
        category_id=asked.get("category"),
        brands=tuple(dict.fromkeys(asked.get("brand", ()))),
        price_from_minor=asked.get("price_from_minor"),
        price_to_minor=asked.get("price_to_minor"),
        attributes=_read_attributes(asked.get("attribute", ())),
        shop_ids=tuple(dict.fromkeys(asked.get("shop", ()))),
        in_stock=asked["in_stock"],
        sort=Sort(asked["sort"]),
        after=asked.get("cursor", ""),
        size=asked["size"],
        with_facets=asked["facets"],
        as_written=asked["as_written"],
    )


def _read_attributes(pairs: Sequence[str]) -> tuple[AttributeTick, ...]:
    ticks: dict[str, list[str]] = {}
    for pair in pairs:
        key, _, value = pair.partition(":")
        if key and value and value not in ticks.setdefault(key, []):
            ticks[key].append(value)
    return tuple(AttributeTick(key, tuple(values)) for key, values in ticks.items() if values)
