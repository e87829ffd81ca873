"""Which of the four kinds of host was asked. Everything else on this machine is nobody's: 421."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from market.shops.contracts import HostContext, HostKind
from market.shops.selectors import read_epochs, resolve_host
from web.errors import render_error
from web.health import health, ready

_ANY_HOST = {"/health": health, "/ready": ready}


def host_name(request: HttpRequest) -> str:
    """The host asked for, lower case and without its port. The header itself: ALLOWED_HOSTS lets all pass."""
    header = request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", "")
    name = str(header).strip().lower()
    return name if name.endswith("]") else name.rsplit(":", 1)[0]


class HostMiddleware:
    """Sets `request.host_context`, `request.shop`, `request.epochs` and the URL configuration of the host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if answer := _ANY_HOST.get(request.path):
            return answer(request)
        epochs = read_epochs()
        found: HostContext | None = resolve_host(host_name(request), epochs=epochs)
        if found is None or (found.kind is HostKind.SHOP and (found.shop is None or not found.shop.is_open)):
            return render_error(request, 421 if found is None else 404)
        request.host_context = found  # type: ignore[attr-defined]
        request.shop = found.shop if found.kind is HostKind.SHOP else None  # type: ignore[attr-defined]
        request.epochs = epochs  # type: ignore[attr-defined]
        request.urlconf = settings.URLCONFS[found.kind.value]
        structlog.contextvars.bind_contextvars(shop_id=found.shop.shop_id if found.shop else None)
        return self._get_response(request)
