"""Orders of the token's shop: read, sent, delivered, given back."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response

from billing.checkout.selectors import get_shop_share, list_shop_shares
from billing.checkout.services import mark_share_delivered, refund_share_as_shop, ship_share
from market.shops.contracts import Scope
from merchant_portal.api.base import ShopView, inside_shop, member_of, shop_of
from merchant_portal.api.bodies.orders import (
    OrderBody,
    OrderPageBody,
    OrderQuery,
    ParcelInput,
    RefundInput,
    ShareRow,
)
from merchant_portal.api.problems import order_problems
from tenants.orders.selectors import get_order
from web.api.once import once
from web.api.pages import read_place, show_page
from web.api.reading import read_body, read_query
from web.api.views import operation
from web.paging import cut_page
from web.problems import Fault, Problem

PAGE = 50


class SalesView(ShopView):
    """What the scopes of sales open."""

    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.SALES_READ, "POST": Scope.SALES_WRITE}


class Orders(SalesView):
    """/orders"""

    @operation("listShopOrders", "Orders of the shop", tag="orders", query=OrderQuery, answers={200: OrderPageBody})
    def get(self, request: Request) -> Response:
        """The orders behind a tab, newest first."""
        asked = read_query(request, OrderQuery)
        shop_id, tab, number = shop_of(request).shop_id, asked["tab"], asked.get("number", "")
        scope = f"api:shop-orders:{shop_id}:{tab}:{number}"
        before = read_place(asked.get("cursor"), scope=scope)
        rows = list_shop_shares(shop_id=shop_id, tab=tab, before_id=before, limit=PAGE + 1, search=number)
        page = cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row[0]])
        return Response(show_page(ShareRow, [share for _, share in page.items], page.next_cursor))


class Order(SalesView):
    """/orders/{share_no}"""

    @operation("getShopOrder", "One order", tag="orders", answers={200: OrderBody})
    def get(self, request: Request, share_no: str) -> Response:
        """An order whole: where it goes, what is in it, its parcels, its log."""
        return _show(request, share_no)


class OrderParcels(SalesView):
    """/orders/{share_no}/parcels"""

    @operation(
        "shipParcel",
        "Send a parcel",
        tag="orders",
        body=ParcelInput,
        answers={201: OrderBody},
        refuses=(409, 422),
        example={"carrier": "顺丰", "tracking_number": "SF1234567890"},
    )
    @once(required=True)
    def post(self, request: Request, share_no: str) -> Response:
        """Sends all or some of what is left. Stock leaves the shelf here."""
        asked = read_body(request, ParcelInput)
        contents = [(line["line_id"], line["quantity"]) for line in asked.get("contents", ())]
        if len({line_id for line_id, _ in contents}) < len(contents):
            faults = [Fault("/contents", gettext("Name each line once."))]
            raise Problem(422, "bad-parcel", errors=faults)
        with order_problems():
            ship_share(
                shop_id=shop_of(request).shop_id,
                share_no=share_no,
                carrier=asked["carrier"],
                tracking_number=asked["tracking_number"],
                contents=contents,
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        return _show(request, share_no, status=201)


class OrderDelivered(SalesView):
    """/orders/{share_no}/delivered"""

    @operation("markDelivered", "Say that all has arrived", tag="orders", answers={200: OrderBody}, refuses=(409,))
    @once()
    def post(self, request: Request, share_no: str) -> Response:
        """All parcels have arrived. Cash on delivery is collected here."""
        with order_problems():
            mark_share_delivered(
                shop_id=shop_of(request).shop_id,
                share_no=share_no,
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        return _show(request, share_no)


class OrderRefund(SalesView):
    """/orders/{share_no}/refund"""

    @operation(
        "refundOrder",
        "Give everything back",
        tag="orders",
        body=RefundInput,
        answers={200: OrderBody},
        refuses=(409,),
        example={"reason": "The last one broke."},
    )
    @once(required=True)
    def post(self, request: Request, share_no: str) -> Response:
        """Before it is sent stock returns too; after, until receipt is confirmed."""
        reason = read_body(request, RefundInput)["reason"]
        with order_problems():
            refund_share_as_shop(
                shop_id=shop_of(request).shop_id,
                share_no=share_no,
                actor_id=member_of(request).user_id,
                reason=reason,
                now=timezone.now(),
            )
        return _show(request, share_no)


def _show(request: Request, share_no: str, *, status: int = 200) -> Response:
    with order_problems():
        get_shop_share(share_no=share_no, shop_id=shop_of(request).shop_id)
    with inside_shop(request):
        order = get_order(share_no)
    return Response(OrderBody(order).data, status=status)
