"""Groups of a campaign, and the ads in them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from search.campaigns.contracts import BadInput, CampaignKind, Charge, CreativeState, GroupDraft, PartState
from search.campaigns.contracts import limits as most
from search.campaigns.models import Ad, Campaign, Creative, Group
from search.campaigns.rules.checking import check_bid, check_charge, check_fits, check_group, clean_line
from search.campaigns.services.bids import check_restored_group
from search.campaigns.services.touching import NoSuchCampaign, lock_campaign, lock_group, tell
from search.campaigns.services.words import put_words
from search.listings.selectors import map_listing_ids


class NoSuchProduct(LookupError):
    """Products of these ids are not on sale in the shop; the argument is which."""


class NoSuchCreative(LookupError):
    """Creatives of these ids are not the shop's, or were refused; the argument is which."""


@transaction.atomic(durable=True)
def add_group(*, shop_id: int, campaign_id: int, draft: GroupDraft, actor_id: int, now: datetime) -> int:
    """A further group. Raises `BadInput`, `NoSuchCampaign`, `CampaignEnded`, `NoSuchProduct`, `NoSuchCreative`."""
    campaign = lock_campaign(shop_id=shop_id, campaign_id=campaign_id)
    check_group(draft, CampaignKind(campaign.kind), campaign.daily_budget_minor)
    _check_room(campaign)
    group = Group.objects.create(
        campaign=campaign,
        name=_choose_name(campaign, draft.name),
        bid_minor=draft.bid_minor,
        charge=draft.charge.value,
    )
    fill_group(campaign=campaign, group=group, draft=draft, now=now)
    tell("campaign.group_made", campaign=campaign, actor_id=actor_id, now=now, detail={"group_id": group.pk})
    return group.pk


@transaction.atomic(durable=True)
def change_group(
    *, shop_id: int, group_id: int, group_name: str, bid_minor: int, charge: Charge, actor_id: int, now: datetime
) -> None:
    """Rename a group, or let it bid otherwise. Raises `BadInput`, `NoSuchCampaign`, `CampaignEnded`."""
    campaign, group = lock_group(shop_id=shop_id, group_id=group_id)
    check_charge(charge, CampaignKind(campaign.kind))
    check_bid(bid_minor, charge)
    if (bid_minor, charge.value) != (group.bid_minor, group.charge):
        check_fits(bid_minor, charge, campaign.daily_budget_minor)
    group_name = _choose_name(campaign, group_name, besides=group.pk)
    Group.objects.filter(pk=group.pk).update(name=group_name, bid_minor=bid_minor, charge=charge.value)
    detail = {"group_id": group.pk, "bid_minor": bid_minor, "charge": charge.value}
    tell("campaign.group_changed", campaign=campaign, actor_id=actor_id, now=now, detail=detail)


@transaction.atomic(durable=True)
def set_group_state(*, shop_id: int, group_id: int, state: PartState, actor_id: int, now: datetime) -> None:
    """Run, pause or remove a group. Raises `NoSuchCampaign`, `CampaignEnded`."""
    campaign, group = lock_group(shop_id=shop_id, group_id=group_id)
    Group.objects.filter(pk=group.pk).update(state=state.value)
    detail = {"group_id": group.pk, "state": state.value}
    tell("campaign.group_changed", campaign=campaign, actor_id=actor_id, now=now, detail=detail)


@transaction.atomic(durable=True)
def restore_group(*, shop_id: int, group_id: int, state: PartState, actor_id: int, now: datetime) -> None:
    """Take the removal of a group back, with all that was in it; one that is there stays as it is.

    Raises `BadInput` where another has its name by now, there are too many, or it bids more than a day's budget;
    `NoSuchCampaign`, `CampaignEnded`.
    """
    found = Group.objects.filter(pk=group_id, campaign__shop_id=shop_id).values_list("campaign_id", flat=True).first()
    if found is None:
        raise NoSuchCampaign(group_id)
    campaign = lock_campaign(shop_id=shop_id, campaign_id=found)
    group = Group.objects.get(pk=group_id)
    if group.state != PartState.REMOVED.value or state is PartState.REMOVED:
        return
    _choose_name(campaign, group.name, besides=group.pk)
    _check_living(campaign)
    check_restored_group(campaign=campaign, group=group)
    Group.objects.filter(pk=group.pk).update(state=state.value)
    detail = {"group_id": group.pk, "state": state.value}
    tell("campaign.group_restored", campaign=campaign, actor_id=actor_id, now=now, detail=detail)


