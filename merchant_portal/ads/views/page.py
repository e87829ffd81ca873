"""A campaign whole: its groups, and the words it keeps away from."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.settlement.services.days import business_date
from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.audiences import name_audiences, say_reach
from merchant_portal.ads.goods import epochs_of, list_products, map_cards
from merchant_portal.ads.held_up import describe_held_up
from merchant_portal.ads.refused import Refused, list_wrong_lines, posted_from, refuse
from merchant_portal.ads.sentences import list_matches
from merchant_portal.ads.views.describing import describe_campaign, describe_part, find_campaign
from merchant_portal.frame import render_page
from search.campaigns.contracts import (
    BadInput,
    CampaignState,
    CampaignView,
    MatchType,
    NegativeDraft,
)
from search.campaigns.selectors import (
    find_reach,
    list_ads,
    list_creatives,
    list_groups,
    list_negatives,
)
from search.campaigns.services import (
    CampaignEnded,
    NoSuchCampaign,
    add_negatives,
    remove_negative,
)
from search.campaigns.words import name_charge, name_match
from web.toasts import add_toast

LONGEST_TYPED = 20_000


@require_GET
@shop_required("money")
def show_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A campaign whole: its groups with what they advertise, and the words it keeps away from."""
    return render_campaign(request, find_campaign(request, campaign_id))


def render_campaign(request: HttpRequest, campaign: CampaignView, refused: Refused | None = None) -> HttpResponse:
    """A campaign whole, with a form that was sent back, if one was."""
    shop_id, campaign_id = campaign.shop_id, campaign.campaign_id
    ads = list_ads(shop_id=shop_id, campaign_id=campaign_id)
    cards = map_cards(shop_id=shop_id, product_ids=list_products(ads), epochs=epochs_of(request))
    shows_pictures = any(ad.creative_id is not None for ad in ads)
    creatives = {one.creative_id: one for one in list_creatives(shop_id=shop_id)} if shows_pictures else {}
    groups = [
        {
            "group": group,
            **describe_part(campaign, group.state),
            "charge": name_charge(group.charge),
            "cards": [cards[ad.product_id] for ad in ads if ad.group_id == group.group_id and ad.product_id in cards],
            "creatives": [
                creatives[ad.creative_id] for ad in ads if ad.group_id == group.group_id and ad.creative_id in creatives
            ],
        }
        for group in list_groups(shop_id=shop_id, campaign_id=campaign_id)
    ]
    negatives = list_negatives(shop_id=shop_id, campaign_id=campaign_id)
    context = {
        **describe_campaign(campaign),
        "groups": groups,
        "negatives": [(one, name_match(one.match)) for one in negatives if one.group_id is None],
        "matches": list_matches(),
        "audiences": name_audiences(campaign.targeting.audiences),
        "reach": _say_reach(campaign),
        "is_over": campaign.state is CampaignState.ENDED,
        "ended_on": _find_end(campaign),
        "refused": refused,
        **describe_held_up(shop_id, now=timezone.now()),
    }
    return render_page(request, "portal/ads/campaign.html", context, status=422 if refused else 200)


def _find_end(campaign: CampaignView) -> date:
    """The last day of one that has ended: nothing of it changes after that."""
    day = business_date(campaign.changed_at)
    return min(day, campaign.ends_on) if campaign.ends_on else day


def _say_reach(campaign: CampaignView) -> str:
    """For how many people it is; nothing where it is for everybody."""
    aim = campaign.targeting
    if not aim.audiences:
        return ""
    reach = find_reach(shop_id=campaign.shop_id, audiences=aim.audiences, regions=aim.regions, now=timezone.now())
    return say_reach(reach)


@require_http_methods(["GET", "POST"])
@shop_required("money")
@posted_from("portal:campaign")
def exclude(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Keep the campaign away from words, one a line."""
    visit, match = visit_of(request), request.POST.get("match", "")
    chosen = MatchType(match) if match in set(MatchType) else MatchType.PHRASE
    lines = request.POST.get("words", "")[:LONGEST_TYPED].splitlines()
    if wrong_lines := list_wrong_lines(lines):
        refused = Refused("negatives", "negative", wrong_lines, request.POST)
        return render_campaign(request, find_campaign(request, campaign_id), refused)
    try:
        number = add_negatives(
            shop_id=visit.shop.shop_id,
            campaign_id=campaign_id,
            drafts=[NegativeDraft(line, chosen) for line in lines if line.strip()],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    except BadInput as error:
        refused = refuse(request, "negatives", {"": "negative"}, error)
        return render_campaign(request, find_campaign(request, campaign_id), refused)
    add_toast(request, gettext("No ad for these words any more.") if number else gettext("They were there already."))
    return redirect(reverse("portal:campaign", args=[campaign_id]) + "#negatives")


@require_POST
@shop_required("money")
def include(request: HttpRequest, campaign_id: int, negative_id: int) -> HttpResponse:
    """Let a word be shown for again."""
    visit = visit_of(request)
    try:
        remove_negative(shop_id=visit.shop.shop_id, negative_id=negative_id, actor_id=visit.user_id, now=timezone.now())
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    add_toast(request, gettext("Ads may show for it again."))
    return redirect(reverse("portal:campaign", args=[campaign_id]) + "#negatives")
