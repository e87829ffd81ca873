"""Stock of the token's shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from market.shops.contracts import Scope
from merchant_portal.api.base import ShopView, inside_shop, member_of, shop_of
from merchant_portal.api.bodies.stock import (
    CountsInput,
    LevelBody,
    LevelsBody,
    ReceiptInput,
    StockPageBody,
    StockQuery,
)
from merchant_portal.api.problems import stock_problems
from tenants.catalog.contracts import Text
from tenants.catalog.selectors import list_variant_labels
from tenants.inventory.contracts import StockCount, StockRow, Wanted
from tenants.inventory.selectors import list_stock, list_stock_of
from tenants.inventory.services import count_stock, receive_stock
from web.api.once import once
from web.api.pages import read_place, show_page
from web.api.reading import read_body, read_query
from web.api.views import operation
from web.paging import encode_cursor

PAGE = 50


@dataclass(frozen=True, slots=True)
class _NamedLevel:
    row: StockRow
    title: Text
    choices: Text
    sku: str


class StockView(ShopView):
    """What the scopes of stock open."""

    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.STOCK_READ, "POST": Scope.STOCK_WRITE}


class Stock(StockView):
    """/stock"""

    @operation("listStock", "What lies where", tag="stock", query=StockQuery, answers={200: StockPageBody})
    def get(self, request: Request) -> Response:
        """A level for each variant and warehouse, in the order in which goods were first stored."""
        asked = read_query(request, StockQuery)
        scope = f"api:stock:{shop_of(request).shop_id}"
        after = read_place(asked.get("cursor"), scope=scope) or 0
        with inside_shop(request):
            page = list_stock(after=after, limit=PAGE, low_only=asked["low"], warehouse_id=asked.get("warehouse"))
            levels = _name_levels(page.rows)
        following = encode_cursor([page.next_after], scope=scope) if page.next_after else None
        return Response(show_page(LevelBody, levels, following))


class StockCounts(StockView):
    """/stock/counts"""

    @operation(
        "countStock",
        "Say what was counted",
        tag="stock",
        body=CountsInput,
        answers={200: LevelsBody},
        refuses=(409, 422),
        example={"counts": [{"variant_id": 34, "on_hand": 12}], "reference": "2026-11"},
    )
    @once(together=True)
    def post(self, request: Request) -> Response:
        """Sets what lies in the warehouses; all or nothing. A count that says what we know writes nothing."""
        asked = read_body(request, CountsInput)
        counts = [StockCount(**line) for line in asked["counts"]]
        with stock_problems(), inside_shop(request):
            count_stock(
                counts=counts, actor_id=member_of(request).user_id, reference=asked["reference"], now=timezone.now()
            )
            levels = _name_levels(list_stock_of({count.variant_id for count in counts}))
        return Response(LevelsBody({"items": levels}).data)


class StockReceipts(StockView):
    """/stock/receipts"""

    @operation(
        "receiveStock",
        "Say what came in",
        tag="stock",
        body=ReceiptInput,
        answers={201: LevelsBody},
        refuses=(422,),
        example={"received": [{"variant_id": 34, "quantity": 24}], "reference": "PO-7"},
    )
    @once(required=True, together=True)
    def post(self, request: Request) -> Response:
        """Adds pieces; all or nothing, and with the same key only once."""
        asked = read_body(request, ReceiptInput)
        received = [Wanted(**line) for line in asked["received"]]
        with stock_problems(), inside_shop(request):
            receive_stock(
                received=received,
                warehouse_id=asked["warehouse_id"],
                actor_id=member_of(request).user_id,
                reference=asked["reference"],
                now=timezone.now(),
            )
            levels = _name_levels(list_stock_of({line.variant_id for line in received}))
        return Response(LevelsBody({"items": levels}).data, status=201)


def _name_levels(rows: Sequence[StockRow]) -> list[_NamedLevel]:
    labels = list_variant_labels([row.variant_id for row in rows])
    nameless = (Text(), Text(), "")
    return [_NamedLevel(row, *labels.get(row.variant_id, nameless)) for row in rows]
