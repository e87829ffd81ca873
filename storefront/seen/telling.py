"""What a request tells: only of people who may be counted, and never at the cost of the page."""

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from search.signals.contracts import EventKind, Report, Sighting
from search.signals.rules.robots import is_robot
from search.signals.rules.words import make_query
from search.signals.services import name_person, push_report
from storefront.ads.devices import find_device
from storefront.ads.visitors import Wish, find_traits
from storefront.cart.owner import read_guest_key
from storefront.seen.outgoing import outgoing
from web.valkey import breaker, client

OFF_COOKIE = "interests"
OFF = "off"
_HIGHEST_TOTAL = 2**31 - 1


def may_tell(request: HttpRequest) -> bool:
    """Whether this visitor may be counted: no program, no prefetching, nobody who said no by browser or by switch."""
    if says_no(request):
        return False
    headers = request.headers
    if "prefetch" in f"{headers.get('Sec-Purpose', '')}{headers.get('Purpose', '')}{headers.get('X-Moz', '')}":
        return False
    return not is_robot(headers.get("User-Agent", ""))


def says_no(request: HttpRequest) -> bool:
    """Whether the visitor wants nothing known: by the switch in this browser, or by the browser itself."""
    return request.COOKIES.get(OFF_COOKIE) == OFF or refuses_following(request)


def refuses_following(request: HttpRequest) -> bool:
    """Whether the browser asks every site not to follow its visitor (Global Privacy Control, Do Not Track)."""
    return request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"


def find_person(request: HttpRequest) -> str:
    """The member who is signed in, else the guest by the cookie that carts have; "" for somebody unknown.

    Reads the session only, which is read anyway where there is one.
    """
    user_id = find_user_id(request)
    return name_person(guest_key=read_guest_key(request)) if user_id is None else name_person(user_id=user_id)


def find_user_id(request: HttpRequest) -> int | None:
    """The member who is signed in; reads the session only, which is read anyway where there is one."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user_id = str(request.session.get(SESSION_KEY, ""))
    return int(user_id) if user_id.isdigit() else None


def tell(
    request: HttpRequest,
    sightings: Sequence[Sighting],
    *,
    words: str = "",
    token: str = "",
    category_id: int | None = None,
) -> None:
    """Tell what was seen or done, where the visitor may be counted. Never fails; without Valkey it is lost."""
    if may_tell(request):
        report = _make_report(request, sightings, words=words, token=token, category_id=category_id)
        breaker.ask(lambda: push_report(client(), report), None)


def tell_search(request: HttpRequest, *, total: int | None) -> None:
    """Tell of a new question: words without any condition, on the first page. What follows from it is no new one.

    The page does not even wait for Valkey.
    """
    asked = [name for name in request.GET if request.GET[name].strip()]
    if request.method == "GET" and asked == ["q"] and may_tell(request):
        outgoing.put(_make_report(request, [Sighting(EventKind.SEARCHED)], words=request.GET["q"], total=total))


def _make_report(
    request: HttpRequest,
    sightings: Sequence[Sighting],
    *,
    words: str,
    token: str = "",
    total: int | None = None,
    category_id: int | None = None,
) -> Report:
    now, person = timezone.now(), find_person(request)
    return Report(
        token=token or secrets.token_urlsafe(16),
        at=now,
        person=person,
        sightings=tuple(sightings),
        query=make_query(words),
        language=get_language() or "",
        category_id=category_id,
        total=None if total is None else min(total, _HIGHEST_TOTAL),
        device=find_device(request).value,
        region=find_traits(Wish(person, find_user_id(request)), now).region,
    )
