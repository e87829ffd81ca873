"""A session counts on the host it was made for, and on no other."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from web.sessions import BOUND_TO


class BoundSessionMiddleware:
    """After SessionMiddleware. Cookies are host-only already; this refuses one that somebody carried over by hand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind = _kind_of(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.get(BOUND_TO, kind) != kind:
            request.session.flush()
        response = self._get_response(request)
        session = request.session
        if session.modified and SESSION_KEY in session and BOUND_TO not in session:
            session[BOUND_TO] = kind
        return response


def _kind_of(request: HttpRequest) -> str:
    context = getattr(request, "host_context", None)
    return str(context.kind.value) if context is not None else "market"
