"""Where ads lead, and where pages tell that they were drawn and seen.

A click is recorded and then led on, billed or not: to an address out of our own tables, never one out of the request.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus

import structlog
from django.db.utils import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from market.shops.selectors import map_shops
from search.auction.ad_tokens import LENGTH
from search.listings.selectors import find_listing_id
from search.serving.services import count_seen
from search.signals.rules.robots import is_robot
from search.slots.services import count_views
from search.spending.contracts import AdTarget
from search.spending.services import find_target, note_rendered, record_click, record_dwell, record_views
from storefront.ads.asking import read_facts
from storefront.beacons import read_beacon
from web.problems import Problem, respond

log = structlog.get_logger(__name__)

MOST_BYTES = 16 * 1024
MOST_TOKENS = 64
MOST_LOTS, LARGEST_ID = 16, (1 << 63) - 1
MOST_MS = 3_600_000
_SEE_OTHER = 303
_AWAY = (DatabaseError, InterfaceError, OSError)
_HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


@require_GET
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Record a click and lead on: 303 to what is advertised, 404 for what no ad of ours ever was."""
    if len(token) != LENGTH:
        raise Http404
    try:
        target = _record(request, token)
        if target is None:
            raise Http404
        location = find_location(request, target)
    except _AWAY:
        location = _find_path("storefront:home")
    return HttpResponse(status=_SEE_OTHER, headers={"Location": location, **_HEADERS})


def _record(request: HttpRequest, token: str) -> AdTarget | None:
    """Record a click; what cannot be written is lost, and the visitor led on all the same: nobody pays for it."""
    try:
        return record_click(token=token, facts=read_facts(request), now=timezone.now()).target
    except _AWAY as error:
        log.warning("ads.click_lost", error=type(error).__name__)
        return find_target(token)


@csrf_exempt  # nothing is changed for the visitor; the origin is looked at instead
def receive(request: HttpRequest) -> HttpResponse:
    """Take a page's report on its ads: 204, 4xx with problem details for anything that is none."""
    try:
        report = _read(request)
    except Problem as problem:
        return respond(problem)
    now, facts = timezone.now(), read_facts(request)
    try:
        if report.rendered:
            note_rendered(tokens=report.rendered, now=now)
        if report.viewed:
            record_views(tokens=report.viewed, facts=facts, now=now)
            count_seen(tokens=report.viewed, person=facts.person, network=facts.network, now=now)
        if report.lots and not is_robot(request.headers.get("User-Agent", "")):
            count_views(lot_ids=report.lots, now=now)
        if report.dwell_token:
            record_dwell(token=report.dwell_token, dwell_ms=report.dwell_ms, now=now)
    except _AWAY as error:  # what cannot be written is lost, never a page
        log.warning("ads.report_lost", error=type(error).__name__)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@dataclass(frozen=True, slots=True)
class _Report:
    rendered: list[str] = field(default_factory=list)
    viewed: list[str] = field(default_factory=list)
    lots: frozenset[int] = frozenset()
    dwell_token: str = ""
    dwell_ms: int = 0


def find_location(request: HttpRequest, target: AdTarget) -> str:
    """A path on this host: the goods, or what a creative names; the shop where the goods are gone."""
    if target.landing:
        is_ours = target.landing.startswith("/") and not target.landing.startswith(("//", "/\\"))
        return target.landing if is_ours else _find_path("storefront:home")
    epochs = request.epochs  # type: ignore[attr-defined]
    if target.product_id is not None:
        listing_id = find_listing_id(shop_id=target.shop_id, product_id=target.product_id, epochs=epochs)
        if listing_id is not None:
            return _find_path("storefront:product", listing_id)
    shop = map_shops(epochs).get(target.shop_id)
    return _find_path("storefront:shop", shop.slug) if shop and shop.is_open else _find_path("storefront:home")


@lru_cache(maxsize=4_096)
def _find_path(name: str, *arguments: int | str) -> str:
    return reverse(name, args=arguments)


def _read(request: HttpRequest) -> _Report:
    body = read_beacon(request, most_bytes=MOST_BYTES)
    try:
        return _parse(body)
    except (TypeError, ValueError, RecursionError) as error:
        raise Problem(400, "bad-report", str(error)[:200]) from error


def _parse(body: bytes) -> _Report:
    fields = json.loads(body)
    if not isinstance(fields, dict):
        raise ValueError("A report is an object.")
    dwell = fields.get("dwell") or {}
    if not isinstance(dwell, dict):
        raise ValueError("A dwell is an object.")
    token, ms = dwell.get("token", ""), dwell.get("ms", 0)
    if not isinstance(token, str) or type(ms) is not int or not 0 <= ms <= MOST_MS * 24:
        raise ValueError("A dwell is a token and milliseconds.")
    return _Report(
        rendered=_read_tokens(fields, "rendered"),
        viewed=_read_tokens(fields, "viewed"),
        lots=_read_lots(fields),
        dwell_token=token,
        dwell_ms=min(ms, MOST_MS),
    )


def _read_tokens(fields: dict[str, object], name: str) -> list[str]:
    tokens = fields.get(name, [])
    if not isinstance(tokens, list) or len(tokens) > MOST_TOKENS:
        raise ValueError(f"{name} are at most {MOST_TOKENS} tokens.")
    if not all(isinstance(token, str) and len(token) == LENGTH for token in tokens):
        raise ValueError(f"A token has {LENGTH} characters.")
    return tokens


def _read_lots(fields: dict[str, object]) -> frozenset[int]:
    lots = fields.get("lots", [])
    if not isinstance(lots, list) or len(lots) > MOST_LOTS:
        raise ValueError(f"lots are at most {MOST_LOTS} numbers.")
    if not all(type(lot) is int and 0 < lot <= LARGEST_ID for lot in lots):
        raise ValueError("A lot is a number.")
    return frozenset(lots)
