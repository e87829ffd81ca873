"""Ending a plan: for good, so it is asked once, on a page that says what happens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import render_page
from search.campaigns.contracts import CampaignState
from search.campaigns.services import CampaignEnded, NoSuchCampaign
from search.per_sale.contracts import PlanView
from search.per_sale.selectors import PlanNotFound, get_plan
from search.per_sale.services import set_plan_state
from web.toasts import add_toast


@require_http_methods(["GET", "POST"])
@shop_required("money")
def end(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What ending a plan does, and the button that does it."""
    visit = visit_of(request)
    plan = _find(visit.shop.shop_id, plan_id)
    if plan.state is CampaignState.ENDED:
        return redirect("portal:plan", plan_id)
    if request.method == "GET":
        return _ask(request, plan)
    try:
        set_plan_state(
            shop_id=visit.shop.shop_id,
            plan_id=plan_id,
            state=CampaignState.ENDED,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except NoSuchCampaign as error:
        raise Http404 from error
    except CampaignEnded:
        pass  # somebody was faster: it is as was wanted
    add_toast(request, gettext("Ended. Orders of earlier clicks are as they were."))
    return redirect("portal:plan", plan_id)


def _ask(request: HttpRequest, plan: PlanView) -> HttpResponse:
    switch = reverse("portal:switch-plan", args=[plan.plan_id])
    context = {
        "name": plan.name,
        "all_url": reverse("portal:plans"),
        "all_name": gettext("Pay per sale"),
        "back": reverse("portal:plan", args=[plan.plan_id]),
        "pause": switch if plan.state is CampaignState.RUNNING else "",
        "points": [
            gettext("It cannot be started again. For another one everything has to be set anew."),
            gettext("Clicks from now on bring no commission."),
            gettext("Orders of earlier clicks keep the rates of their moment and are charged once they are released."),
            gettext("Its orders and figures stay."),
        ],
    }
    return render_page(request, "portal/ads/end.html", context)


def _find(shop_id: int, plan_id: int) -> PlanView:
    try:
        return get_plan(shop_id=shop_id, plan_id=plan_id)
    except PlanNotFound as error:
        raise Http404 from error
