"""Ending a campaign: for good, so it is asked once, on a page that says what happens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.views.describing import find_campaign
from merchant_portal.frame import render_page
from search.campaigns.contracts import CampaignState, CampaignView
from search.campaigns.services import NoSuchCampaign, set_campaign_state
from web.toasts import add_toast


@require_http_methods(["GET", "POST"])
@shop_required("money")
def end(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """What ending a campaign does, and the button that does it."""
    visit, campaign = visit_of(request), find_campaign(request, campaign_id)
    if campaign.state is CampaignState.ENDED:
        return redirect("portal:campaign", campaign_id)
    if request.method == "GET":
        return _ask(request, campaign)
    try:
        set_campaign_state(
            shop_id=visit.shop.shop_id,
            campaign_ids=[campaign_id],
            state=CampaignState.ENDED,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except NoSuchCampaign as error:
        raise Http404 from error
    add_toast(request, gettext("Ended. Its figures stay."))
    return redirect("portal:campaign", campaign_id)


def _ask(request: HttpRequest, campaign: CampaignView) -> HttpResponse:
    switch = reverse("portal:switch-campaign", args=[campaign.campaign_id])
    context = {
        "name": campaign.name,
        "all_url": reverse("portal:ads"),
        "all_name": gettext("Campaigns"),
        "back": reverse("portal:campaign", args=[campaign.campaign_id]),
        "pause": switch if campaign.state is CampaignState.RUNNING else "",
        "points": [
            gettext("It cannot be started again. For another one everything has to be set anew."),
            gettext("Nothing of it is shown within seconds; clicks under way still count."),
            gettext(
                "What is held for it and was not spent can be spent by your other campaigns today, "
                "and is free in your advertising balance the next day."
            ),
            gettext("Its figures, charges and reports stay."),
        ],
    }
    return render_page(request, "portal/ads/end.html", context)
