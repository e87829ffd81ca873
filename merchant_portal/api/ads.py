"""Campaigns of the token's shop."""

from collections.abc import Mapping
from typing import ClassVar

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from market.shops.contracts import Scope
from merchant_portal.api.ad_drafts import make_campaign, make_group, show_campaign
from merchant_portal.api.ad_groups import show_group
from merchant_portal.api.base import ShopView, member_of, shop_of
from merchant_portal.api.bodies.ads import (
    AudienceListBody,
    CampaignBody,
    CampaignInput,
    CampaignPageBody,
    CampaignQuery,
    CampaignReplacement,
    GroupInput,
    NegativesInput,
    StateMove,
    SuggestionQuery,
    SuggestionsBody,
    WholeCampaignBody,
    WholeGroupBody,
)
from merchant_portal.api.problems import ads_problems
from search.campaigns.contracts import CampaignKind, CampaignState, MatchType, NegativeDraft
from search.campaigns.selectors import (
    get_campaign,
    list_audiences,
    list_campaigns,
    list_groups,
    list_negatives,
    read_sizes,
    suggest_words,
)
from search.campaigns.services import (
    NoSuchCampaign,
    add_group,
    add_negatives,
    change_campaign,
    create_campaign,
    remove_negative,
    set_campaign_state,
)
from web.api.once import once, read_key
from web.api.pages import read_place, show_page
from web.api.reading import read_body, read_query
from web.api.views import operation
from web.paging import encode_cursor

PAGE = 50
EXAMPLE = {
    "name": "马克杯·搜索词",
    "kind": "keyword",
    "daily_budget_minor": 20_000,
    "starts_on": "2026-12-01",
    "group": {
        "name": "杯子",
        "bid_minor": 60,
        "product_ids": [7],
        "keywords": [{"text": "马克杯", "match": "phrase"}, {"text": "陶瓷 马克杯", "match": "exact", "bid_minor": 80}],
    },
}
CHANGE = {name: EXAMPLE[name] for name in ("name", "daily_budget_minor", "starts_on")}


