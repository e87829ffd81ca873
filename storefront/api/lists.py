"""Lists by rule: those of the market and those of shops. Open to all; at most two statements."""

from collections.abc import Sequence

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from market.shops.selectors import list_open_shops
from search.collections.contracts import Collection
from search.collections.selectors import find_collection, list_collections, show_collection
from storefront.api.base import PublicView
from storefront.api.bodies.browse import ListingCard
from storefront.api.bodies.lists import ListPage, ListQuery, ListsBody
from storefront.api.problems import search_problems
from web.api.pages import show_page
from web.api.reading import read_query
from web.api.tokens import epochs_of
from web.api.views import operation


class Lists(PublicView):
    """/lists"""

    @operation("listLists", "Lists of the market", tag="browse", answers={200: ListsBody})
    def get(self, request: Request) -> Response:
        """Every list that staff defined and that is shown, in its order."""
        return _answer_all(list_collections(shop_id=None, epochs=epochs_of(request)))


class ListGoods(PublicView):
    """/lists/{slug}"""

    @operation("getList", "Goods of a list", tag="browse", query=ListQuery, answers={200: ListPage})
    def get(self, request: Request, slug: str) -> Response:
        """A page of a list of the market. It fills itself: goods come and go as they meet its rule."""
        return _answer(request, None, slug)


class ShopLists(PublicView):
    """/shops/{shop_slug}/lists"""

    @operation("listShopLists", "Lists of a shop", tag="browse", answers={200: ListsBody})
    def get(self, request: Request, shop_slug: str) -> Response:
        """Every list that the shop defined and that is shown, in its order."""
        shop_id = _find_shop_id(request, shop_slug)
        return _answer_all(list_collections(shop_id=shop_id, epochs=epochs_of(request)))


class ShopListGoods(PublicView):
    """/shops/{shop_slug}/lists/{slug}"""

    @operation("getShopList", "Goods of a shop's list", tag="browse", query=ListQuery, answers={200: ListPage})
    def get(self, request: Request, shop_slug: str, slug: str) -> Response:
        """A page of a list of a shop; it holds this shop's goods only."""
        return _answer(request, _find_shop_id(request, shop_slug), slug)


def _answer_all(collections: Sequence[Collection]) -> Response:
    return Response(ListsBody({"items": collections}).data)


def _answer(request: Request, shop_id: int | None, slug: str) -> Response:
    asked = read_query(request, ListQuery)
    epochs = epochs_of(request)
    collection = find_collection(shop_id=shop_id, slug=slug.lower(), epochs=epochs)
    if collection is None:
        raise Http404
    with search_problems():
        page = show_collection(collection, after=asked.get("cursor", ""), size=asked["size"], epochs=epochs)
    body = show_page(ListingCard, page.hits, page.next_cursor)
    return Response({**body, "total": page.total, "title": {"zh": collection.title.zh, "en": collection.title.en}})


def _find_shop_id(request: Request, slug: str) -> int:
    shop = next((shop for shop in list_open_shops(epochs_of(request)) if shop.slug == slug.lower()), None)
    if shop is None:
        raise Http404
    return shop.shop_id
