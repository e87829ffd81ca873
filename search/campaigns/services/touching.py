"""Steps that every change of a campaign begins and ends with: the lock, and the mark that serving follows."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from search.campaigns.contracts import CampaignState, PartState
from search.campaigns.models import Campaign, Group, this_transaction


class NoSuchCampaign(LookupError):
    """The shop has no such campaign, or no such group, ad or word in it."""


class CampaignEnded(RuntimeError):
    """An ended campaign stays as it is."""


def lock_shop(shop_id: int) -> None:
    """One shop's campaigns are counted by one writer at a time; who changes the limits of all waits here as well."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campaigns'), %s)", [shop_id % 2**31])


def lock_campaign(*, shop_id: int, campaign_id: int) -> Campaign:
    """The row, locked, if it may be changed. Raises `NoSuchCampaign`, `CampaignEnded`."""
    (campaign,) = lock_campaigns(shop_id=shop_id, campaign_ids=[campaign_id])
    if campaign.state == CampaignState.ENDED.value:
        raise CampaignEnded(campaign_id)
    return campaign


def lock_campaigns(*, shop_id: int, campaign_ids: Sequence[int]) -> list[Campaign]:
    """The rows in the order of their ids, locked. Raises `NoSuchCampaign` if one of them is not the shop's."""
    wanted = set(campaign_ids)
    rows = Campaign.objects.select_for_update(no_key=True).filter(shop_id=shop_id, pk__in=wanted).order_by("pk")
    found = list(rows)
    if len(found) < len(wanted):
        raise NoSuchCampaign(sorted(wanted - {row.pk for row in found}))
    return found


def lock_group(*, shop_id: int, group_id: int) -> tuple[Campaign, Group]:
    """A group that is not removed, with its campaign locked. Raises `NoSuchCampaign`, `CampaignEnded`."""
    found = Group.objects.filter(pk=group_id, campaign__shop_id=shop_id).values_list("campaign_id", flat=True).first()
    if found is None:
        raise NoSuchCampaign(group_id)
    campaign = lock_campaign(shop_id=shop_id, campaign_id=found)
    group = Group.objects.filter(pk=group_id).exclude(state=PartState.REMOVED.value).first()
    if group is None:
        raise NoSuchCampaign(group_id)
    return campaign, group


def touch(where: Q, now: datetime) -> int:
    """Mark campaigns as changed in this transaction, so that serving reads them again once it is committed."""
    assert transaction.get_connection().in_atomic_block
    return Campaign.objects.filter(where).update(changed_in=this_transaction(), changed_at=now)


def tell(
    action: str, *, campaign: Campaign, actor_id: int | None, now: datetime, detail: Mapping[str, object] | None = None
) -> None:
    """The mark and the trail of a change of a campaign, by a merchant or (without one) by the clock."""
    touch(Q(pk=campaign.pk), now)
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.SYSTEM if actor_id is None else ActorKind.MERCHANT,
        shop_id=campaign.shop_id,
        target_kind="campaign",
        target_id=str(campaign.pk),
        detail=detail,
        now=now,
    )
