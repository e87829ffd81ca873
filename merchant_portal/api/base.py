"""What the views of this API share: the shop of the token, and its schema for the length of a transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from market.shops.contracts import ShopContext
from market.shops.tenancy import enter_shop
from web.api.tokens import Caller, ShopTokens, caller_of
from web.api.views import ApiView


class ShopView(ApiView):
    """A view on the portal host, for a shop's token."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (ShopTokens,)


def member_of(request: Request) -> Caller:
    """The member whose token it is."""
    caller = caller_of(request)
    assert caller is not None
    return caller


def shop_of(request: Request) -> ShopContext:
    """The shop whose token it is."""
    shop = member_of(request).shop
    assert shop is not None
    return shop


@contextmanager
def inside_shop(request: Request) -> Iterator[None]:
    """A transaction in the schema of the token's shop, and of no other."""
    with transaction.atomic(), enter_shop(shop_of(request)):
        yield
