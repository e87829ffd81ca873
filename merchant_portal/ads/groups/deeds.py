"""What all views of a group share: finding it, doing something and saying so."""

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from merchant_portal.access import visit_of
from merchant_portal.ads.sentences import (
    describe,
)
from search.campaigns.contracts import (
    BadInput,
    CampaignView,
    GroupView,
    PartState,
)
from search.campaigns.selectors import (
    CampaignNotFound,
    get_campaign,
    get_group,
)
from search.campaigns.services import (
    CampaignEnded,
    NoSuchCampaign,
    NoSuchCreative,
    NoSuchProduct,
)
from web.toasts import add_toast


def find_group(request: HttpRequest, group_id: int) -> tuple[GroupView, CampaignView]:
    """A group of the shop with its campaign, or 404."""
    shop_id = visit_of(request).shop.shop_id
    try:
        group = get_group(shop_id=shop_id, group_id=group_id)
        return group, get_campaign(shop_id=shop_id, campaign_id=group.campaign_id)
    except CampaignNotFound as error:
        raise Http404 from error


def do(request: HttpRequest, deed: Callable[[], str]) -> None:
    """Do something and say so, or say why not."""
    try:
        add_toast(request, deed())
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
    except (NoSuchProduct, NoSuchCreative):
        add_toast(request, gettext("Some of these are not on sale any more."), bad=True)
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error


def say_state(state: PartState) -> str:
    """What has become of a group, a word or an ad, in a sentence."""
    if state is PartState.RUNNING:
        return gettext("It runs. Shoppers see it within seconds.")
    return gettext("Paused.") if state is PartState.PAUSED else gettext("Removed. Its figures stay.")
