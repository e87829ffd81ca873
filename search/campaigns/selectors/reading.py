"""What a shop sees of its campaigns. Every read names the shop; a shop never sees another's."""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from search.auction.contracts import MatchType, Pace
from search.campaigns import models
from search.campaigns.contracts import (
    AdvertisedThing,
    AdView,
    CampaignKind,
    CampaignState,
    CampaignView,
    Charge,
    GroupView,
    KeywordView,
    NegativeView,
    PartState,
    Targeting,
)
from search.campaigns.rules.hours import join_hours
from search.campaigns.selectors.live import make_caps, make_page_bps

_REMOVED = PartState.REMOVED.value


class CampaignNotFound(LookupError):
    """The shop has no such campaign or group."""


def list_campaigns(
    *,
    shop_id: int,
    states: Collection[CampaignState] = (),
    before: int | None = None,
    limit: int = 50,
) -> list[CampaignView]:
    """A shop's campaigns, newest first, those below an id only if one is said: one statement."""
    rows = models.Campaign.objects.filter(shop_id=shop_id)
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_to_campaign(row) for row in rows.order_by("-pk")[:limit]]


def count_campaigns(*, shop_id: int) -> dict[CampaignState, int]:
    """How many campaigns a shop has in each state: one statement."""
    rows = models.Campaign.objects.filter(shop_id=shop_id).values("state").annotate(number=Count("pk"))
    found = {row["state"]: row["number"] for row in rows}
    return {state: found.get(state.value, 0) for state in CampaignState}


def get_campaign(*, shop_id: int, campaign_id: int) -> CampaignView:
    """One campaign. Raises `CampaignNotFound`."""
    row = models.Campaign.objects.filter(shop_id=shop_id, pk=campaign_id).first()
    if row is None:
        raise CampaignNotFound(campaign_id)
    return _to_campaign(row)


def map_campaigns(campaign_ids: Collection[int]) -> dict[int, CampaignView]:
    """Campaigns of any shop by id, for staff and for reports that have checked whose they are: one statement."""
    return {row.pk: _to_campaign(row) for row in models.Campaign.every.filter(pk__in=set(campaign_ids))}


def list_groups(*, shop_id: int, campaign_id: int) -> list[GroupView]:
    """A campaign's groups that were not removed: one statement."""
    return [_to_group(row) for row in _groups(shop_id).filter(campaign_id=campaign_id)]


def find_without_groups(*, shop_id: int, campaign_ids: Collection[int]) -> set[int]:
    """Those of a shop's campaigns in which no group is left, so that nothing of them is shown: one statement."""
    living = models.Group.objects.filter(campaign=OuterRef("pk")).exclude(state=_REMOVED)
    rows = models.Campaign.objects.filter(shop_id=shop_id, pk__in=set(campaign_ids)).exclude(Exists(living))
    return set(rows.values_list("pk", flat=True))


def get_group(*, shop_id: int, group_id: int) -> GroupView:
    """One group that was not removed. Raises `CampaignNotFound`."""
    row = _groups(shop_id).filter(pk=group_id).first()
    if row is None:
        raise CampaignNotFound(group_id)
    return _to_group(row)


def list_ads(*, shop_id: int, campaign_id: int, group_id: int | None = None) -> list[AdView]:
    """The ads of a campaign, or of one group of it, without those removed: one statement."""
    rows = models.Ad.objects.filter(group__campaign__shop_id=shop_id, group__campaign_id=campaign_id)
    rows = rows.exclude(state=_REMOVED).exclude(group__state=_REMOVED)
    return _to_ads(rows if group_id is None else rows.filter(group_id=group_id))


def map_ads(ad_ids: Collection[int]) -> dict[int, AdView]:
    """Ads of any shop by id, removed ones too, for reports that have checked whose they are: one statement."""
    return {view.ad_id: view for view in _to_ads(models.Ad.objects.filter(pk__in=set(ad_ids)))}


