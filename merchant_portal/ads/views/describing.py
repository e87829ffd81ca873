"""A campaign as lists and its pages show it."""

from typing import Any  # Any: template contexts are open by nature

from django.http import Http404, HttpRequest

from merchant_portal.access import visit_of
from merchant_portal.ads.sentences import (
    tone_of,
)
from search.campaigns.contracts import (
    PAGES_OF_KIND,
    CampaignState,
    CampaignView,
    PartState,
)
from search.campaigns.selectors import (
    CampaignNotFound,
    get_campaign,
)
from search.campaigns.words import name_kind, name_page, name_part_state, name_state


def describe_campaign(campaign: CampaignView) -> dict[str, Any]:
    """A campaign as lists and its page show it."""
    return {
        "campaign": campaign,
        "kind": name_kind(campaign.kind),
        "pages_shown": [name_page(page.value) for page in PAGES_OF_KIND[campaign.kind]],
        "state": name_state(campaign.state),
        "tone": tone_of(campaign.state),
        "is_on": campaign.state is CampaignState.RUNNING,
    }


def describe_part(campaign: CampaignView, state: PartState) -> dict[str, str]:
    """What has become of a group, a word or an ad: nothing of a campaign that has ended runs or pauses any more."""
    if campaign.state is CampaignState.ENDED:
        return {"state": name_state(campaign.state), "tone": tone_of(campaign.state)}
    return {"state": name_part_state(state), "tone": tone_of(state)}


def find_campaign(request: HttpRequest, campaign_id: int) -> CampaignView:
    """A campaign of the shop, or 404."""
    try:
        return get_campaign(shop_id=visit_of(request).shop.shop_id, campaign_id=campaign_id)
    except CampaignNotFound as error:
        raise Http404 from error
