"""Who works on which shop. Every page of the portal goes through here and reads only the shop it names."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from market.shops.contracts import Role, ShopContext, ShopStatus
from market.shops.rules import may
from market.shops.selectors import list_memberships
from web.access import sign_in_required
from web.links import shop_url

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
SESSION_KEY = "portal_shop"


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at work: the chosen shop, the role in it, and the other shops of this person."""

    user_id: int
    shop: ShopContext
    role: Role
    shops: tuple[ShopContext, ...]

    def may(self, right: str) -> bool:
        """Whether this person may do something here: goods, orders, settings, team, money."""
        return may(self.role, right)

    @property
    def public_url(self) -> str:
        """Where shoppers find the shop."""
        return shop_url(self.shop.slug)

    @property
    def may_goods(self) -> bool:
        return self.may("goods")

    @property
    def may_orders(self) -> bool:
        return self.may("orders")

    @property
    def may_settings(self) -> bool:
        return self.may("settings")

    @property
    def may_team(self) -> bool:
        return self.may("team")

    @property
    def may_money(self) -> bool:
        return self.may("money")


def shop_required(right: str = "") -> Callable[[View[P]], View[P]]:
    """Signed in, member of the chosen shop, with this right ("" is any member). Sets request.shop, .role, .visit.

    `?shop=<address>` changes the choice, among the person's own shops only. Who works in no shop is led to open one.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            visit = _find_visit(request)
            if visit is None:
                return _uncached(render(request, "portal/no_shop.html", status=403))
            if "shop" in request.GET and request.method == "GET":
                return _uncached(redirect(_without_shop(request)))
            request.shop, request.role, request.visit = visit.shop, visit.role, visit  # type: ignore[attr-defined]
            if right and not visit.may(right):
                raise PermissionDenied
            return _uncached(view(request, *args, **kwargs))

        return sign_in_required(guarded)

    return decorate


def visit_of(request: HttpRequest) -> Visit:
    """The visit that `shop_required` found."""
    visit = request.visit  # type: ignore[attr-defined]
    assert isinstance(visit, Visit)
    return visit


def _find_visit(request: HttpRequest) -> Visit | None:
    assert request.user.is_authenticated
    found = [(shop, role) for shop, role in list_memberships(request.user.pk) if shop.status is not ShopStatus.CLOSED]
    if not found:
        return None
    kept = request.session.get(SESSION_KEY)
    shop, role = next((pair for pair in found if pair[0].shop_id == kept), found[0])
    wanted = next((pair for pair in found if pair[0].slug == request.GET.get("shop")), None)
    if wanted is not None:
        shop, role = wanted
        request.session[SESSION_KEY] = shop.shop_id
    return Visit(request.user.pk, shop, role, tuple(pair[0] for pair in found))


def _without_shop(request: HttpRequest) -> str:
    query = {name: values for name, values in request.GET.lists() if name != "shop"}
    return f"{request.path}?{urlencode(query, doseq=True)}" if query else request.path


def _uncached(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True, private=True)
    return response
