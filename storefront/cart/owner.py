"""Whose cart a request means, and the small cookie that shows the count without a query."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from billing.checkout.contracts import CartOwner
from billing.checkout.selectors import count_pieces
from billing.checkout.services import merge_guest_cart
from search.reports.services import join_visitor
from search.signals.services import join_people, name_person

COUNT_COOKIE = "cart_count"
GUEST_DAYS = 90
_KEY_LENGTH = 43


def read_owner(request: HttpRequest) -> CartOwner:
    """The signed-in member's cart, else the guest's; a guest without a cookie has an empty one."""
    if request.user.is_authenticated:
        return CartOwner(user_id=request.user.pk)
    return CartOwner(guest_key=read_guest_key(request))


def read_guest_key(request: HttpRequest) -> str:
    """The guest's random key, empty when there is none or it was not made here."""
    key = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
    return key if len(key) == _KEY_LENGTH and key.replace("-", "").replace("_", "").isalnum() else ""


def make_owner(request: HttpRequest) -> CartOwner:
    """The same, with a new key for a guest who has none yet."""
    owner = read_owner(request)
    if owner.user_id is None and not owner.guest_key:
        return CartOwner(guest_key=secrets.token_urlsafe(32))
    return owner


def remember(response: HttpResponse, owner: CartOwner, pieces: int) -> None:
    """Keep the guest's key and the count that the frame shows."""
    age = GUEST_DAYS * 86_400
    if owner.user_id is None and owner.guest_key:
        keep_guest_key(response, owner.guest_key)
    response.set_cookie(COUNT_COOKIE, str(pieces), max_age=age, secure=settings.SECURE, httponly=True, samesite="Lax")


def keep_guest_key(response: HttpResponse, guest_key: str, *, days: int = GUEST_DAYS) -> None:
    """Keep a guest's random key in the browser."""
    response.set_cookie(
        settings.GUEST_COOKIE_NAME,
        guest_key,
        max_age=days * 86_400,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


class CartMiddleware:
    """Joins a guest's cart and signals to the member's after sign-in, gives the frame its count. No query otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = request.COOKIES.get(COUNT_COOKIE, "")
        request.frame_counts = {"cart": int(count) if count.isdigit() and len(count) < 6 else 0}  # type: ignore[attr-defined]
        merged = self._merge(request)
        response = self._get_response(request)
        if merged is not None:
            response.delete_cookie(settings.GUEST_COOKIE_NAME)
            remember(response, merged, count_pieces(merged))
        return response

    def _merge(self, request: HttpRequest) -> CartOwner | None:
        guest_key = read_guest_key(request)
        if not guest_key or settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        owner = CartOwner(user_id=request.user.pk)
        now, guest, member = timezone.now(), name_person(guest_key=guest_key), name_person(user_id=request.user.pk)
        merge_guest_cart(guest_key=guest_key, user_id=request.user.pk, now=now)
        join_people(guest=guest, member=member)
        join_visitor(guest=guest, member=member, now=now)
        request.frame_counts = {"cart": count_pieces(owner)}  # type: ignore[attr-defined]
        return owner
