"""The outermost layer: an id for each request, and one line in the log when it is answered."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_QUIET = ("/static/", "/health", "/ready")
log = structlog.get_logger("web.access")


class RequestIdMiddleware:
    """Takes the caller's id or makes one, binds it to every log line, gives it back, and logs the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self._get_response(request)
        response[HEADER] = request_id
        self._tell(request, response, (time.perf_counter() - started) * 1000)
        return response

    def _tell(self, request: HttpRequest, response: HttpResponse, took_ms: float) -> None:
        if request.path.startswith(_QUIET) and response.status_code < 500:
            return
        kind = getattr(getattr(request, "host_context", None), "kind", None)
        slow = took_ms > settings.REQUEST_SECONDS * 1000
        (log.warning if slow else log.info)(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(took_ms, 1),
            host=str(kind) if kind else "unknown",
            slow=slow,
        )
