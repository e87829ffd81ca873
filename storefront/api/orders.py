"""Orders: one shop's part of a purchase; and the address book."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.checkout.contracts import ShareSummary
from billing.checkout.selectors import get_buyer_share, list_buyer_shares
from billing.checkout.services import cancel_share_as_buyer, confirm_receipt
from market.accounts.selectors import list_addresses
from market.accounts.services import AddressDraft, add_address
from market.shops.selectors import map_shops
from market.shops.tenancy import enter_shop
from storefront.api.base import caller_id
from storefront.api.bodies.orders import (
    AddressBody,
    AddressesBody,
    NewAddress,
    OrderBody,
    OrderPage,
    OrderQuery,
    ReasonBody,
    ShareBody,
)
from storefront.api.problems import address_problems, order_problems
from storefront.api.purchases import PersonView
from tenants.orders.contracts import OrderSheet
from tenants.orders.selectors import get_order
from web.api.once import once
from web.api.pages import read_place, show_page
from web.api.reading import read_body, read_query
from web.api.tokens import epochs_of
from web.api.views import operation
from web.paging import cut_page

PAGE = 20


@dataclass(frozen=True, slots=True)
class _WholeOrder:
    share: ShareSummary
    order: OrderSheet


class Orders(PersonView):
    """/orders"""

    @operation("listOrders", "My orders", tag="orders", query=OrderQuery, answers={200: OrderPage})
    def get(self, request: Request) -> Response:
        """The orders behind a tab, newest first."""
        asked = read_query(request, OrderQuery)
        tab, scope = asked["tab"], f"api:orders:{caller_id(request)}:{asked['tab']}"
        before = read_place(asked.get("cursor"), scope=scope)
        rows = list_buyer_shares(buyer_id=caller_id(request), tab=tab, before_id=before, limit=PAGE + 1)
        page = cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row[0]])
        return Response(show_page(ShareBody, [share for _, share in page.items], page.next_cursor))


class Order(PersonView):
    """/orders/{share_no}"""

    @operation("getOrder", "One order", tag="orders", answers={200: OrderBody})
    def get(self, request: Request, share_no: str) -> Response:
        """An order whole: where it goes, its parcels, its log."""
        return _show(request, share_no)


class OrderConfirm(PersonView):
    """/orders/{share_no}/confirm"""

    @operation("confirmOrder", "Confirm receipt", tag="orders", answers={200: OrderBody}, refuses=(409,))
    @once()
    def post(self, request: Request, share_no: str) -> Response:
        """Everything is there: the shop gets its money."""
        with order_problems():
            confirm_receipt(share_no=share_no, buyer_id=caller_id(request), now=timezone.now())
        return _show(request, share_no)


class OrderCancel(PersonView):
    """/orders/{share_no}/cancel"""

    @operation(
        "cancelOrder",
        "Call an order off",
        tag="orders",
        body=ReasonBody,
        answers={200: OrderBody},
        refuses=(409,),
        example={"reason": "Ordered twice."},
    )
    @once()
    def post(self, request: Request, share_no: str) -> Response:
        """Before it is sent: stock returns, and the money goes back to where it came from."""
        reason = read_body(request, ReasonBody)["reason"]
        with order_problems():
            cancel_share_as_buyer(share_no=share_no, buyer_id=caller_id(request), reason=reason, now=timezone.now())
        return _show(request, share_no)


class Addresses(PersonView):
    """/addresses"""

    @operation("listAddresses", "My addresses", tag="addresses", answers={200: AddressesBody})
    def get(self, request: Request) -> Response:
        """The address book, the default first."""
        return Response(AddressesBody({"items": list_addresses(caller_id(request))}).data)

    @operation(
        "addAddress",
        "Add an address",
        tag="addresses",
        body=NewAddress,
        answers={201: AddressBody},
        refuses=(409, 422),
        example={"recipient": "沈小禾", "phone": "13812346021", "district_code": "330106", "street": "文三路1号"},
    )
    @once()
    def post(self, request: Request) -> Response:
        """One more entry; the first becomes the default."""
        draft = AddressDraft(**read_body(request, NewAddress))
        with address_problems():
            address = add_address(user_id=caller_id(request), draft=draft, now=timezone.now())
        return Response(AddressBody(address).data, status=201)


def _show(request: Request, share_no: str) -> Response:
    with order_problems():
        share = get_buyer_share(share_no=share_no, buyer_id=caller_id(request))
    shop = map_shops(epochs_of(request))[share.shop_id]
    with transaction.atomic(), enter_shop(shop):
        order = get_order(share_no)
    return Response(OrderBody(_WholeOrder(share, order)).data)
