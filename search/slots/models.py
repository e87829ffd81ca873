"""The tables of slots: places, their lots, sealed bids, parts of won lots, and views and clicks counted by the hour."""

from django.db import models
from django.db.models import F, Q

from search.auction.contracts.units import LARGEST_BID_MINOR
from search.campaigns.contracts import PageKind
from search.slots.contracts import (
    LONGEST_KEY,
    LONGEST_NAME,
    LONGEST_REASON,
    MOST_DAYS_AHEAD,
    MOST_UNITS,
    BidState,
    LostBecause,
    LotState,
    LotUnit,
    PartState,
    SlotKind,
)

LONGEST_WORD = 16


class SlotRow(models.Model):
    """A fixed place of a page. What is changed holds for lots that are opened later."""

    key = models.SlugField(max_length=LONGEST_KEY)
    page = models.CharField(max_length=LONGEST_WORD)
    kind = models.CharField(max_length=LONGEST_WORD)
    position = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=LONGEST_WORD)
    length = models.PositiveSmallIntegerField()
    days_ahead = models.PositiveSmallIntegerField()
    closes_minutes = models.PositiveIntegerField()
    reserve_minor = models.BigIntegerField()
    step_minor = models.BigIntegerField()
    name_zh = models.CharField(max_length=LONGEST_NAME)
    name_en = models.CharField(max_length=LONGEST_NAME)
    is_sold = models.BooleanField(default=True)
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="slot_key_once", fields=["key"]),
            models.UniqueConstraint(name="slot_place_once", fields=["page", "kind", "position"]),
            models.CheckConstraint(name="slot_page_known", condition=Q(page__in=[page.value for page in PageKind])),
            models.CheckConstraint(name="slot_kind_known", condition=Q(kind__in=[kind.value for kind in SlotKind])),
            models.CheckConstraint(name="slot_unit_known", condition=Q(unit__in=[unit.value for unit in LotUnit])),
            models.CheckConstraint(name="slot_length_in_limits", condition=Q(length__range=(1, MOST_UNITS))),
            models.CheckConstraint(name="slot_ahead_in_limits", condition=Q(days_ahead__range=(1, MOST_DAYS_AHEAD))),
            models.CheckConstraint(name="slot_has_a_size", condition=Q(width__gt=0, height__gt=0, position__gt=0)),
            models.CheckConstraint(
                name="slot_asks_money",
                condition=Q(reserve_minor__gt=0, reserve_minor__lte=LARGEST_BID_MINOR, step_minor__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Lot(models.Model):
    """A slot for a time, sold once. `bids_counted` numbers the bids as they come, under the lot's lock.

    `shown` is the winner's creative as pages draw it (`rules.showing`): they need no other table.
    """

    slot = models.ForeignKey(SlotRow, models.PROTECT, db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    unit = models.CharField(max_length=LONGEST_WORD)
    state = models.CharField(max_length=LONGEST_WORD, default=LotState.OPEN.value)
    reserve_minor = models.BigIntegerField()
    step_minor = models.BigIntegerField()
    bids_counted = models.PositiveIntegerField(default=0)
    bidders = models.PositiveIntegerField(default=0)
    shop_id = models.BigIntegerField(null=True)
    creative_id = models.BigIntegerField(null=True)
    price_minor = models.BigIntegerField(null=True)
    inputs = models.JSONField(null=True)
    shown = models.JSONField(null=True)
    is_servable = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lot_begins_once", fields=["slot", "starts_at"]),
            models.CheckConstraint(name="lot_state_known", condition=Q(state__in=[state.value for state in LotState])),
            models.CheckConstraint(
                name="lot_times_in_order", condition=Q(closes_at__lte=F("starts_at"), starts_at__lt=F("ends_at"))
            ),
            models.CheckConstraint(
                name="lot_sold_whole_or_not",
                condition=Q(shop_id=None, creative_id=None, price_minor=None, inputs=None)
                | Q(
                    shop_id__isnull=False,
                    creative_id__isnull=False,
                    price_minor__gte=F("reserve_minor"),
                    inputs__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="lot_open_has_no_end", condition=Q(state=LotState.OPEN.value) ^ Q(closed_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="lot_to_close", fields=["closes_at"], condition=Q(state=LotState.OPEN.value)),
            models.Index(name="lot_by_time", fields=["ends_at"]),
            models.Index(name="lot_of_shop", fields=["shop_id", "-starts_at"], condition=Q(shop_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.starts_at:%Y-%m-%d %H:%M}"


class LotBidRow(models.Model):
    """A sealed bid. Withdrawn ones stay; a new bid of the same shop is a new row. `released_at`: its hold is gone."""

    lot = models.ForeignKey(Lot, models.PROTECT, db_index=False, related_name="bids")
    shop_id = models.BigIntegerField()
    maximum_minor = models.BigIntegerField()
    creative_id = models.BigIntegerField()
    order = models.PositiveIntegerField()
    moves = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=LONGEST_WORD, default=BidState.STANDING.value)
    because = models.CharField(max_length=LONGEST_WORD, blank=True)
    placed_by = models.BigIntegerField()
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lotbid_order_once", fields=["lot", "order"]),
            models.UniqueConstraint(
                name="lotbid_one_a_shop", fields=["lot", "shop_id"], condition=~Q(state=BidState.WITHDRAWN.value)
            ),
            models.UniqueConstraint(name="lotbid_one_wins", fields=["lot"], condition=Q(state=BidState.WON.value)),
            models.CheckConstraint(
                name="lotbid_in_limits", condition=Q(maximum_minor__gt=0, maximum_minor__lte=LARGEST_BID_MINOR)
            ),
            models.CheckConstraint(
                name="lotbid_state_known", condition=Q(state__in=[state.value for state in BidState])
            ),
            models.CheckConstraint(
                name="lotbid_says_why_lost",
                condition=Q(because="") ^ Q(state=BidState.LOST.value, because__in=[one.value for one in LostBecause]),
            ),
        ]
        indexes = [
            models.Index(name="lotbid_of_shop", fields=["shop_id", "-id"]),
            models.Index(
                name="lotbid_to_release", fields=["id"], condition=Q(state=BidState.LOST.value, released_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}/{self.shop_id}"


class LotPart(models.Model):
    """A unit of a won lot. `last_minute` keeps a minute from being counted twice."""

    lot = models.ForeignKey(Lot, models.PROTECT, db_index=False, related_name="parts")
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=LONGEST_WORD, default=PartState.WAITING.value)
    servable_minutes = models.PositiveIntegerField(default=0)
    last_minute = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lotpart_once", fields=["lot", "number"]),
            models.CheckConstraint(name="lotpart_not_negative", condition=Q(amount_minor__gte=0)),
            models.CheckConstraint(
                name="lotpart_state_known", condition=Q(state__in=[state.value for state in PartState])
            ),
            models.CheckConstraint(
                name="lotpart_waits_or_is_decided",
                condition=Q(state=PartState.WAITING.value) ^ Q(decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="lotpart_due", fields=["ends_at"], condition=Q(state=PartState.WAITING.value))]

    def __str__(self) -> str:
        return f"{self.lot_id}#{self.number}"


class LotHour(models.Model):
    """Viewable views of a lot's place and clicks on it in one hour. They cost nothing: a lot is paid by time."""

    lot = models.ForeignKey(Lot, models.PROTECT, db_index=False, related_name="hours")
    hour = models.DateTimeField()
    views = models.PositiveIntegerField(default=0, db_default=0)
    clicks = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "slots_lotclicks"
        constraints = [models.UniqueConstraint(name="lotclicks_once_an_hour", fields=["lot", "hour"])]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.views} {self.clicks}"
