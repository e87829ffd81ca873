"""What runs, as serving keeps it in memory; and the budgets that spending holds to."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from market.media.contracts import StoredPicture
from search.auction.contracts import FrequencyCap, Keyword, MatchType, Pace, Window
from search.campaigns import models
from search.campaigns.contracts import (
    CampaignBudget,
    CampaignKind,
    CampaignState,
    Charge,
    CreativeState,
    LiveAd,
    LiveCampaign,
    LiveCreative,
    LiveKeyword,
    PageKind,
    PartState,
)
from search.campaigns.rules.hours import join_hours
from search.campaigns.selectors.creatives import map_stored_pictures, to_picture
from search.campaigns.selectors.limits import map_limits

_RUNNING = PartState.RUNNING.value


@dataclass
class _Parts:
    """The rows of many campaigns, by whose they are."""

    groups: dict[int, list[models.Group]] = field(default_factory=lambda: defaultdict(list))
    ads: dict[int, list[models.Ad]] = field(default_factory=lambda: defaultdict(list))
    words: dict[int, tuple[LiveKeyword, ...]] = field(default_factory=dict)
    of_campaign: dict[int, list[Keyword]] = field(default_factory=lambda: defaultdict(list))
    of_group: dict[int, list[Keyword]] = field(default_factory=lambda: defaultdict(list))
    pictures: Mapping[int, StoredPicture] = field(default_factory=dict)


def read_live(campaign_ids: Sequence[int] | None) -> list[LiveCampaign]:
    """Running campaigns of shops that are not blocked, with what runs in them; of these ids, or all: six statements.

    An id that was asked for and is not in the answer runs no more. Days are not looked at: see `LiveCampaign`.
    """
    rows = models.Campaign.objects.filter(state=CampaignState.RUNNING.value)
    if campaign_ids is not None:
        rows = rows.filter(pk__in=list(campaign_ids))
    campaigns = list(rows.order_by("pk"))
    limits = map_limits({campaign.shop_id for campaign in campaigns})
    open_ones = [campaign for campaign in campaigns if not limits[campaign.shop_id].blocked]
    parts = _read_parts([campaign.pk for campaign in open_ones])
    return [_make_campaign(row, limits[row.shop_id].daily_minor, parts) for row in open_ones]


def get_budgets(campaign_ids: Collection[int]) -> dict[int, CampaignBudget]:
    """The caps of these campaigns, whatever state they are in: two statements."""
    rows = models.Campaign.objects.filter(pk__in=set(campaign_ids))
    found = list(rows.values_list("pk", "shop_id", "daily_budget_minor", "total_budget_minor"))
    limits = map_limits({shop_id for _, shop_id, _, _ in found})
    return {
        pk: CampaignBudget(pk, shop_id, daily, total, limits[shop_id].daily_minor)
        for pk, shop_id, daily, total in found
    }


def _read_parts(campaign_ids: Sequence[int]) -> _Parts:
    parts = _Parts()
    of_these = Q(group__campaign__in=campaign_ids, group__state=_RUNNING, state=_RUNNING)
    bids: dict[int, int] = {}
    for group in models.Group.objects.filter(campaign__in=campaign_ids, state=_RUNNING).order_by("pk"):
        parts.groups[group.campaign_id].append(group)
        bids[group.pk] = group.bid_minor
    shown = Q(creative=None) | Q(creative__state=CreativeState.APPROVED.value, creative__removed_at=None)
    ads = list(models.Ad.objects.filter(of_these & shown).select_related("creative").order_by("pk"))
    for ad in ads:
        parts.ads[ad.group_id].append(ad)
    parts.words = _read_words(of_these, bids)
    for negative in models.NegativeKeyword.objects.filter(campaign__in=campaign_ids).order_by("pk"):
        word = Keyword(tuple(negative.tokens), MatchType(negative.match))
        if negative.group_id is None:
            parts.of_campaign[negative.campaign_id].append(word)
        else:
            parts.of_group[negative.group_id].append(word)
    parts.pictures = map_stored_pictures(ad.creative for ad in ads if ad.creative)
    return parts


def _read_words(where: Q, bids: Mapping[int, int]) -> dict[int, tuple[LiveKeyword, ...]]:
    """Plain columns: there are tens of thousands of words when a worker starts."""
    words: dict[int, list[LiveKeyword]] = defaultdict(list)
    rows = models.Keyword.objects.filter(where).order_by("pk")
    for pk, group_id, tokens, match, own in rows.values_list("pk", "group_id", "tokens", "match", "bid_minor"):
        if group_id in bids:
            bid = own if own is not None else bids[group_id]
            words[group_id].append(LiveKeyword(pk, tuple(tokens), MatchType(match), bid))
    return {group_id: tuple(found) for group_id, found in words.items()}


def _make_campaign(row: models.Campaign, shop_daily_minor: int | None, parts: _Parts) -> LiveCampaign:
    return LiveCampaign(
        campaign_id=row.pk,
        shop_id=row.shop_id,
        kind=CampaignKind(row.kind),
        pace=Pace(row.pace),
        daily_budget_minor=row.daily_budget_minor,
        total_budget_minor=row.total_budget_minor,
        shop_daily_limit_minor=shop_daily_minor,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        hours=join_hours(row.hours),
        regions=frozenset(row.regions),
        audiences=row.audiences,
        frequency_caps=make_caps(row),
        page_bps=make_page_bps(row),
        ads=tuple(ad for group in parts.groups.get(row.pk, ()) for ad in _make_ads(row, group, parts)),
    )


def _make_ads(campaign: models.Campaign, group: models.Group, parts: _Parts) -> list[LiveAd]:
    negatives = (*parts.of_campaign.get(campaign.pk, ()), *parts.of_group.get(group.pk, ()))
    return [
        LiveAd(
            ad_id=ad.pk,
            campaign_id=campaign.pk,
            group_id=group.pk,
            shop_id=campaign.shop_id,
            product_id=ad.product_id,
            creative=_make_creative(ad.creative, parts.pictures) if ad.creative else None,
            kind=CampaignKind(campaign.kind),
            charge=Charge(group.charge),
            bid_minor=group.bid_minor,
            keywords=parts.words.get(group.pk, ()),
            negatives=negatives,
            created_us=int(ad.created_at.timestamp() * 1_000_000),
        )
        for ad in parts.ads.get(group.pk, ())
    ]


def _make_creative(row: models.Creative, pictures: Mapping[int, StoredPicture]) -> LiveCreative:
    return LiveCreative(row.pk, row.title, to_picture(pictures[row.media_id], row.title), row.landing)


def make_caps(row: models.Campaign) -> tuple[FrequencyCap, ...]:
    """The frequency caps of a campaign's row."""
    found = ((Window.HOUR, row.most_an_hour), (Window.DAY, row.most_a_day), (Window.LIFE, row.most_a_life))
    return tuple(FrequencyCap(window, most) for window, most in found if most is not None)


def make_page_bps(row: models.Campaign) -> dict[PageKind, int]:
    """The page multipliers of a campaign's row."""
    return {
        PageKind.SEARCH: row.search_bps,
        PageKind.CATEGORY: row.category_bps,
        PageKind.PRODUCT: row.product_bps,
        PageKind.HOME: row.home_bps,
    }
