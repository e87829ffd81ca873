"""Rates by version, sales with the rates that were frozen, and what was charged for them. Public schema."""

from django.db import models
from django.db.models import F, Q


class Bounds(models.Model):
    """What staff let rates be; the latest row holds."""

    least_bps = models.PositiveIntegerField()
    most_bps = models.PositiveIntegerField()
    set_by = models.BigIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sale_rate_bounds",
                condition=Q(least_bps__gte=1, most_bps__gte=F("least_bps"), most_bps__lte=10_000),
            )
        ]


class PlanVersion(models.Model):
    """What a plan said from a moment on; never changed. The plan itself is a campaign's row.

    `goods` are `{product: [bps, source, source id, ad]}`, worked out when the version was made: a product that moves to
    another category keeps its rate until the merchant changes the plan.
    """

    campaign_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    runs = models.BooleanField()
    default_bps = models.PositiveIntegerField()
    categories = models.JSONField(default=dict)
    own = models.JSONField(default=dict)
    goods = models.JSONField()
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="plan_version_once", fields=["campaign_id", "number"])]


class AttributedSale(models.Model):
    """A paid order before which the last valid click on its shop's ads was on a plan's.

    `charged_minor` is what the wallet was charged less what it was given back: the commission, once released. With an
    `invalid_reason` the click was found invalid later and no other one takes its place: the order costs nothing.
    """

    share_no = models.CharField(max_length=40, primary_key=True)
    shop_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="sales")
    ad_id = models.BigIntegerField()
    click_number = models.BigIntegerField()
    click_day = models.DateField(null=True)
    click_token = models.UUIDField(null=True)
    invalid_reason = models.CharField(max_length=20, blank=True, default="", db_default="")
    clicked_at = models.DateTimeField()
    ordered_at = models.DateTimeField()
    goods_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField()
    charged_minor = models.BigIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    released_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sale_sums",
                condition=Q(goods_minor__gte=0, freight_minor__gte=0, refunded_minor__gte=0)
                & Q(refunded_minor__lte=F("goods_minor"))
                & Q(commission_minor__gte=0, commission_minor__lte=F("goods_minor") - F("refunded_minor")),
            ),
            models.CheckConstraint(
                name="sale_charged_at_release",
                condition=Q(released_at__isnull=True, charged_minor=0)
                | Q(released_at__isnull=False, charged_minor=F("commission_minor")),
            ),
        ]
        indexes = [
            models.Index(name="sale_of_a_shop", fields=["shop_id", "-ordered_at", "share_no"]),
            models.Index(name="sale_of_a_plan", fields=["campaign_id", "-ordered_at"]),
            models.Index(name="sale_waiting", fields=["ordered_at"], condition=Q(released_at__isnull=True)),
            models.Index(name="sale_unproven", fields=["share_no"], condition=Q(steps__gt=0, proven_at__isnull=True)),
            models.Index(name="sale_of_a_click", fields=["click_token"], condition=Q(click_token__isnull=False)),
            models.Index(name="sale_broken", fields=["share_no"], condition=~Q(finding="")),
        ]


class AttributedLine(models.Model):
    """A line of a sale; `rate_bps` is null where the product was not in the plan at the click."""

    sale = models.ForeignKey(AttributedSale, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    product_id = models.BigIntegerField()
    title_zh = models.CharField(max_length=400)
    title_en = models.CharField(max_length=400)
    quantity = models.PositiveIntegerField()
    goods_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    rate_bps = models.PositiveIntegerField(null=True)
    rate_source = models.CharField(max_length=8, blank=True)
    rate_source_id = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sale_line_once", fields=["sale", "number"]),
            models.CheckConstraint(
                name="sale_line_sums",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("net_minor"), net_minor__lte=F("goods_minor"))
                & Q(commission_minor__gte=0, commission_minor__lte=F("net_minor") - F("refunded_minor")),
            ),
        ]
