"""The queue of merchants' pictures that wait for staff's word."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from console.access import REVIEWERS, me, staff_page
from console.frame import render_page
from market.shops.selectors import list_shops_by_ids
from search.campaigns.contracts import BadInput
from search.campaigns.selectors import count_waiting, list_review_queue
from search.campaigns.services import AlreadyDecided, CreativeNotFound, decide_creative
from search.slots.selectors import count_waiting_for
from web.toasts import add_toast


@staff_page()
@require_GET
def show_creatives(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, with how many lots hang on it."""
    now, waiting = timezone.now(), list_review_queue()
    shops = list_shops_by_ids({one.shop_id for one in waiting})
    rows = [(one, shops.get(one.shop_id), count_waiting_for(one.creative_id, now=now)) for one in waiting]
    return render_page(request, "advertising/creatives.html", {"rows": rows, "waiting": count_waiting()})


@staff_page(*REVIEWERS)
@require_POST
def decide(request: HttpRequest, creative_id: int) -> HttpResponse:
    """Approve, or refuse with a reason that the merchant reads."""
    approved, reason = request.POST.get("word") == "approve", request.POST.get("reason", "")
    try:
        decide_creative(
            creative_id=creative_id, approved=approved, reason=reason, actor_id=me(request), now=timezone.now()
        )
    except BadInput:
        add_toast(request, gettext("Write a reason of one line: the merchant reads it."), bad=True)
    except (AlreadyDecided, CreativeNotFound):
        add_toast(request, gettext("Somebody decided this picture meanwhile."), bad=True)
    else:
        add_toast(request, gettext("Approved.") if approved else gettext("Refused. The merchant reads why."))
    return redirect("console:ads-creatives")
