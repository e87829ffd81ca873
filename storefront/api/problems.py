"""What the domain's errors look like from outside."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext

from billing.checkout.selectors import PurchaseNotFound, ShareNotFound
from billing.checkout.services import (
    AlreadyPaid,
    BadQuantity,
    CannotBePaid,
    CartFull,
    LineNotFound,
    NothingToPlace,
    QuoteChanged,
    SeveralCells,
    TooManyShops,
)
from billing.payments.contracts import ProviderError
from market.accounts.services import BadAddress, TooManyAddresses
from search.listings.contracts import BadQuery
from storefront.api.bodies.cart import QuoteBody
from tenants.orders.services import WrongState
from web.problems import Fault, Problem

RETRY_SECONDS = "30"


@contextmanager
def cart_problems() -> Iterator[None]:
    """Of changes to a cart."""
    try:
        yield
    except LineNotFound as error:
        raise Problem(404, "not-found", gettext("This cart has no such line.")) from error
    except CartFull as error:
        sentence = gettext("The cart is full: it holds 200 kinds. Take something out first.")
        raise Problem(409, "cart-full", sentence) from error
    except BadQuantity as error:
        raise Problem(422, "bad-quantity", gettext("Enter a quantity from 1 to 999.")) from error


@contextmanager
def place_problems() -> Iterator[None]:
    """Of placing. A changed quote comes with the new one, to be agreed to anew."""
    try:
        yield
    except NothingToPlace as error:
        raise Problem(409, "nothing-to-place", gettext("Tick what you want to buy first.")) from error
    except QuoteChanged as error:
        sentence = gettext("Prices, stock or freight have changed. Look at the new quote and agree to it.")
        raise Problem(409, "quote-changed", sentence, quote=QuoteBody(error.quote).data) from error
    except (TooManyShops, SeveralCells) as error:
        sentence = gettext("One payment covers at most 50 shops. Untick some.")
        raise Problem(409, "too-many-shops", sentence) from error
    except CannotBePaid as error:
        sentence = gettext("One of the shops cannot be paid this way. Choose another way to pay.")
        raise Problem(409, "cannot-be-paid", sentence, shop_id=error.shop.shop_id) from error


@contextmanager
def purchase_problems() -> Iterator[None]:
    """Of paying for a purchase and giving it up."""
    try:
        yield
    except PurchaseNotFound as error:
        raise Problem(404, "not-found") from error
    except AlreadyPaid as error:
        sentence = gettext("This purchase is already paid. Cancel its orders one by one.")
        raise Problem(409, "already-paid", sentence) from error
    except ProviderError as error:
        sentence = gettext("WeChat Pay does not answer. Your money is safe: look again in a minute.")
        raise Problem(503, "provider-away", sentence, headers={"Retry-After": RETRY_SECONDS}) from error


@contextmanager
def order_problems() -> Iterator[None]:
    """Of a single shop's order."""
    try:
        yield
    except ShareNotFound as error:
        raise Problem(404, "not-found") from error
    except WrongState as error:
        sentence = gettext("The order is in another state, so this cannot be done.")
        raise Problem(409, "wrong-state", sentence, state=error.state.value) from error


@contextmanager
def address_problems() -> Iterator[None]:
    """Of the address book."""
    sentences = {
        "missing": gettext("Fill this in."),
        "long": gettext("This is too long."),
        "unknown": gettext("We know nothing by this value."),
        "digits": gettext("A postcode has 6 digits."),
    }
    try:
        yield
    except BadAddress as error:
        faults = [Fault(f"/{field}", sentences[reason]) for field, reason in error.problems.items()]
        raise Problem(422, "bad-address", errors=faults) from error
    except TooManyAddresses as error:
        raise Problem(
            409, "address-book-full", gettext("The address book is full. Delete an address first.")
        ) from error


@contextmanager
def search_problems() -> Iterator[None]:
    """Of questions beyond the limits."""
    try:
        yield
    except BadQuery as error:
        raise Problem(400, "bad-query", str(error)) from error
