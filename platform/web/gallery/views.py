"""The gallery of all parts and states. Demo only, on the market and the console host."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from market.shops.contracts import HostKind
from web.gallery.samples import list_samples
from web.toasts import add_toast

_SHOWN_ON = (HostKind.MARKET, HostKind.CONSOLE)


def _refuse_elsewhere(request: HttpRequest) -> None:
    kind = getattr(getattr(request, "host_context", None), "kind", HostKind.MARKET)
    if not settings.DEMO or kind not in _SHOWN_ON:
        raise Http404


def show_gallery(request: HttpRequest) -> HttpResponse:
    """Every part in every state."""
    _refuse_elsewhere(request)
    return render(request, "web/gallery/gallery.html", list_samples())


def show_desk(request: HttpRequest, face: str) -> HttpResponse:
    """The frame of the portal or the console around a table."""
    _refuse_elsewhere(request)
    return render(request, f"web/gallery/{face}.html", list_samples())


@require_POST
def say_toast(request: HttpRequest) -> HttpResponse:
    """A toast with undo, to see it."""
    _refuse_elsewhere(request)
    add_toast(request, "已移除1件商品 / One item removed", undo_url=request.path)
    return HttpResponse(status=303, headers={"Location": ".."})
