"""Purchases: placing, paying, giving up."""

from collections.abc import Mapping
from typing import Any, ClassVar  # Any: what a serializer has read

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response

from billing.checkout.contracts import PurchaseState, PurchaseView
from billing.checkout.selectors import get_purchase
from billing.checkout.services import (
    PlaceRequest,
    cancel_unpaid_purchase,
    check_payment,
    place_purchase,
    start_paying,
)
from market.accounts.contracts import AddressView
from market.accounts.selectors import find_address
from market.shops.contracts import Scope
from storefront.api.base import PublicView, caller_id
from storefront.api.bodies.orders import NewPurchase, PayBody, PurchaseBody
from storefront.api.problems import place_problems, purchase_problems
from tenants.orders.contracts import PaymentMethod, ShipTo
from web.api.once import once, read_key
from web.api.reading import read_body
from web.api.views import operation
from web.problems import Fault, Problem


class PersonView(PublicView):
    """What is a person's own: purchases, orders, addresses."""

    scopes: ClassVar[Mapping[str, Scope]] = dict.fromkeys(("GET", "POST"), Scope.ORDERS)


class Purchases(PersonView):
    """/purchases"""

    @operation(
        "placePurchase",
        "Buy what is ticked",
        tag="checkout",
        body=NewPurchase,
        answers={201: PurchaseBody},
        refuses=(409, 422),
        example={"quote_digest": "0" * 64, "address_id": 7, "method": "wechatpay"},
    )
    @once(required=True)
    def post(self, request: Request) -> Response:
        """One purchase over all shops, all or nothing. Stock is held for 15 minutes, then it closes unpaid.

        409 `quote-changed` brings the new quote.
        """
        asked = read_body(request, NewPurchase)
        address = find_address(user_id=caller_id(request), address_id=asked["address_id"])
        if address is None:
            raise Problem(422, "unknown-address", errors=[Fault("/address_id", gettext("You have no such address."))])
        with place_problems():
            purchase = place_purchase(request=_make_request(request, asked, address), now=timezone.now())
        location = reverse("api:purchase", args=[purchase.purchase_no])
        return Response(PurchaseBody(purchase).data, status=201, headers={"Location": location})


class Purchase(PersonView):
    """/purchases/{purchase_no}"""

    @operation("getPurchase", "One purchase", tag="checkout", answers={200: PurchaseBody})
    def get(self, request: Request, purchase_no: str) -> Response:
        """A purchase with its orders."""
        return Response(PurchaseBody(_find(request, purchase_no)).data)


class PurchasePay(PersonView):
    """/purchases/{purchase_no}/pay"""

    @operation("payPurchase", "Begin to pay", tag="checkout", answers={200: PayBody}, refuses=(409, 503))
    @once()
    def post(self, request: Request, purchase_no: str) -> Response:
        """Asks WeChat Pay once for the content of a QR code; a repeat answers the same."""
        purchase = _find(request, purchase_no)
        if purchase.state is not PurchaseState.WAITING:
            sentence = gettext("This purchase does not wait for money.")
            raise Problem(409, "not-waiting", sentence, state=purchase.state.value)
        with purchase_problems():
            started = start_paying(payment_no=purchase.payment_no, now=timezone.now())
        return Response(PayBody(started).data)


class PurchaseCheck(PersonView):
    """/purchases/{purchase_no}/check"""

    @operation("checkPurchase", "Ask whether it is paid", tag="checkout", answers={200: PurchaseBody}, refuses=(503,))
    def post(self, request: Request, purchase_no: str) -> Response:
        """Asks WeChat Pay, for news that was lost on its way to us."""
        purchase = _find(request, purchase_no)
        if purchase.state is PurchaseState.WAITING:
            with purchase_problems():
                check_payment(payment_no=purchase.payment_no, now=timezone.now())
            purchase = _find(request, purchase_no)
        return Response(PurchaseBody(purchase).data)


class PurchaseCancel(PersonView):
    """/purchases/{purchase_no}/cancel"""

    @operation(
        "cancelPurchase", "Give an unpaid purchase up", tag="checkout", answers={200: PurchaseBody}, refuses=(409, 503)
    )
    @once()
    def post(self, request: Request, purchase_no: str) -> Response:
        """Closes it at WeChat Pay and releases its stock."""
        with purchase_problems():
            cancel_unpaid_purchase(purchase_no=purchase_no, buyer_id=caller_id(request), now=timezone.now())
        return Response(PurchaseBody(_find(request, purchase_no)).data)


def _find(request: Request, purchase_no: str) -> PurchaseView:
    with purchase_problems():
        return get_purchase(purchase_no=purchase_no, buyer_id=caller_id(request))


def _make_request(request: Request, asked: dict[str, Any], address: AddressView) -> PlaceRequest:
    return PlaceRequest(
        buyer_id=caller_id(request),
        key=read_key(request),
        quote_digest=asked["quote_digest"],
        method=PaymentMethod(asked["method"]),
        ship_to=ShipTo(address.recipient, address.phone, address.region, address.street, address.postcode),
        notes={entry["shop_id"]: entry["note"] for entry in asked.get("notes", ())},
    )
