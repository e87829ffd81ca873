"""Whole pages kept in memory while nothing they show has changed.

A page is found under its version (both epochs and the state of the index for lists), so that a change is seen with the
next request and nothing stale is served. Where the version moved because of something else, the page is worked out
again, but not drawn again when it shows the same as before (`Draft.content`). What stands around the results of a
search is drawn once for all searches (`Results`). What belongs to one visitor is either part of the key (language,
theme, the count on the cart) or put in afterwards (the CSRF token).
"""

import hashlib
import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.html import escape
from django.utils.translation import get_language

from search.listings.keeping import Memory

MOST_BYTES = 40 * 1024 * 1024  # of all pages, in each process: some thousand pages
MOST_BYTES_EACH = 200_000
MOST_VERSIONS = 4_000
MOST_FRAME_BYTES = 3 * 1024 * 1024
CSRF_SLOT = f"csrf-{secrets.token_hex(16)}"
_RESULTS_SLOT, _WORDS_SLOT = f"results-{secrets.token_hex(16)}", f"words-{secrets.token_hex(16)}"
_frames: Memory[bytes] = Memory(MOST_FRAME_BYTES, weigh=len)
_pages: Memory[bytes] = Memory(MOST_BYTES, weigh=len)
_contents: Memory[Hashable] = Memory(MOST_VERSIONS)


@dataclass(frozen=True, slots=True)
class Results:
    """The part of a page that is different for every question: its template, and the words that were looked for.

    The page's template shows them as `{{ results }}` and `{{ words }}` and nothing else that hangs on the question;
    `around` changes with anything that it shows beside them.
    """

    template: str
    words: str
    around: Hashable


@dataclass(frozen=True, slots=True)
class Draft:
    """A page before it is drawn. `content` changes with anything that the address and the visitor do not decide.

    Without it the page's version says as much. A page that `is_makeshift` is poorer than it should be and never kept.
    """

    template: str
    context: Mapping[str, Any]  # Any: a template's context
    content: Hashable = None
    results: Results | None = None
    is_makeshift: bool = False


def digest(*facts: object) -> bytes:
    """Equal for equal facts; their `repr` says all of them."""
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).digest()


def show_kept(request: HttpRequest, *, path: str, version: Hashable, build: Callable[[], Draft]) -> HttpResponse:
    """The page at `path` from memory, or built and kept.

    `version` changes whenever anything changes that the page may show. A page with a toast is never kept.
    """
    if _has_toast(request):
        return HttpResponse(_draw(request, build(), csrf_slot=get_token(request)))
    address = (path, *_read_visitor(request))
    content = _contents.find((address, version))
    body = _pages.find((address, content)) if content is not None else None
    if body is None:
        body = _find_or_draw(request, build(), address, version)
    slot = CSRF_SLOT.encode()
    if slot in body:
        body = body.replace(slot, get_token(request).encode())
    return HttpResponse(body)


def _find_or_draw(request: HttpRequest, draft: Draft, address: Hashable, version: Hashable) -> bytes:
    content = version if draft.content is None else draft.content
    known = None if draft.is_makeshift else _pages.find((address, content))
    body = known or _draw(request, draft, csrf_slot=CSRF_SLOT)
    if len(body) <= MOST_BYTES_EACH and not draft.is_makeshift:
        if known is None:
            _pages.keep((address, content), body)
        _contents.keep((address, version), content)
    return body


def _draw(request: HttpRequest, draft: Draft, *, csrf_slot: str) -> bytes:
    context = {**draft.context, "csrf_slot": csrf_slot}
    if draft.results is None:
        return render(request, draft.template, context).content
    drawn = render(request, draft.results.template, context).content
    frame = _find_or_draw_frame(request, draft, draft.results)
    frame = frame.replace(_WORDS_SLOT.encode(), escape(draft.results.words).encode())
    return frame.replace(_RESULTS_SLOT.encode(), drawn)


def _find_or_draw_frame(request: HttpRequest, draft: Draft, results: Results) -> bytes:
    key = (draft.template, results.around, bool(results.words), request.get_host(), *_read_visitor(request))
    frame = None if _has_toast(request) else _frames.find(key)
    if frame is None:
        slots = {"results": _RESULTS_SLOT, "words": _WORDS_SLOT if results.words else ""}
        frame = render(request, draft.template, {**draft.context, **slots}).content
        if not _has_toast(request):
            _frames.keep(key, frame)
    return frame


def _read_visitor(request: HttpRequest) -> tuple[Hashable, ...]:
    """What a page shows of its visitor, but for the token."""
    return (
        get_language(),
        request.preferences,  # type: ignore[attr-defined]
        request.frame_counts.get("cart", 0),  # type: ignore[attr-defined]
        settings.SESSION_COOKIE_NAME in request.COOKIES,
    )


def _has_toast(request: HttpRequest) -> bool:
    return "messages" in request.COOKIES
