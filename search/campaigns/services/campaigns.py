"""Making, changing, pausing and ending campaigns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from billing.settlement.services.days import business_date
from market.accounts.regions import list_provinces
from search.auction.contracts import Window
from search.campaigns.contracts import (
    LEAST_PEOPLE,
    BadInput,
    CampaignDraft,
    CampaignState,
    GroupDraft,
    PageKind,
    Targeting,
)
from search.campaigns.contracts import limits as most
from search.campaigns.models import Campaign, Group
from search.campaigns.rules.audiences import find_small, is_narrowed
from search.campaigns.rules.checking import check_amount, check_campaign, check_first_day, check_group, clean_line
from search.campaigns.rules.hours import split_hours
from search.campaigns.rules.moves import can_move
from search.campaigns.selectors import read_sizes
from search.campaigns.services.bids import check_lower_budget
from search.campaigns.services.groups import fill_group
from search.campaigns.services.touching import CampaignEnded, lock_campaign, lock_campaigns, lock_shop, tell


class TooManyCampaigns(RuntimeError):
    """The shop has as many campaigns as there may be; the argument is how many."""


class CampaignChanged(RuntimeError):
    """The campaign is no longer what the change was made for."""


@transaction.atomic(durable=True)
def create_campaign(
    *, shop_id: int, key: str, draft: CampaignDraft, group: GroupDraft | None, runs: bool, actor_id: int, now: datetime
) -> int:
    """A campaign with its first group, running or a draft. The same key again is the campaign of the first time.

    Raises `BadInput`, `TooManyCampaigns`, `groups.NoSuchProduct`, `groups.NoSuchCreative`.
    """
    lock_shop(shop_id)
    known = Campaign.every.filter(shop_id=shop_id, key=key).values_list("pk", flat=True).first()
    if known is not None:
        return known
    name = _check(draft)
    check_first_day(draft.starts_on, business_date(now))
    _check_audience(shop_id, draft.targeting, now)
    _check_room(shop_id)
    campaign = Campaign.objects.create(
        shop_id=shop_id,
        key=clean_line(key, "key", 80),
        name=name,
        kind=draft.kind.value,
        state=(CampaignState.RUNNING if runs else CampaignState.DRAFT).value,
        created_at=now,
        changed_at=now,
        **_columns(draft),
    )
    if group is not None:
        check_group(group, draft.kind, draft.daily_budget_minor)
        row = Group.objects.create(
            campaign=campaign,
            name=clean_line(group.name, "group_name", most.LONGEST_NAME),
            bid_minor=group.bid_minor,
            charge=group.charge.value,
        )
        fill_group(campaign=campaign, group=row, draft=group, now=now)
    tell("campaign.made", campaign=campaign, actor_id=actor_id, now=now, detail={"state": campaign.state})
    return campaign.pk


@transaction.atomic(durable=True)
def change_campaign(
    *,
    shop_id: int,
    campaign_id: int,
    draft: CampaignDraft,
    actor_id: int,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Replace what is said of a campaign; its kind stays, and so does its first day once that has come.

    Raises `BadInput`, `NoSuchCampaign`, `CampaignEnded`, `CampaignChanged`.
    """
    name = _check(draft)
    campaign = lock_campaign(shop_id=shop_id, campaign_id=campaign_id)
    if expected_version not in (None, campaign.version):
        raise CampaignChanged(campaign.version)
    if draft.kind.value != campaign.kind:
        raise BadInput("kind", "unknown")
    check_lower_budget(campaign=campaign, daily_minor=draft.daily_budget_minor)
    if draft.starts_on != campaign.starts_on:
        check_first_day(draft.starts_on, business_date(now))
    aimed = Targeting(regions=tuple(campaign.regions), audiences=campaign.audiences)
    if is_narrowed(aimed, draft.targeting):
        _check_audience(shop_id, draft.targeting, now)
    Campaign.objects.filter(pk=campaign.pk).update(name=name, version=campaign.version + 1, **_columns(draft))
    tell("campaign.changed", campaign=campaign, actor_id=actor_id, now=now, detail=_money(draft))


