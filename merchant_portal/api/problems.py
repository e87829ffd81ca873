"""What the domain's errors look like from outside."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext

from billing.checkout.selectors import ShareNotFound
from tenants.catalog.contracts import DraftProblem
from tenants.catalog.selectors import NoSuchProduct
from tenants.catalog.services import InvalidProduct, ProductChanged
from tenants.catalog.words import describe
from tenants.inventory.services import CountBelowHeld, NoSuchWarehouse, UnknownVariant
from tenants.orders.services import BadParcel, WrongState
from web.problems import Fault, Problem

_LANGUAGE = re.compile(r"_(zh|en)$")


@contextmanager
def product_problems() -> Iterator[None]:
    """Of products."""
    try:
        yield
    except NoSuchProduct as error:
        raise Problem(404, "not-found") from error
    except ProductChanged as error:
        sentence = gettext("Somebody saved this product meanwhile. Read it again and repeat your change.")
        raise Problem(409, "product-changed", sentence, expected=error.expected, found=error.found) from error
    except InvalidProduct as error:
        raise Problem(422, "invalid-product", errors=[_to_fault(problem) for problem in error.problems]) from error


@contextmanager
def stock_problems() -> Iterator[None]:
    """Of stock."""
    try:
        yield
    except UnknownVariant as error:
        raise Problem(422, "unknown-variant", gettext("Your shop has no variant with this id.")) from error
    except NoSuchWarehouse as error:
        raise Problem(422, "unknown-warehouse", gettext("Your shop has no warehouse with this id.")) from error
    except CountBelowHeld as error:
        sentence = gettext("%(held)s of it are taken by buyers, so fewer than that cannot lie there.")
        raise Problem(
            409, "count-below-held", sentence % {"held": error.held}, variant_id=error.variant_id, held=error.held
        ) from error


@contextmanager
def order_problems() -> Iterator[None]:
    """Of orders."""
    try:
        yield
    except ShareNotFound as error:
        raise Problem(404, "not-found") from error
    except WrongState as error:
        sentence = gettext("The order is in another state, so this cannot be done.")
        raise Problem(409, "wrong-state", sentence, state=error.state.value) from error
    except BadParcel as error:
        sentences = {
            "carrier": gettext("Enter which carrier takes the parcel."),
            "tracking_number": gettext("This carrier and number are on another parcel of this order already."),
            "contents": gettext("Some of this is not left to be sent."),
        }
        faults = [Fault(f"/{error.field}", sentences[error.field])]
        raise Problem(422, "bad-parcel", errors=faults) from error


def _to_fault(problem: DraftProblem) -> Fault:
    """variants.3.price_minor becomes /variants/3/price_minor, title_zh becomes /title/zh."""
    pointer = "/" + _LANGUAGE.sub(r".\1", problem.field).replace(".", "/")
    return Fault(pointer, describe(problem.code, problem.params, field=problem.field))
