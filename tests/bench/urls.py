"""The market's addresses and one more: a bare view, the base that pages are compared with."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from config.urls import market

MOST_BYTES = 1_000_000


def show_bare(request: HttpRequest, size: int) -> HttpResponse:
    """So many bytes, and nothing is worked out."""
    return HttpResponse(b"x" * min(size, MOST_BYTES))


urlpatterns: list[URLPattern | URLResolver] = [path("bench/bare/<int:size>", show_bare), *market.urlpatterns]

handler400 = market.handler400
handler403 = market.handler403
handler404 = market.handler404
handler500 = market.handler500
