"""What serving works out by timer and keeps for all its processes; and who would have seen whose ads."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class QualityRun(models.Model):
    """A computation of all qualities; its id is the version that decisions name."""

    computed_at = models.DateTimeField()
    ads = models.PositiveIntegerField()
    rules_version = models.PositiveSmallIntegerField(default=1)
    usual = models.JSONField(default=dict)  # what was usual by category, as `rules.usual.pack_usual` wrote it

    def __str__(self) -> str:
        return f"{self.pk}: {self.ads}"


class AdCounts(models.Model):
    """What is counted of an ad over the last 28 days: valid clicks, viewable views by place from the first down.

    Of its clicks, those that an order came of; of its product's orders, those that went back; of its shop's orders
    that had to be sent, those that were sent in time.
    """

    ad_id = models.BigIntegerField(primary_key=True)
    clicks = models.PositiveIntegerField()
    views_by_place = ArrayField(models.PositiveIntegerField())
    orders = models.PositiveIntegerField(default=0)
    sold = models.PositiveIntegerField(default=0)
    refunded = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ad_counts_are_parts",
                condition=Q(orders__lte=F("clicks"), refunded__lte=F("sold"), on_time__lte=F("due")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ad_id}: {self.clicks} of {sum(self.views_by_place)}"


class KeywordReserve(models.Model):
    """The least bid for a word, where enough merchants bid for it; `moved_on` is the business day of its last move."""

    words = models.TextField(primary_key=True)
    tokens = ArrayField(models.TextField())
    reserve_minor = models.PositiveBigIntegerField()
    moved_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.words}: {self.reserve_minor}"


class BidSpan(models.Model):
    """That a merchant bid so much for a word, from one business day to another, both included.

    A bid that stays is one row whose last day moves; so 28 days of bids are little more than the bids themselves.
    """

    words = models.TextField()
    shop_id = models.BigIntegerField()
    bid_minor = models.PositiveBigIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="bid_span_once", fields=["words", "shop_id", "bid_minor", "first_day"]),
            models.CheckConstraint(name="bid_span_in_order", condition=Q(first_day__lte=F("last_day"))),
        ]
        indexes = [models.Index(name="bid_span_by_end", fields=["last_day"])]

    def __str__(self) -> str:
        return f"{self.words}: {self.bid_minor}"


class CampaignPace(models.Model):
    """What a campaign's throttle has learnt, so that neither a new day nor a new process begins with nothing."""

    campaign_id = models.BigIntegerField(primary_key=True)
    rate_ppm = models.PositiveIntegerField()
    admitted_ppm = models.PositiveBigIntegerField()
    yielded_micro = models.PositiveBigIntegerField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="pace_is_a_part", condition=Q(rate_ppm__gte=1, rate_ppm__lte=1_000_000)),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.rate_ppm}"


class Exposure(models.Model):
    """That a shop's ad won for a visitor in a week, held out or not, and what was ordered there afterwards that week.

    `visitor` is signals' name of the week (from its Monday on): it means nobody once the week's salt is gone.
    """

    week = models.DateField()
    shop_id = models.BigIntegerField()
    visitor = models.UUIDField()
    held_out = models.BooleanField()
    first_at = models.DateTimeField()
    orders = models.PositiveIntegerField(default=0)
    revenue_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="exposure_once_a_week", fields=["week", "shop_id", "visitor"]),
            models.CheckConstraint(name="exposure_earned_nothing_back", condition=Q(revenue_minor__gte=0)),
        ]


class LiftSale(models.Model):
    """An order that is counted in an exposure."""

    share_no = models.CharField(max_length=40, primary_key=True)
    exposure = models.ForeignKey(Exposure, on_delete=models.PROTECT, related_name="sales")
    revenue_minor = models.BigIntegerField()


class LiftSum(models.Model):
    """The sums of all exposures of a week, shop and group; see `auction.contracts.Arm`."""

    week = models.DateField()
    shop_id = models.BigIntegerField()
    held_out = models.BooleanField()
    visitors = models.PositiveIntegerField(default=0)
    buyers = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    order_squares = models.BigIntegerField(default=0)
    revenue_minor = models.BigIntegerField(default=0)
    revenue_squares = models.DecimalField(max_digits=30, decimal_places=0, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lift_once_a_group", fields=["shop_id", "week", "held_out"]),
            models.CheckConstraint(name="lift_is_of_visitors", condition=Q(buyers__lte=F("visitors"))),
        ]
        indexes = [models.Index(name="lift_by_week", fields=["week"])]
