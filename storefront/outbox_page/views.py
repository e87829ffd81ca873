"""What the demo would have sent: mails and text messages with their codes."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from market.accounts.second_factor import list_demo_codes
from market.notifications.selectors import list_latest_messages


@never_cache
@require_GET
def show_outbox(request: HttpRequest) -> HttpResponse:
    """The newest messages of everybody. Outside of a demo there is no such page."""
    if not settings.DEMO:
        raise Http404
    return render(
        request, "notifications/outbox.html", {"messages_sent": list_latest_messages(), "staff": list_demo_codes()}
    )
