"""Products of the token's shop."""

from collections.abc import Mapping
from typing import Any, ClassVar  # Any: what a serializer has read

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from market.shops.contracts import Scope
from market.taxonomy.selectors import get_tree
from merchant_portal.api.base import ShopView, inside_shop, shop_of
from merchant_portal.api.bodies.goods import (
    ProductBody,
    ProductInput,
    ProductPageBody,
    ProductQuery,
    ProductReplacement,
    ProductRowBody,
    StatusInput,
)
from merchant_portal.api.drafts import make_draft
from merchant_portal.api.problems import product_problems
from tenants.catalog.contracts import EditedProduct, ProductFilter, ProductSort, ProductStatus
from tenants.catalog.selectors import get_product_draft, list_products
from tenants.catalog.services import create_product, set_product_status, update_product
from web.api.once import once
from web.api.pages import read_cursor, show_page
from web.api.reading import read_body, read_query
from web.api.views import operation
from web.paging import encode_cursor

EXAMPLE = {
    "title": {"zh": "青釉马克杯", "en": "Celadon mug"},
    "options": [{"name": {"zh": "容量", "en": "Size"}, "values": [{"zh": "300 毫升", "en": "300 ml"}]}],
    "variants": [{"sku": "MUG-300", "choices": [0], "price_minor": 5_800}],
    "status": "active",
}


class GoodsView(ShopView):
    """What the scopes of goods open."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.GOODS_READ,
        "POST": Scope.GOODS_WRITE,
        "PUT": Scope.GOODS_WRITE,
    }


class Products(GoodsView):
    """/products"""

    @operation("listProducts", "My products", tag="products", query=ProductQuery, answers={200: ProductPageBody})
    def get(self, request: Request) -> Response:
        """The product table with its filters, page by page."""
        asked = read_query(request, ProductQuery)
        scope = f"api:products:{shop_of(request).shop_id}:{asked['sort']}"
        cursor = read_cursor(asked.get("cursor"), scope=scope)
        with inside_shop(request):
            page = list_products(where=_make_filter(asked), sort=ProductSort(asked["sort"]), cursor=str(cursor or ""))
        following = encode_cursor([page.next_cursor], scope=scope) if page.next_cursor else None
        return Response(show_page(ProductRowBody, page.rows, following))

    @operation(
        "createProduct",
        "A new product",
        tag="products",
        body=ProductInput,
        answers={201: ProductBody},
        refuses=(422,),
        example=EXAMPLE,
    )
    @once(together=True)
    def post(self, request: Request) -> Response:
        """Stores a product. On sale at once when its status is `active`."""
        draft = make_draft(read_body(request, ProductInput))
        with product_problems(), inside_shop(request):
            product_id = create_product(draft=draft, now=timezone.now())
            product = get_product_draft(product_id)
        headers = {"Location": reverse("merchant-api:product", args=[product_id])}
        return Response(ProductBody(product).data, status=201, headers=headers)


class Product(GoodsView):
    """/products/{product_id}"""

    @operation("getProduct", "One product", tag="products", answers={200: ProductBody})
    def get(self, request: Request, product_id: int) -> Response:
        """A product whole, private fields included."""
        return Response(ProductBody(_find(request, product_id)).data)

    @operation(
        "replaceProduct",
        "Change a product",
        tag="products",
        body=ProductReplacement,
        answers={200: ProductBody},
        refuses=(409, 422),
        example={**EXAMPLE, "expected_version": 1},
    )
    @once(together=True)
    def put(self, request: Request, product_id: int) -> Response:
        """Replaces all that is said. Variants with their `variant_id` stay, the others are new or retired."""
        asked = read_body(request, ProductReplacement)
        version = asked.pop("expected_version")
        with product_problems(), inside_shop(request):
            update_product(product_id=product_id, draft=make_draft(asked), expected_version=version, now=timezone.now())
            product = get_product_draft(product_id)
        return Response(ProductBody(product).data)


class ProductStatusView(GoodsView):
    """/products/{product_id}/status"""

    @operation(
        "setProductStatus",
        "Put on sale or away",
        tag="products",
        body=StatusInput,
        answers={200: ProductBody},
        refuses=(409, 422),
        example={"status": "active"},
    )
    @once(together=True)
    def post(self, request: Request, product_id: int) -> Response:
        """Sets the status; the same again changes nothing."""
        asked = read_body(request, StatusInput)
        with product_problems(), inside_shop(request):
            set_product_status(
                product_id=product_id,
                status=ProductStatus(asked["status"]),
                expected_version=asked.get("expected_version"),
                now=timezone.now(),
            )
            product = get_product_draft(product_id)
        return Response(ProductBody(product).data)


def _find(request: Request, product_id: int) -> EditedProduct:
    with product_problems(), inside_shop(request):
        return get_product_draft(product_id)


def _make_filter(asked: dict[str, Any]) -> ProductFilter:
    return ProductFilter(
        status=ProductStatus(asked["status"]) if "status" in asked else None,
        words=asked.get("words", ""),
        category_ids=tuple(get_tree().list_branch_ids(asked["category"])) if "category" in asked else None,
        tag=asked.get("tag", ""),
    )
