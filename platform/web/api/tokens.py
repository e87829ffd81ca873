"""Who calls: `Authorization: Bearer jishi_…`. A person's token opens the market host, a shop's the portal host."""

from dataclasses import dataclass
from typing import Any  # Any: requests of DRF

from django.contrib import auth
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from market.shops.contracts import Epochs, Scope, ShopContext, ShopStatus, TokenView
from market.shops.rules import may
from market.shops.selectors import find_membership, map_shops
from market.shops.tokens import find_token

KEYWORD = "bearer"
MAKERS_RIGHT = "settings"
"""The right that a member needs to make a shop's tokens, and to keep those alive that they made."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token it is. `shop` is set for a shop's."""

    user_id: int
    scopes: frozenset[Scope]
    shop: ShopContext | None = None

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def pk(self) -> int:
        return self.user_id

    @property
    def holder(self) -> str:
        """Whose answers and keys these are, as a word: u12, s3."""
        return f"s{self.shop.shop_id}" if self.shop else f"u{self.user_id}"


def caller_of(request: Request) -> Caller | None:
    """Who calls, None without a token."""
    caller: object = request.user
    return caller if isinstance(caller, Caller) else None


def epochs_of(request: Request) -> Epochs:
    """What the host's middleware knows of shops and listings."""
    epochs: Epochs = request._request.epochs  # type: ignore[attr-defined]
    return epochs


class TokenAuthentication(BaseAuthentication):
    """A header that names no living token of this host is refused, also where none is needed."""

    def authenticate(self, request: Request) -> tuple[Caller, TokenView] | None:
        """One statement for the token, one for its holder; none without a header."""
        keyword, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not keyword:
            return None
        token = find_token(secret.strip(), now=timezone.now()) if keyword.lower() == KEYWORD else None
        caller = self.find_caller(request, token) if token is not None else None
        if token is None or caller is None:
            raise AuthenticationFailed(gettext("This token is not known here, or it was revoked or has expired."))
        return caller, token

    def authenticate_header(self, request: Request) -> str:
        """What 401 answers ask for."""
        return 'Bearer realm="jishi"'

    def find_caller(self, request: Request, token: TokenView) -> Caller | None:
        """The holder, when the token may be used on this host."""
        raise NotImplementedError


class PersonTokens(TokenAuthentication):
    """Tokens of people who may still sign in."""

    def find_caller(self, request: Request, token: TokenView) -> Caller | None:
        """None for a shop's token and for a closed account."""
        if token.shop_id is not None:
            return None
        people = auth.get_user_model()._default_manager
        alive = people.filter(pk=token.user_id, is_active=True).exists()
        return Caller(token.user_id, token.scopes) if alive else None


class ShopTokens(TokenAuthentication):
    """Tokens of shops. They fall with the right of the member who made them."""

    def find_caller(self, request: Request, token: TokenView) -> Caller | None:
        """None for a person's token, a closed shop's, and one whose maker has left."""
        if token.shop_id is None:
            return None
        shop = map_shops(epochs_of(request)).get(token.shop_id)
        member = find_membership(user_id=token.user_id, shop_id=token.shop_id)
        if shop is None or shop.status is ShopStatus.CLOSED or member is None or not may(member.role, MAKERS_RIGHT):
            return None
        return Caller(token.user_id, token.scopes, shop)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description names our tokens."""

    target_class = TokenAuthentication
    match_subclasses = True
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The security scheme of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "jishi_…"}
