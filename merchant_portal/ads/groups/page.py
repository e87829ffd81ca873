"""A group's page: its bid, its words in a table that is edited in bulk, its ads."""

from collections.abc import Collection, Sequence
from typing import Any  # Any: template contexts are open by nature

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.goods import epochs_of, find_goods, list_products
from merchant_portal.ads.groups.deeds import find_group
from merchant_portal.ads.qualities import show_quality
from merchant_portal.ads.refused import Refused
from merchant_portal.ads.sentences import (
    list_matches,
    name_competition,
    name_creative_state,
    say_hint,
)
from merchant_portal.ads.views import describe_part
from merchant_portal.frame import render_page
from search.campaigns.contracts import (
    AdView,
    CampaignKind,
    CampaignState,
    CampaignView,
    CreativeState,
    GroupView,
    KeywordView,
    PartState,
)
from search.campaigns.selectors import (
    list_ads,
    list_creatives,
    list_keywords,
    list_negatives,
    study_words,
    suggest_words,
)
from search.campaigns.words import name_charge, name_match
from search.serving.selectors import find_unfit_words, map_qualities

MOST_HINTS = 8


@require_GET
@shop_required("money")
def show_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """A group whole. `?q=` looks for further goods."""
    return render_group(request, group_id)


def render_group(request: HttpRequest, group_id: int, refused: Refused | None = None) -> HttpResponse:
    """A group whole, with a form that was sent back, if one was."""
    shop_id, now = visit_of(request).shop.shop_id, timezone.now()
    group, campaign = find_group(request, group_id)
    words = list_keywords(shop_id=shop_id, group_id=group_id)
    ads = list_ads(shop_id=shop_id, campaign_id=group.campaign_id, group_id=group_id)
    context: dict[str, Any] = {
        "group": group,
        "campaign": campaign,
        "charge": name_charge(group.charge),
        **describe_part(campaign, group.state),
        "is_display": campaign.kind is CampaignKind.DISPLAY,
        "is_over": campaign.state is CampaignState.ENDED,
        "words": _describe_words(campaign, group, words, refused, _find_unfit(request, ads, words)),
        "matches": list_matches(),
        "refused": refused,
        **_show_ads(request, campaign, ads, words),
    }
    if campaign.kind is CampaignKind.KEYWORD:
        found = suggest_words(
            shop_id=shop_id,
            product_ids=list_products(ads),
            seeds="",
            now=now,
            without=[word.text for word in words],
        )
        ticked = refused.typed.getlist("word") if refused and refused.part == "words" else []
        hints = found[:MOST_HINTS]
        context["suggestions"] = [(one, name_competition(one.competition), one.text in ticked) for one in hints]
        context["kept_words"] = sorted(set(ticked) - {one.text for one in hints})
    return render_page(request, "portal/ads/group.html", context, status=422 if refused else 200)


def _describe_words(
    campaign: CampaignView,
    group: GroupView,
    words: list[KeywordView],
    refused: Refused | None,
    unfit: Collection[str],
) -> list[dict[str, Any]]:
    shop_id, is_over = campaign.shop_id, campaign.state is CampaignState.ENDED
    ticked = set(refused.typed.getlist("tick")) if refused else set()
    negatives = list_negatives(shop_id=shop_id, campaign_id=group.campaign_id)
    studied = study_words(
        shop_id=shop_id,
        words=words,
        bid_minor=group.bid_minor,
        negatives=[one for one in negatives if one.group_id in (None, group.group_id)],
        now=timezone.now(),
    )
    return [
        {
            "word": word,
            "is_ticked": str(word.keyword_id) in ticked,
            "match": name_match(word.match),
            **describe_part(campaign, word.state),
            "figures": (known := studied[word.keyword_id]).figures,
            "competition": name_competition(known.figures.competition),
            "hint": say_hint(known.hint, word.match, is_unfit=word.text in unfit)
            if word.state is PartState.RUNNING and not is_over
            else "",
        }
        for word in words
    ]


def _find_unfit(request: HttpRequest, ads: Sequence[AdView], words: Sequence[KeywordView]) -> frozenset[str]:
    running = [ad.product_id for ad in ads if ad.product_id is not None and ad.state is PartState.RUNNING]
    return find_unfit_words(
        shop_id=visit_of(request).shop.shop_id,
        product_ids=running,
        words=[word.text for word in words if word.state is PartState.RUNNING],
        epochs=epochs_of(request),
    )


def _show_ads(
    request: HttpRequest, campaign: CampaignView, ads: Sequence[AdView], words: Sequence[KeywordView]
) -> dict[str, Any]:
    shop_id, query = visit_of(request).shop.shop_id, request.GET.get("q", "")
    bought = [word.text for word in words if word.state is PartState.RUNNING]
    qualities = map_qualities(shop_id=shop_id, ads=ads, words=bought, epochs=epochs_of(request))
    picked = list_products(ads)
    goods = find_goods(shop=visit_of(request).shop, words=query, picked=picked, epochs=epochs_of(request))
    cards = {card.product_id: card for card in goods.picked}
    creatives = {one.creative_id: one for one in list_creatives(shop_id=shop_id)}
    used = {ad.creative_id for ad in ads}
    usable = [
        one
        for one in creatives.values()
        if campaign.kind is CampaignKind.DISPLAY
        and one.state is not CreativeState.REFUSED
        and one.creative_id not in used
    ]
    return {
        "ads": [
            {
                "ad": ad,
                "card": cards.get(ad.product_id or 0),
                "creative": (creative := creatives.get(ad.creative_id or 0)),
                "review": name_creative_state(creative.state) if creative else "",
                **describe_part(campaign, ad.state),
                "quality": show_quality(known, has_words=bool(bought)) if (known := qualities.get(ad.ad_id)) else None,
            }
            for ad in ads
        ],
        "found": goods.others,
        "usable": usable,
        "query": query,
    }
