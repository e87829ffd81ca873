"""Views of providers' messages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from billing.payments.selectors import list_inbox
from console.access import staff_page
from console.frame import render_page
from console.lists import PAGE, cut, read_position
from web.shapes import Tab

TABS = {"refused": False, "accepted": True}


@staff_page()
@require_GET
def show_webhooks(request: HttpRequest) -> HttpResponse:
    """Messages that were refused, with the reason, or those that were believed; newest first."""
    tab = request.GET.get("tab", "refused")
    if tab not in TABS:
        raise Http404
    scope = f"webhooks:{tab}"
    rows = list_inbox(accepted=TABS[tab], before_id=read_position(request, scope), limit=PAGE + 1)
    page = cut(rows, scope, lambda row: row.entry_id)
    address = reverse("console:webhooks")
    context = {
        "tab": tab,
        "tabs": [
            Tab(gettext("Refused"), address, tab == "refused"),
            Tab(gettext("Believed"), f"{address}?tab=accepted", tab == "accepted"),
        ],
        "entries": page.items,
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "webhooks.html", context)