def list_advertised_things(ad_ids: Collection[int]) -> list[AdvertisedThing]:
    """What these ads advertise, and all ads that run, of any shop: one statement."""
    running = Q(
        state=PartState.RUNNING.value,
        group__state=PartState.RUNNING.value,
        group__campaign__state=CampaignState.RUNNING.value,
    )
    rows = models.Ad.objects.filter(running | Q(pk__in=set(ad_ids))).order_by("pk")
    return [AdvertisedThing(*row) for row in rows.values_list("pk", "group__campaign__shop_id", "product_id")]


def list_keywords(*, shop_id: int, group_id: int) -> list[KeywordView]:
    """The words of a group that were not removed: one statement."""
    rows = models.Keyword.objects.filter(group__campaign__shop_id=shop_id, group_id=group_id)
    return _to_keywords(rows.exclude(state=_REMOVED))


def map_keywords(keyword_ids: Collection[int]) -> dict[int, KeywordView]:
    """Words of any shop by id, removed ones too, for reports that have checked whose they are: one statement."""
    rows = models.Keyword.objects.filter(pk__in=set(keyword_ids))
    return {view.keyword_id: view for view in _to_keywords(rows)}


def list_negatives(*, shop_id: int, campaign_id: int) -> list[NegativeView]:
    """The words that a campaign and its groups keep away from: one statement."""
    rows = models.NegativeKeyword.objects.filter(campaign__shop_id=shop_id, campaign_id=campaign_id)
    return [
        NegativeView(
            negative_id=row.pk,
            campaign_id=row.campaign_id,
            group_id=row.group_id,
            text=row.text,
            match=MatchType(row.match),
        )
        for row in rows.order_by("text", "pk")
    ]


def _groups(shop_id: int) -> QuerySet[models.Group]:
    ads, words = (
        model.objects.filter(group=OuterRef("pk")).exclude(state=_REMOVED).values("group").annotate(n=Count("pk"))
        for model in (models.Ad, models.Keyword)
    )
    rows = models.Group.objects.filter(campaign__shop_id=shop_id).exclude(state=_REMOVED)
    return rows.annotate(
        ad_count=Coalesce(Subquery(ads.values("n")), 0), word_count=Coalesce(Subquery(words.values("n")), 0)
    ).order_by("pk")


def _to_group(row: models.Group) -> GroupView:
    return GroupView(
        group_id=row.pk,
        campaign_id=row.campaign_id,
        name=row.name,
        state=PartState(row.state),
        bid_minor=row.bid_minor,
        charge=Charge(row.charge),
        ads=row.ad_count,  # type: ignore[attr-defined]  # annotated
        words=row.word_count,  # type: ignore[attr-defined]  # annotated
    )


def _to_ads(rows: QuerySet[models.Ad]) -> list[AdView]:
    found = rows.order_by("pk").values_list(
        "pk", "group_id", "group__campaign_id", "state", "product_id", "creative_id"
    )
    return [
        AdView(
            ad_id=pk,
            group_id=group_id,
            campaign_id=campaign_id,
            state=PartState(state),
            product_id=product_id,
            creative_id=creative_id,
        )
        for pk, group_id, campaign_id, state, product_id, creative_id in found
    ]


def _to_keywords(rows: QuerySet[models.Keyword]) -> list[KeywordView]:
    return [
        KeywordView(
            keyword_id=row.pk,
            group_id=row.group_id,
            text=row.text,
            match=MatchType(row.match),
            bid_minor=row.bid_minor,
            state=PartState(row.state),
        )
        for row in rows.order_by("text", "match", "pk")
    ]


def _to_campaign(row: models.Campaign) -> CampaignView:
    return CampaignView(
        campaign_id=row.pk,
        shop_id=row.shop_id,
        name=row.name,
        kind=CampaignKind(row.kind),
        state=CampaignState(row.state),
        pace=Pace(row.pace),
        daily_budget_minor=row.daily_budget_minor,
        total_budget_minor=row.total_budget_minor,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        targeting=Targeting(
            join_hours(row.hours), tuple(row.regions), row.audiences, make_caps(row), make_page_bps(row)
        ),
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
