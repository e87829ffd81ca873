"""Groups of campaigns of the token's shop: their bids, words and ads."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from market.shops.contracts import Scope
from merchant_portal.api.ad_drafts import make_edit, make_word
from merchant_portal.api.base import ShopView, member_of, shop_of
from merchant_portal.api.bodies.ads import (
    AdsInput,
    ChangedBody,
    GroupReplacement,
    PartMove,
    WholeGroupBody,
    WordChanges,
    WordsInput,
)
from merchant_portal.api.problems import ads_problems
from search.campaigns.contracts import Charge, PartState
from search.campaigns.selectors import get_group, list_ads, list_keywords
from search.campaigns.services import (
    NoSuchCampaign,
    add_ads,
    add_words,
    change_group,
    edit_words,
    set_ad_state,
    set_group_state,
)
from search.serving.selectors import map_qualities
from web.api.once import once
from web.api.reading import read_body
from web.api.tokens import epochs_of
from web.api.views import operation


class GroupsView(ShopView):
    """What the scopes of advertising open."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.ADS_READ,
        "POST": Scope.ADS_WRITE,
        "PUT": Scope.ADS_WRITE,
    }


class Group(GroupsView):
    """/ad-groups/{group_id}"""

    @operation("getGroup", "One group", tag="ads", answers={200: WholeGroupBody})
    def get(self, request: Request, group_id: int) -> Response:
        """A group with its ads and words."""
        return show_group(request, group_id)

    @operation(
        "replaceGroup",
        "Change a group",
        tag="ads",
        body=GroupReplacement,
        answers={200: WholeGroupBody},
        refuses=(409, 422),
        example={"name": "杯子", "bid_minor": 75},
    )
    @once()
    def put(self, request: Request, group_id: int) -> Response:
        """Another name or bid; paused, run or, for good, removed (then it is shown a last time)."""
        asked, shop_id, actor_id = read_body(request, GroupReplacement), shop_of(request).shop_id, _actor(request)
        with ads_problems():
            change_group(
                shop_id=shop_id,
                group_id=group_id,
                group_name=asked["name"],
                bid_minor=asked["bid_minor"],
                charge=Charge(asked["charge"]),
                actor_id=actor_id,
                now=timezone.now(),
            )
        answer = show_group(request, group_id)
        if "state" in asked:
            with ads_problems():
                set_group_state(
                    shop_id=shop_id,
                    group_id=group_id,
                    state=PartState(asked["state"]),
                    actor_id=actor_id,
                    now=timezone.now(),
                )
            answer.data["group"]["state"] = asked["state"]
        return answer


class GroupKeywords(GroupsView):
    """/ad-groups/{group_id}/keywords"""

    @operation(
        "addKeywords",
        "Buy words",
        tag="ads",
        body=WordsInput,
        answers={200: ChangedBody},
        refuses=(409, 422),
        example={"keywords": [{"text": "陶瓷 马克杯", "match": "exact", "bid_minor": 80}]},
    )
    @once()
    def post(self, request: Request, group_id: int) -> Response:
        """Adds words, all or none; those that are there take what is said."""
        asked = read_body(request, WordsInput)
        with ads_problems():
            changed = add_words(
                shop_id=shop_of(request).shop_id,
                group_id=group_id,
                drafts=[make_word(word) for word in asked["keywords"]],
                actor_id=_actor(request),
                now=timezone.now(),
            )
        return _show_words(request, group_id, changed)


class GroupKeywordChanges(GroupsView):
    """/ad-groups/{group_id}/keywords/changes"""

    @operation(
        "changeKeywords",
        "Change words",
        tag="ads",
        body=WordChanges,
        answers={200: ChangedBody},
        refuses=(409, 422),
        example={"changes": [{"keyword_id": 34, "bid_minor": 95}]},
    )
    @once()
    def post(self, request: Request, group_id: int) -> Response:
        """Changes bids, matches and states, all or none."""
        asked = read_body(request, WordChanges)
        with ads_problems():
            outcome = edit_words(
                shop_id=shop_of(request).shop_id,
                group_id=group_id,
                edits=[make_edit(change) for change in asked["changes"]],
                actor_id=_actor(request),
                now=timezone.now(),
            )
        return _show_words(request, group_id, outcome.changed)


class GroupAds(GroupsView):
    """/ad-groups/{group_id}/ads"""

    @operation(
        "addAds",
        "Advertise more",
        tag="ads",
        body=AdsInput,
        answers={200: WholeGroupBody},
        refuses=(409, 422),
        example={"product_ids": [7, 8]},
    )
    @once()
    def post(self, request: Request, group_id: int) -> Response:
        """Adds goods and pictures; those that are there run again."""
        asked = read_body(request, AdsInput)
        with ads_problems():
            add_ads(
                shop_id=shop_of(request).shop_id,
                group_id=group_id,
                product_ids=asked["product_ids"],
                creative_ids=asked["creative_ids"],
                actor_id=_actor(request),
                now=timezone.now(),
            )
        return show_group(request, group_id)


class GroupAdState(GroupsView):
    """/ad-groups/{group_id}/ads/{ad_id}/state"""

    @operation(
        "setAdState",
        "Run, pause or remove an ad",
        tag="ads",
        body=PartMove,
        answers={200: WholeGroupBody},
        refuses=(409, 422),
        example={"state": "paused"},
    )
    @once()
    def post(self, request: Request, group_id: int, ad_id: int) -> Response:
        """Sets the state of an ad. What is removed can be advertised again."""
        asked, shop_id = read_body(request, PartMove), shop_of(request).shop_id
        with ads_problems():
            group = get_group(shop_id=shop_id, group_id=group_id)
            ads = list_ads(shop_id=shop_id, campaign_id=group.campaign_id, group_id=group_id)
            if ad_id not in {ad.ad_id for ad in ads}:
                raise NoSuchCampaign(ad_id)
            set_ad_state(
                shop_id=shop_id,
                ad_id=ad_id,
                state=PartState(asked["state"]),
                actor_id=_actor(request),
                now=timezone.now(),
            )
        return show_group(request, group_id)


def show_group(request: Request, group_id: int, *, status: int = 200) -> Response:
    """A group whole."""
    shop_id = shop_of(request).shop_id
    with ads_problems():
        group = get_group(shop_id=shop_id, group_id=group_id)
    ads = list_ads(shop_id=shop_id, campaign_id=group.campaign_id, group_id=group_id)
    words = list_keywords(shop_id=shop_id, group_id=group_id)
    qualities = map_qualities(shop_id=shop_id, ads=ads, words=[word.text for word in words], epochs=epochs_of(request))
    body = {
        "group": group,
        "ads": [{**asdict(ad), "quality": qualities.get(ad.ad_id)} for ad in ads],
        "keywords": words,
    }
    return Response(WholeGroupBody(body).data, status=status)


def _show_words(request: Request, group_id: int, changed: int) -> Response:
    words = list_keywords(shop_id=shop_of(request).shop_id, group_id=group_id)
    return Response(ChangedBody({"changed": changed, "keywords": words}).data)


def _actor(request: Request) -> int:
    return member_of(request).user_id
