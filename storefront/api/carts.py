"""The cart: a person's by the token, a guest's by `Cart-Key`; and the quote of what is ticked."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response

from billing.checkout.contracts import CartOwner, QuoteProblem
from billing.checkout.services import (
    LineNotFound,
    add_line,
    merge_guest_cart,
    quote_cart,
    refresh_offers,
    remove_lines,
    set_quantity,
    tick_lines,
)
from market.shops.contracts import Scope
from search.listings.selectors import find_offer
from storefront.api.base import PublicView, caller_id
from storefront.api.bodies.cart import CartBody, CartKeyBody, LineChange, MergeBody, NewLine, QuoteBody
from storefront.api.problems import cart_problems
from storefront.cart.page import read_page
from web.api.once import once
from web.api.reading import read_body
from web.api.tokens import caller_of, epochs_of
from web.api.views import operation
from web.problems import Fault, Problem

CART_KEY = "Cart-Key"
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


class CartView(PublicView):
    """What one's cart is needed for."""

    guest_header = CART_KEY
    scopes: ClassVar[Mapping[str, Scope]] = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Scope.CART)


class Carts(PublicView):
    """/carts"""

    @operation("makeCart", "A cart for a guest", tag="cart", answers={201: CartKeyBody})
    def post(self, request: Request) -> Response:
        """Hands out a random key. The cart is kept from its first line on."""
        return Response({"cart_key": secrets.token_urlsafe(32)}, status=201)


class Cart(CartView):
    """/cart"""

    @operation("getCart", "The cart", tag="cart", answers={200: CartBody})
    def get(self, request: Request) -> Response:
        """What is in the cart, beside what is offered now."""
        return _show(request)


class CartLines(CartView):
    """/cart/lines"""

    @operation(
        "addCartLine",
        "Put something into the cart",
        tag="cart",
        body=NewLine,
        answers={201: CartBody},
        refuses=(409, 422),
        example={"listing_id": 12, "variant_id": 34, "quantity": 2},
    )
    @once()
    def post(self, request: Request) -> Response:
        """Adds pieces of one variant, ticked; more of the same adds up, to 999."""
        asked = read_body(request, NewLine)
        found = find_offer(listing_id=asked["listing_id"], variant_id=asked["variant_id"], epochs=epochs_of(request))
        if found is None:
            faults = [Fault("/variant_id", gettext("This is not offered. Look at the listing again."))]
            raise Problem(422, "not-offered", errors=faults)
        if found.available <= 0:
            raise Problem(409, "sold-out", gettext("This choice is sold out. Choose another one."))
        with cart_problems():
            add_line(owner=_owner(request), offer=found.offer, quantity=asked["quantity"], now=timezone.now())
        return _show(request, status=201)


class CartLine(CartView):
    """/cart/lines/{line_id}"""

    @operation("changeCartLine", "Change a line", tag="cart", body=LineChange, answers={200: CartBody}, refuses=(422,))
    @once()
    def patch(self, request: Request, line_id: int) -> Response:
        """Sets the quantity, ticks or unticks."""
        asked, owner = read_body(request, LineChange), _owner(request)
        with cart_problems():
            if "quantity" in asked:
                set_quantity(owner=owner, line_id=line_id, quantity=asked["quantity"])
            if "ticked" in asked and not tick_lines(owner=owner, line_ids=[line_id], ticked=asked["ticked"]):
                raise LineNotFound(line_id)
        return _show(request)

    @operation("removeCartLine", "Take a line out", tag="cart", answers={204: None})
    def delete(self, request: Request, line_id: int) -> Response:
        """Takes a line out of the cart."""
        with cart_problems():
            if not remove_lines(owner=_owner(request), line_ids=[line_id]):
                raise LineNotFound(line_id)
        return Response(status=204)


class CartMerge(PublicView):
    """/cart/merge"""

    scopes: ClassVar[Mapping[str, Scope]] = {"POST": Scope.CART}

    @operation("mergeCart", "Join a guest's cart to one's own", tag="cart", body=MergeBody, answers={200: CartBody})
    @once()
    def post(self, request: Request) -> Response:
        """The guest's lines come over, and the guest's cart is gone. A repeat changes nothing."""
        key = read_body(request, MergeBody)["cart_key"]
        if _KEY.fullmatch(key):
            merge_guest_cart(guest_key=key, user_id=caller_id(request), now=timezone.now())
        return _show(request)


class CheckoutQuote(CartView):
    """/checkout/quote"""

    @operation("quoteCart", "The price of what is ticked", tag="checkout", answers={200: QuoteBody})
    def post(self, request: Request) -> Response:
        """Asks every shop for today's prices, stock and freight. Reserves nothing."""
        owner = _owner(request)
        quote = quote_cart(owner=owner)
        changed = [line for line in quote.problems if line.problem is QuoteProblem.PRICE_CHANGED]
        # Told once: the next quote is measured against what is told now.
        refresh_offers(owner=owner, offers=[replace(line.offer, price_minor=line.unit_price_minor) for line in changed])
        return Response(QuoteBody(quote).data)


def _show(request: Request, *, status: int = 200) -> Response:
    page = read_page(_owner(request), epochs=epochs_of(request))
    return Response(CartBody(page).data, status=status)


def _owner(request: Request) -> CartOwner:
    """The person's cart, else the guest's. A key that cannot have been made here is refused."""
    caller, key = caller_of(request), request.headers.get(CART_KEY)
    if key is not None and not _KEY.fullmatch(key):
        raise Problem(400, "cart-key-malformed", gettext("This is no key of a cart. POST /api/v1/carts makes one."))
    return CartOwner(user_id=caller.user_id) if caller else CartOwner(guest_key=key or "")
