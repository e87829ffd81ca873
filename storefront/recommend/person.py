"""Whose recommendations a request means, and whether that person wants any."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from search.signals.selectors import is_counted
from storefront.cart.owner import GUEST_DAYS
from storefront.seen.telling import OFF, OFF_COOKIE, find_person, says_no

CHOICE_DAYS = 4 * GUEST_DAYS


@dataclass(frozen=True, slots=True)
class Visitor:
    """`person` as signals know them, "" for somebody unknown. `buyer_id` is set for a member.

    Where `is_on` is false, nothing of the person's may be read.
    """

    person: str
    buyer_id: int | None
    is_on: bool


def read_visitor(request: HttpRequest) -> Visitor:
    """The visitor, by the browser's word first and then by what was chosen before, on any device: one statement."""
    person = find_person(request)
    buyer_id = request.user.pk if request.user.is_authenticated else None
    is_on = not says_no(request) and (not person or is_counted(person))
    return Visitor(person, buyer_id, is_on)


def remember_choice(response: HttpResponse, *, is_on: bool) -> None:
    """The choice in the browser: it holds for guests, and before anything is asked of a table."""
    if is_on:
        response.delete_cookie(OFF_COOKIE, samesite="Lax")
        return
    response.set_cookie(
        OFF_COOKIE, OFF, max_age=CHOICE_DAYS * 86_400, secure=settings.SECURE, httponly=True, samesite="Lax"
    )
