"""Bids that are there already, against the budget of a day."""

from django.db.models import Max

from search.campaigns.contracts import BadInput, Charge, PartState
from search.campaigns.models import Campaign, Group, Keyword


def check_lower_budget(*, campaign: Campaign, daily_minor: int) -> None:
    """A budget is not lowered below a bid for a click: a step. Raises `BadInput`."""
    if daily_minor >= campaign.daily_budget_minor:
        return
    highest = _find_highest(campaign)
    if highest > daily_minor:
        raise BadInput("daily_budget", "below_bid", least=highest)


def check_restored_group(*, campaign: Campaign, group: Group) -> None:
    """A group whose removal is taken back bids no more than the budget of a day is now: a step. Raises `BadInput`."""
    if _find_highest(campaign, group.pk) > campaign.daily_budget_minor:
        raise BadInput("bid", "above_budget", most=campaign.daily_budget_minor)


def _find_highest(campaign: Campaign, group_id: int | None = None) -> int:
    """The most that is bid for a click in the living groups, or in that one, what pauses included; 0 without any."""
    groups = Group.objects.filter(campaign=campaign, charge=Charge.CLICK.value)
    groups = groups.exclude(state=PartState.REMOVED.value) if group_id is None else groups.filter(pk=group_id)
    words = Keyword.objects.filter(group__in=groups).exclude(state=PartState.REMOVED.value)
    found = (rows.aggregate(most=Max("bid_minor"))["most"] for rows in (groups, words))
    return max(bid_minor or 0 for bid_minor in found)