@transaction.atomic(durable=True)
def add_ads(
    *,
    shop_id: int,
    group_id: int,
    product_ids: Sequence[int] = (),
    creative_ids: Sequence[int] = (),
    actor_id: int,
    now: datetime,
) -> int:
    """Advertise more in a group; what is there runs again. Returns how many ads are new or run again.

    Raises `BadInput`, `NoSuchCampaign`, `CampaignEnded`, `NoSuchProduct`, `NoSuchCreative`.
    """
    campaign, group = lock_group(shop_id=shop_id, group_id=group_id)
    if creative_ids and campaign.kind != CampaignKind.DISPLAY.value:
        raise BadInput("creatives", "unknown")
    number = _put_ads(campaign, group, product_ids, creative_ids, now)
    detail = {"group_id": group.pk, "ads": number}
    tell("campaign.ads_added", campaign=campaign, actor_id=actor_id, now=now, detail=detail)
    return number


@transaction.atomic(durable=True)
def set_ad_state(*, shop_id: int, ad_id: int, state: PartState, actor_id: int, now: datetime) -> None:
    """Run, pause or remove an ad. Raises `NoSuchCampaign`, `CampaignEnded`."""
    group_id = Ad.objects.filter(pk=ad_id, group__campaign__shop_id=shop_id).values_list("group_id", flat=True).first()
    if group_id is None:
        raise NoSuchCampaign(ad_id)
    campaign, _ = lock_group(shop_id=shop_id, group_id=group_id)
    if not Ad.objects.filter(pk=ad_id).exclude(state=PartState.REMOVED.value).update(state=state.value):
        raise NoSuchCampaign(ad_id)
    detail = {"ad_id": ad_id, "state": state.value}
    tell("campaign.ad_changed", campaign=campaign, actor_id=actor_id, now=now, detail=detail)


def fill_group(*, campaign: Campaign, group: Group, draft: GroupDraft, now: datetime) -> None:
    """Put into a new group what its draft says: a step. Raises `BadInput`, `NoSuchProduct`, `NoSuchCreative`."""
    _put_ads(campaign, group, draft.product_ids, draft.creative_ids, now)
    put_words(campaign=campaign, group=group, drafts=draft.words)


def _put_ads(
    campaign: Campaign, group: Group, product_ids: Sequence[int], creative_ids: Sequence[int], now: datetime
) -> int:
    products, creatives = list(dict.fromkeys(product_ids)), list(dict.fromkeys(creative_ids))
    shown = map_listing_ids(shop_id=campaign.shop_id, product_ids=products) if products else {}
    if unknown := [product_id for product_id in products if product_id not in shown]:
        raise NoSuchProduct(unknown)
    _check_creatives(campaign.shop_id, creatives)
    known = {(ad.product_id, ad.creative_id): ad for ad in Ad.objects.filter(group=group)}
    wanted = [*((pk, None) for pk in products), *((None, pk) for pk in creatives)]
    again = [known[pair].pk for pair in wanted if pair in known and known[pair].state != PartState.RUNNING.value]
    new = [pair for pair in wanted if pair not in known]
    kept = sum(ad.state != PartState.REMOVED.value and ad.pk not in again for ad in known.values())
    if kept + len(again) + len(new) > most.MOST_ADS:
        raise BadInput("products", "too_many", most=most.MOST_ADS)
    if len(known) + len(new) > most.MOST_ADS_EVER:
        raise BadInput("products", "too_many", most=most.MOST_ADS_EVER)
    Ad.objects.filter(pk__in=again).update(state=PartState.RUNNING.value)
    Ad.objects.bulk_create(
        [Ad(group=group, product_id=product, creative_id=creative, created_at=now) for product, creative in new]
    )
    return len(again) + len(new)


def _check_creatives(shop_id: int, creative_ids: Sequence[int]) -> None:
    if not creative_ids:
        return
    rows = Creative.objects.filter(shop_id=shop_id, pk__in=creative_ids, removed_at=None)
    usable = set(rows.exclude(state=CreativeState.REFUSED.value).values_list("pk", flat=True))
    if unknown := [pk for pk in creative_ids if pk not in usable]:
        raise NoSuchCreative(unknown)


def _choose_name(campaign: Campaign, typed: str, besides: int = 0) -> str:
    """A name that no other group of the campaign has: so a repeat of a request adds no second group."""
    group_name = clean_line(typed, "group_name", most.LONGEST_NAME)
    living = Group.objects.filter(campaign=campaign, name=group_name).exclude(state=PartState.REMOVED.value)
    if living.exclude(pk=besides).exists():
        raise BadInput("group_name", "twice")
    return group_name


def _check_room(campaign: Campaign) -> None:
    _check_living(campaign)
    if Group.objects.filter(campaign=campaign).count() >= most.MOST_GROUPS_EVER:
        raise BadInput("groups", "too_many", most=most.MOST_GROUPS_EVER)


def _check_living(campaign: Campaign) -> None:
    if Group.objects.filter(campaign=campaign).exclude(state=PartState.REMOVED.value).count() >= most.MOST_GROUPS:
        raise BadInput("groups", "too_many", most=most.MOST_GROUPS)
