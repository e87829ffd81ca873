"""Where pages tell what was seen: one small POST of the browser's own (`navigator.sendBeacon`)."""

import json
import secrets
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from search.signals.codec import BadReport, read_number, read_sightings, read_token
from search.signals.contracts import EventKind, Sighting
from storefront.beacons import read_beacon
from storefront.cart.owner import keep_guest_key, read_guest_key
from storefront.seen.telling import may_tell, tell
from web.problems import Problem, respond

MOST_BYTES = 8 * 1024
MOST_CHARACTERS = 200
GUEST_DAYS = 30
_KINDS = (EventKind.SHOWN, EventKind.CLICKED, EventKind.VIEWED)


@dataclass(frozen=True, slots=True)
class _Beacon:
    token: str
    words: str
    category_id: int | None
    sightings: tuple[Sighting, ...]


@csrf_exempt  # nothing is changed for the visitor; the origin is looked at instead
def receive(request: HttpRequest) -> HttpResponse:
    """Take a page's report: 204, also for visitors who are not counted. 4xx with problem details for anything else.

    Who is not known yet is given the guest's cookie and counts from the next report on, so that a program that keeps
    no cookie stays nobody.
    """
    try:
        beacon = _read(request)
    except Problem as problem:
        return respond(problem)
    if may_tell(request):
        tell(request, beacon.sightings, words=beacon.words, token=beacon.token, category_id=beacon.category_id)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    is_somebody = settings.SESSION_COOKIE_NAME in request.COOKIES or read_guest_key(request)
    if may_tell(request) and not is_somebody:
        keep_guest_key(response, secrets.token_urlsafe(32), days=GUEST_DAYS)
    return response


def _read(request: HttpRequest) -> _Beacon:
    body = read_beacon(request, most_bytes=MOST_BYTES)
    try:
        return _parse(body)
    except (BadReport, ValueError, RecursionError) as error:
        raise Problem(400, "bad-report", str(error)[:200]) from error


def _parse(body: bytes) -> _Beacon:
    fields = json.loads(body)
    if not isinstance(fields, dict):
        raise BadReport("A report is an object.")
    words = fields.get("query", "")
    if not isinstance(words, str) or len(words) > MOST_CHARACTERS:
        raise BadReport(f"A query is text of at most {MOST_CHARACTERS} characters.")
    return _Beacon(
        token=read_token(fields.get("token")),
        words=words,
        category_id=read_number(fields.get("category")),
        sightings=read_sightings(fields.get("events"), kinds=_KINDS),
    )
