"""Whole pages kept in memory while nothing they show has changed.

The key holds the version of what a page shows, so that a change is seen with the next request and nothing stale is
served: a product's own version for its page, both epochs and the state of the index for lists. What belongs to one
visitor is either part of the key (language, theme, the count on the cart) or put in afterwards (the CSRF token).
"""

import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import get_language

from search.listings.keeping import Memory

MOST_BYTES = 24 * 1024 * 1024  # of all pages, in each process: some thousand pages
MOST_BYTES_EACH = 200_000
CSRF_SLOT = f"csrf-{secrets.token_hex(16)}"
_pages: Memory[bytes] = Memory(MOST_BYTES, weigh=len)

Build = Callable[[], tuple[str, Mapping[str, Any]]]  # Any: a template's context


def show_kept(request: HttpRequest, *, path: str, version: Hashable, build: Build) -> HttpResponse:
    """The page at `path` from memory, or built (template, context) and kept.

    `version` changes whenever anything changes that the page shows. A page with a toast is never kept, nor one
    that says of itself (`is_makeshift` in its context) that it is poorer than it should be.
    """
    if _has_toast(request):
        template, context = build()
        return render(request, template, {**context, "csrf_slot": get_token(request)})
    key = (
        path,
        version,
        get_language(),
        request.preferences,  # type: ignore[attr-defined]
        request.frame_counts.get("cart", 0),  # type: ignore[attr-defined]
        settings.SESSION_COOKIE_NAME in request.COOKIES,
    )
    body = _pages.find(key)
    if body is None:
        template, context = build()
        body = render(request, template, {**context, "csrf_slot": CSRF_SLOT}).content
        if len(body) <= MOST_BYTES_EACH and not context.get("is_makeshift"):
            _pages.keep(key, body)
    slot = CSRF_SLOT.encode()
    if slot in body:
        body = body.replace(slot, get_token(request).encode())
    return HttpResponse(body)


def _has_toast(request: HttpRequest) -> bool:
    return "messages" in request.COOKIES