class AdsView(ShopView):
    """What the scopes of advertising open."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.ADS_READ,
        "POST": Scope.ADS_WRITE,
        "PUT": Scope.ADS_WRITE,
        "DELETE": Scope.ADS_WRITE,
    }


class Campaigns(AdsView):
    """/campaigns"""

    @operation("listCampaigns", "My campaigns", tag="ads", query=CampaignQuery, answers={200: CampaignPageBody})
    def get(self, request: Request) -> Response:
        """Campaigns, newest first."""
        asked, shop_id = read_query(request, CampaignQuery), shop_of(request).shop_id
        state = asked.get("state", "")
        scope = f"api:campaigns:{shop_id}:{state}"
        before = read_place(asked.get("cursor"), scope=scope)
        states = [CampaignState(state)] if state else []
        rows = list_campaigns(shop_id=shop_id, states=states, before=before, limit=PAGE + 1)
        following = encode_cursor([rows[PAGE - 1].campaign_id], scope=scope) if len(rows) > PAGE else None
        return Response(show_page(CampaignBody, [show_campaign(row) for row in rows[:PAGE]], following))

    @operation(
        "createCampaign",
        "A new campaign",
        tag="ads",
        body=CampaignInput,
        answers={201: WholeCampaignBody},
        refuses=(409, 422),
        example=EXAMPLE,
    )
    @once(required=True)
    def post(self, request: Request) -> Response:
        """Makes a campaign with its first group. It runs at once, and costs nothing until somebody clicks."""
        asked = read_body(request, CampaignInput)
        with ads_problems():
            campaign_id = create_campaign(
                shop_id=shop_of(request).shop_id,
                key=f"api:{read_key(request)}",
                draft=make_campaign(asked, CampaignKind(asked["kind"])),
                group=make_group(asked["group"]),
                runs=not asked["draft"],
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        return _show(
            request, campaign_id, status=201, headers={"Location": reverse("merchant-api:campaign", args=[campaign_id])}
        )


class Campaign(AdsView):
    """/campaigns/{campaign_id}"""

    @operation("getCampaign", "One campaign", tag="ads", answers={200: WholeCampaignBody})
    def get(self, request: Request, campaign_id: int) -> Response:
        """A campaign with its groups and the words it keeps away from."""
        return _show(request, campaign_id)

    @operation(
        "replaceCampaign",
        "Change a campaign",
        tag="ads",
        body=CampaignReplacement,
        answers={200: WholeCampaignBody},
        refuses=(409, 422),
        example=CHANGE,
    )
    @once()
    def put(self, request: Request, campaign_id: int) -> Response:
        """Replaces all that is said; the kind stays, and the first day once it has come."""
        asked, shop_id = read_body(request, CampaignReplacement), shop_of(request).shop_id
        with ads_problems():
            known = get_campaign(shop_id=shop_id, campaign_id=campaign_id)
            change_campaign(
                shop_id=shop_id,
                campaign_id=campaign_id,
                draft=make_campaign(asked, known.kind, known.targeting.audiences),
                actor_id=member_of(request).user_id,
                now=timezone.now(),
                expected_version=asked["expected_version"],
            )
        return _show(request, campaign_id)


class CampaignStateView(AdsView):
    """/campaigns/{campaign_id}/state"""

    @operation(
        "setCampaignState",
        "Run, pause or end a campaign",
        tag="ads",
        body=StateMove,
        answers={200: WholeCampaignBody},
        refuses=(409, 422),
        example={"state": "paused"},
    )
    @once()
    def post(self, request: Request, campaign_id: int) -> Response:
        """Sets the state; the same again changes nothing. What has ended stays so."""
        asked = read_body(request, StateMove)
        with ads_problems():
            set_campaign_state(
                shop_id=shop_of(request).shop_id,
                campaign_ids=[campaign_id],
                state=CampaignState(asked["state"]),
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        return _show(request, campaign_id)


class CampaignGroups(AdsView):
    """/campaigns/{campaign_id}/groups"""

    @operation(
        "addGroup",
        "A further group",
        tag="ads",
        body=GroupInput,
        answers={201: WholeGroupBody},
        refuses=(409, 422),
        example={"name": "茶具", "bid_minor": 90, "product_ids": [8]},
    )
    @once(required=True)
    def post(self, request: Request, campaign_id: int) -> Response:
        """Adds a group with its ads and words."""
        asked, shop_id = read_body(request, GroupInput), shop_of(request).shop_id
        with ads_problems():
            group_id = add_group(
                shop_id=shop_id,
                campaign_id=campaign_id,
                draft=make_group(asked),
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        return show_group(request, group_id, status=201)


class CampaignNegatives(AdsView):
    """/campaigns/{campaign_id}/negatives"""

    @operation(
        "addNegatives",
        "Keep away from words",
        tag="ads",
        body=NegativesInput,
        answers={200: WholeCampaignBody},
        refuses=(409, 422),
        example={"negatives": [{"text": "二手"}]},
    )
    @once()
    def post(self, request: Request, campaign_id: int) -> Response:
        """Adds words for which nothing is shown; those that are there stay."""
        asked = read_body(request, NegativesInput)
        with ads_problems():
            add_negatives(
                shop_id=shop_of(request).shop_id,
                campaign_id=campaign_id,
                group_id=asked["group_id"],
                drafts=[NegativeDraft(one["text"], MatchType(one["match"])) for one in asked["negatives"]],
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        return _show(request, campaign_id)


class CampaignNegative(AdsView):
    """/campaigns/{campaign_id}/negatives/{negative_id}"""

    @operation("removeNegative", "Show for a word again", tag="ads", answers={204: None}, refuses=(409,))
    def delete(self, request: Request, campaign_id: int, negative_id: int) -> Response:
        """Takes a word off the list."""
        shop_id = shop_of(request).shop_id
        with ads_problems():
            kept = list_negatives(shop_id=shop_id, campaign_id=campaign_id)
            if negative_id not in {one.negative_id for one in kept}:
                raise NoSuchCampaign(negative_id)
            remove_negative(
                shop_id=shop_id,
                negative_id=negative_id,
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        return Response(status=204)


class Audiences(AdsView):
    """/audiences"""

    @operation("listAudiences", "Audiences and their sizes", tag="ads", answers={200: AudienceListBody})
    def get(self, request: Request) -> Response:
        """All audiences. Those of fewer than 1,000 people have no size and cannot be chosen."""
        sizes = read_sizes(shop_id=shop_of(request).shop_id, now=timezone.now())
        return Response(AudienceListBody({"items": list_audiences(sizes)}).data)


class KeywordSuggestions(AdsView):
    """/keyword-suggestions"""

    @operation(
        "suggestKeywords",
        "Words that people ask for",
        tag="ads",
        query=SuggestionQuery,
        answers={200: SuggestionsBody},
    )
    def get(self, request: Request) -> Response:
        """Words for a product of yours, or like some words: searches a day, competition, the usual bid."""
        asked = read_query(request, SuggestionQuery)
        found = suggest_words(
            shop_id=shop_of(request).shop_id,
            product_ids=[asked["product_id"]] if "product_id" in asked else [],
            seeds=asked.get("like", ""),
            now=timezone.now(),
        )
        return Response(SuggestionsBody({"items": found}).data)


def _show(
    request: Request, campaign_id: int, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    shop_id = shop_of(request).shop_id
    with ads_problems():
        campaign = get_campaign(shop_id=shop_id, campaign_id=campaign_id)
    body = {
        "campaign": show_campaign(campaign),
        "groups": list_groups(shop_id=shop_id, campaign_id=campaign_id),
        "negatives": list_negatives(shop_id=shop_id, campaign_id=campaign_id),
    }
    return Response(WholeCampaignBody(body).data, status=status, headers=dict(headers or {}))