@transaction.atomic(durable=True)
def set_daily_budget(*, shop_id: int, campaign_id: int, daily_budget_minor: int, actor_id: int, now: datetime) -> None:
    """Change only the day's budget. Raises `BadInput`, `NoSuchCampaign`, `CampaignEnded`."""
    campaign = lock_campaign(shop_id=shop_id, campaign_id=campaign_id)
    largest = campaign.total_budget_minor or most.LARGEST_BUDGET_MINOR
    check_amount("daily_budget", daily_budget_minor, most.LEAST_BUDGET_MINOR, largest)
    check_lower_budget(campaign=campaign, daily_minor=daily_budget_minor)
    Campaign.objects.filter(pk=campaign.pk).update(daily_budget_minor=daily_budget_minor, version=campaign.version + 1)
    detail = {"daily_budget_minor": daily_budget_minor}
    tell("campaign.changed", campaign=campaign, actor_id=actor_id, now=now, detail=detail)


@transaction.atomic(durable=True)
def set_campaign_state(
    *, shop_id: int, campaign_ids: Sequence[int], state: CampaignState, actor_id: int, now: datetime
) -> int:
    """Run, pause or end campaigns, all or none; those that are so already stay. Returns how many moved.

    Raises `BadInput` for too many, `NoSuchCampaign`, `CampaignEnded`.
    """
    if len(campaign_ids) > most.MOST_EDITED:
        raise BadInput("campaigns", "too_many", most=most.MOST_EDITED)
    moved = 0
    for campaign in lock_campaigns(shop_id=shop_id, campaign_ids=campaign_ids):
        before = CampaignState(campaign.state)
        if before is state:
            continue
        if not can_move(before, state):
            raise CampaignEnded(campaign.pk) if before is CampaignState.ENDED else BadInput("state", "unknown")
        Campaign.objects.filter(pk=campaign.pk).update(state=state.value)
        tell(f"campaign.{state.value}", campaign=campaign, actor_id=actor_id, now=now)
        moved += 1
    return moved


@transaction.atomic(durable=True)
def end_past_campaigns(*, limit: int, now: datetime) -> int:
    """End campaigns whose last business day is over. Returns how many; those that somebody is changing wait."""
    open_states = [CampaignState.RUNNING.value, CampaignState.PAUSED.value]
    rows = Campaign.objects.select_for_update(skip_locked=True, no_key=True)
    past = list(rows.filter(ends_on__lt=business_date(now), state__in=open_states).order_by("pk")[:limit])
    for campaign in past:
        Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.ENDED.value)
        tell("campaign.ended", campaign=campaign, actor_id=None, now=now)
    return len(past)


def _check(draft: CampaignDraft) -> str:
    check_campaign(draft, {province.code for province in list_provinces()})
    return clean_line(draft.name, "name", most.LONGEST_NAME)


def _check_audience(shop_id: int, targeting: Targeting, now: datetime) -> None:
    """What is chosen is held to its size, provinces included; what became smaller since may stay."""
    if targeting.audiences and find_small(targeting.audiences, targeting.regions, read_sizes(shop_id=shop_id, now=now)):
        raise BadInput("audiences", "too_small", least=LEAST_PEOPLE)


def _check_room(shop_id: int) -> None:
    rows = Campaign.objects.filter(shop_id=shop_id)
    if rows.exclude(state=CampaignState.ENDED.value).count() >= most.MOST_CAMPAIGNS:
        raise TooManyCampaigns(most.MOST_CAMPAIGNS)
    if rows.count() >= most.MOST_CAMPAIGNS_EVER:
        raise TooManyCampaigns(most.MOST_CAMPAIGNS_EVER)


def _columns(draft: CampaignDraft) -> dict[str, Any]:  # Any: values of many columns
    return {
        "pace": draft.pace.value,
        **_money(draft),
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        **_targets(draft.targeting),
    }


def _money(draft: CampaignDraft) -> dict[str, int | None]:
    return {"daily_budget_minor": draft.daily_budget_minor, "total_budget_minor": draft.total_budget_minor}


def _targets(targeting: Targeting) -> dict[str, Any]:  # Any: values of many columns
    caps = {cap.window: cap.most for cap in targeting.frequency_caps}
    return {
        "hours": split_hours(targeting.hours),
        "regions": sorted(set(targeting.regions)),
        "audiences": targeting.audiences,
        "most_an_hour": caps.get(Window.HOUR),
        "most_a_day": caps.get(Window.DAY),
        "most_a_life": caps.get(Window.LIFE),
        **{f"{page.value}_bps": targeting.page_bps.get(page, 10_000) for page in PageKind},
    }
