"""The door of the portal."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from market.accounts.contracts import EntryKind
from web import entering


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """`/enter?ticket=…` of the market host."""
    return entering.enter(request, EntryKind.PORTAL)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out here; the market host keeps its own session."""
    return entering.leave(request)
