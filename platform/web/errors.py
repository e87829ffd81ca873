"""Error pages in both languages, each with what to do next; problem details where a program asked.

Set in every URL configuration: `handler400 = "web.errors.bad_request"` and so on.
"""

import sys
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from psycopg_pool import PoolTimeout

from web.preferences import read_language
from web.problems import Problem, respond, wants_problem

log = structlog.get_logger(__name__)
KINDS = {
    400: "bad-request",
    403: "forbidden",
    404: "not-found",
    421: "misdirected",
    429: "too-many-requests",
    503: "unavailable",
}
_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
_LAST_RESORT = (
    "<!doctype html><meta charset=utf-8><title>500</title>"
    "<p>出了一点问题，已经记下来了。请返回上一页再试一次；订单和付款不会重复。"
    "<p lang=en>Something went wrong and has been noted. Go back and try again; orders and payments do not double."
)


def render_error(
    request: HttpRequest,
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    retry_after: int = 0,
    template: str = "",
) -> HttpResponse:
    """The page or the problem of a status. Asks no database, no cache; falls back to plain HTML.

    `template` is a face's own page, where the shoppers' one would lead away from it.
    """
    if wants_problem(request):
        return respond(Problem(status, KINDS.get(status, "internal"), headers=headers))
    with translation.override(read_language(request)):
        try:
            html: str = render_to_string(
                template or f"web/errors/{status}.html",
                {"retry_after": retry_after, "request_id": getattr(request, "request_id", "")},
                request=request,
            )
        except Exception:  # the last page there is: it must come out whatever is broken
            log.exception("error_page_failed", status=status)
            html = _LAST_RESORT
    return HttpResponse(html, status=status, headers=dict(headers or {}))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read."""
    return render_error(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not allowed."""
    return render_error(request, HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page, or not for this visitor."""
    return render_error(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. While the database is away it is 503, which programs may try again."""
    if isinstance(sys.exc_info()[1], _DATABASE_AWAY):
        return render_error(request, HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "2"})
    return render_error(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: most often a page that stood open while somebody signed in or out."""
    log.info("csrf_failure", reason=reason)
    request.csrf_failed = True  # type: ignore[attr-defined]
    return render_error(request, HTTPStatus.FORBIDDEN)
