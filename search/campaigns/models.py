"""Campaigns and what is in them. Public schema; shops only by id. Money in minor units.

`Campaign.changed_in` is the transaction that last changed anything of the campaign: what serving follows.
"""

from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from search.auction.contracts import MatchType, Pace
from search.campaigns.contracts import CampaignKind, CampaignState, Charge, CreativeState, PageKind, PartState
from search.campaigns.contracts import limits as most


def _values(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]


class TransactionId(models.Field):  # type: ignore[type-arg]  # read by PostgreSQL only
    """A full transaction id (xid8), which never comes round again."""

    def db_type(self, connection: Any) -> str:  # Any: as Django has it
        return "xid8"


def this_transaction() -> Func:
    """The id of the transaction that writes."""
    return Func(function="pg_current_xact_id", output_field=TransactionId())


class Bidding(models.Manager["Campaign"]):
    """Campaigns that bid: nobody who serves, lends or edits these ever meets a plan of sales."""

    def get_queryset(self) -> models.QuerySet["Campaign"]:
        return super().get_queryset().exclude(kind=CampaignKind.SALE.value)


class Plans(models.Manager["Campaign"]):
    """Plans that are paid per sale."""

    def get_queryset(self) -> models.QuerySet["Campaign"]:
        return super().get_queryset().filter(kind=CampaignKind.SALE.value)


class Campaign(models.Model):
    """A budget, a time and a target. `hours` has a number of 24 bits for each day from Monday on.

    A plan that is paid per sale is a row too, without a budget: so its ads stand in events and reports like others.
    """

    shop_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=most.LONGEST_NAME)
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8)
    pace = models.CharField(max_length=4)
    daily_budget_minor = models.BigIntegerField()
    total_budget_minor = models.BigIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    hours = ArrayField(models.IntegerField(), default=list)
    regions = ArrayField(models.CharField(max_length=2), default=list)
    audiences = models.BigIntegerField(default=0)
    most_an_hour = models.PositiveSmallIntegerField(null=True)
    most_a_day = models.PositiveSmallIntegerField(null=True)
    most_a_life = models.PositiveSmallIntegerField(null=True)
    search_bps = models.PositiveIntegerField(default=10_000)
    category_bps = models.PositiveIntegerField(default=10_000)
    product_bps = models.PositiveIntegerField(default=10_000)
    home_bps = models.PositiveIntegerField(default=10_000)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_in = TransactionId(db_default=this_transaction())

    objects = Bidding()
    plans = Plans()
    every = models.Manager["Campaign"]()

    class Meta:
        base_manager_name = "every"
        constraints = [
            models.UniqueConstraint(name="campaign_once_a_key", fields=["shop_id", "key"]),
            models.CheckConstraint(name="campaign_kind_known", condition=Q(kind__in=_values(CampaignKind))),
            models.CheckConstraint(name="campaign_state_known", condition=Q(state__in=_values(CampaignState))),
            models.CheckConstraint(name="campaign_pace_known", condition=Q(pace__in=_values(Pace))),
            models.CheckConstraint(
                name="campaign_has_a_budget",
                condition=(Q(kind=CampaignKind.SALE.value) & Q(daily_budget_minor=0))
                | (~Q(kind=CampaignKind.SALE.value) & Q(daily_budget_minor__gt=0)),
            ),
            models.CheckConstraint(
                name="campaign_total_holds_a_day",
                condition=Q(total_budget_minor=None) | Q(total_budget_minor__gte=F("daily_budget_minor")),
            ),
            models.CheckConstraint(
                name="campaign_ends_after_start", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="campaign_hours_of_a_week", condition=Q(hours__len=7)),
            *(
                models.CheckConstraint(
                    name=f"campaign_{page}_multiplier",
                    condition=Q(**{f"{page}_bps__gte": most.LEAST_PAGE_BPS, f"{page}_bps__lte": most.LARGEST_PAGE_BPS}),
                )
                for page in _values(PageKind)
            ),
        ]
        indexes = [
            models.Index(name="campaign_changed", fields=["changed_in"]),
            models.Index(name="campaign_of_a_shop", fields=["shop_id", "state"]),
            models.Index(
                name="campaign_with_an_end",
                fields=["ends_on"],
                condition=Q(ends_on__isnull=False, state__in=["running", "paused"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """Ads that bid alike."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=most.LONGEST_NAME)
    state = models.CharField(max_length=8, default=PartState.RUNNING.value)
    bid_minor = models.BigIntegerField()
    charge = models.CharField(max_length=5)

    class Meta:
        constraints = [
            models.CheckConstraint(name="group_state_known", condition=Q(state__in=_values(PartState))),
            models.CheckConstraint(name="group_charge_known", condition=Q(charge__in=_values(Charge))),
            models.CheckConstraint(name="group_bids", condition=Q(bid_minor__gte=0)),
            models.UniqueConstraint(
                name="group_name_once_a_campaign",
                fields=["campaign", "name"],
                condition=~Q(state=PartState.REMOVED.value),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Creative(models.Model):
    """A picture and title of a merchant's own. `media_id` is a public picture of the shop's."""

    shop_id = models.BigIntegerField()
    title = models.CharField(max_length=most.LONGEST_TITLE)
    media_id = models.BigIntegerField()
    landing = models.CharField(max_length=most.LONGEST_LANDING)
    state = models.CharField(max_length=8, default=CreativeState.WAITING.value)
    reason = models.CharField(max_length=most.LONGEST_REASON, blank=True)
    created_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="creative_state_known", condition=Q(state__in=_values(CreativeState))),
            models.CheckConstraint(
                name="creative_decided_by_someone",
                condition=Q(state=CreativeState.WAITING.value, decided_by=None)
                | ~Q(state=CreativeState.WAITING.value) & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="creative_refused_with_a_reason",
                condition=~Q(state=CreativeState.REFUSED.value) | ~Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(name="creative_of_a_shop", fields=["shop_id"]),
            models.Index(
                name="creative_waiting", fields=["created_at", "id"], condition=Q(state=CreativeState.WAITING.value)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Ad(models.Model):
    """One product of the campaign's shop, or one creative, in a group. Its id stands in auctions and events."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="ads")
    product_id = models.BigIntegerField(null=True)
    creative = models.ForeignKey(Creative, on_delete=models.PROTECT, null=True, related_name="ads")
    state = models.CharField(max_length=8, default=PartState.RUNNING.value)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="ad_state_known", condition=Q(state__in=_values(PartState))),
            models.CheckConstraint(
                name="ad_shows_one_thing",
                condition=Q(product_id=None, creative__isnull=False) | Q(product_id__isnull=False, creative=None),
            ),
            models.UniqueConstraint(
                name="ad_once_a_group", fields=["group", "product_id", "creative"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.product_id or self.creative_id}"


class Keyword(models.Model):
    """A bought word; `tokens` are what it is compared by."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="keywords")
    text = models.CharField(max_length=most.LONGEST_WORD)
    tokens = ArrayField(models.CharField(max_length=64))
    match = models.CharField(max_length=6)
    bid_minor = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default=PartState.RUNNING.value)

    class Meta:
        constraints = [
            models.CheckConstraint(name="keyword_state_known", condition=Q(state__in=_values(PartState))),
            models.CheckConstraint(name="keyword_match_known", condition=Q(match__in=_values(MatchType))),
            models.CheckConstraint(name="keyword_bids", condition=Q(bid_minor=None) | Q(bid_minor__gt=0)),
            models.CheckConstraint(name="keyword_has_tokens", condition=Q(tokens__len__gt=0)),
            models.UniqueConstraint(name="keyword_once_a_group", fields=["group", "tokens", "match"]),
        ]
        indexes = [GinIndex(name="keyword_by_token", fields=["tokens"])]

    def __str__(self) -> str:
        return self.text


class NegativeKeyword(models.Model):
    """A word for which nothing of a group, or of the whole campaign, is shown."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="negatives")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="negatives")
    text = models.CharField(max_length=most.LONGEST_WORD)
    tokens = ArrayField(models.CharField(max_length=64))
    match = models.CharField(max_length=6)

    class Meta:
        constraints = [
            models.CheckConstraint(name="negative_match_known", condition=Q(match__in=_values(MatchType))),
            models.CheckConstraint(name="negative_has_tokens", condition=Q(tokens__len__gt=0)),
            models.UniqueConstraint(
                name="negative_once", fields=["campaign", "group", "tokens", "match"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.text


class WordsEdit(models.Model):
    """A change of many words, with what they were and what they became, so that it can be undone."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="edits")
    before = models.JSONField()
    after = models.JSONField()
    actor_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)


class AdvertiserLimit(models.Model):
    """What a shop may spend a day, by its own word and by staff's; and whether it may advertise at all."""

    shop_id = models.BigIntegerField(primary_key=True)
    own_daily_minor = models.BigIntegerField(null=True)
    staff_daily_minor = models.BigIntegerField(null=True)
    blocked = models.BooleanField(default=False)
    reason = models.CharField(max_length=most.LONGEST_REASON, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="advertiser_limits_are_sums",
                condition=(Q(own_daily_minor=None) | Q(own_daily_minor__gt=0))
                & (Q(staff_daily_minor=None) | Q(staff_daily_minor__gt=0)),
            ),
            models.CheckConstraint(name="advertiser_blocked_with_a_reason", condition=Q(blocked=False) | ~Q(reason="")),
        ]


class Floor(models.Model):
    """The least that is taken on a page for a click or for a thousand views."""

    page = models.CharField(max_length=8)
    charge = models.CharField(max_length=5)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="floor_once_a_page", fields=["page", "charge"]),
            models.CheckConstraint(name="floor_page_known", condition=Q(page__in=_values(PageKind))),
            models.CheckConstraint(name="floor_charge_known", condition=Q(charge__in=_values(Charge))),
            models.CheckConstraint(name="floor_is_a_price", condition=Q(amount_minor__gt=0)),
        ]
