"""Sums of what ads did, sales and the ads they are credited to, and how far was counted. Public schema."""

from django.db import models
from django.db.models import F, Q

from search.auction.contracts import Model, Scope, TouchKind


class Term(models.Model):
    """The dictionary of what was searched for when an ad was shown. The empty text is one too: no search."""

    text = models.TextField(unique=True)


class Placed(models.Model):
    """Where something is counted; see `contracts.Cell`."""

    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    shop_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    group_id = models.BigIntegerField()
    ad_id = models.BigIntegerField()
    keyword_id = models.BigIntegerField(default=0)
    place = models.PositiveSmallIntegerField()
    page = models.CharField(max_length=12)
    region = models.CharField(max_length=12, blank=True)
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class AdCount(Placed):
    """The sums of a cell; see `contracts.Sums`. Amounts in micro-fen."""

    views = models.BigIntegerField(default=0)
    filtered_views = models.BigIntegerField(default=0)
    clicks = models.BigIntegerField(default=0)
    filtered_clicks = models.BigIntegerField(default=0)
    view_micro = models.BigIntegerField(default=0)
    click_micro = models.BigIntegerField(default=0)
    borne_micro = models.BigIntegerField(default=0)
    credited_views = models.BigIntegerField(default=0)
    credited_clicks = models.BigIntegerField(default=0)
    credited_micro = models.BigIntegerField(default=0)
    freed_micro = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="ad_count_once_a_cell",
                fields=[
                    "shop_id", "day", "campaign_id", "ad_id", "group_id", "hour", "keyword_id", "place", "page",
                    "region", "term",
                ],
            ),
            models.CheckConstraint(name="ad_count_hour_of_a_day", condition=Q(hour__lt=24)),
            models.CheckConstraint(
                name="ad_count_takes_back_what_was_counted",
                condition=Q(credited_views__lte=F("views"), credited_clicks__lte=F("clicks"))
                & Q(view_micro__gte=F("credited_micro") + F("freed_micro") - F("click_micro")),
            ),
            models.CheckConstraint(
                name="ad_count_is_not_negative",
                condition=Q(
                    filtered_views__gte=0, filtered_clicks__gte=0, view_micro__gte=0, click_micro__gte=0,
                    borne_micro__gte=0, credited_views__gte=0, credited_clicks__gte=0, credited_micro__gte=0,
                    freed_micro__gte=0,
                ),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="ad_count_by_day", fields=["day"])]


class Position(models.Model):
    """How far a log was read: transaction and number; moves in the transaction of what was counted."""

    name = models.CharField(max_length=12, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    number = models.BigIntegerField(default=0)
    counted = models.BigIntegerField(default=0)


class WaitingEvent(models.Model):
    """An event that was read before its decision was stored: counted once that is there, or as one of no search."""

    number = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    token = models.UUIDField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="waiting_once_an_event", fields=["day", "token"])]
        indexes = [models.Index(name="waiting_by_time", fields=["read_at"])]


class Sale(models.Model):
    """A paid order before which ads of its shop were touched. Nothing in it says who bought."""

    share_no = models.CharField(max_length=40, primary_key=True)
    shop_id = models.BigIntegerField()
    ordered_at = models.DateTimeField()
    refunded_at = models.DateTimeField(null=True)
    lines = models.JSONField()

    class Meta:
        indexes = [models.Index(name="ad_sale_of_a_shop", fields=["shop_id", "ordered_at"])]


class SaleTouch(Placed):
    """A click or view before a sale, in the cell in which it was counted."""

    sale = models.ForeignKey(Sale, on_delete=models.CASCADE, related_name="touches")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=5)
    at = models.DateTimeField()
    product_id = models.BigIntegerField(default=0)
    is_valid = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="touch_once_a_sale", fields=["sale", "number"]),
            models.CheckConstraint(name="touch_kind_known", condition=Q(kind__in=[kind.value for kind in TouchKind])),
        ]
        indexes = [
            models.Index(name="touch_of_a_day", fields=["shop_id", "day"]),
            models.Index(name="touch_of_an_event", fields=["number"]),
        ]


class SaleCredit(models.Model):
    """A touch's part of a line of its sale, by one model."""

    touch = models.ForeignKey(SaleTouch, on_delete=models.CASCADE, related_name="credits")
    line = models.PositiveSmallIntegerField()
    model = models.CharField(max_length=8)
    scope = models.CharField(max_length=12)
    share_ppm = models.PositiveIntegerField()
    revenue_minor = models.BigIntegerField()
    adjusted_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="credit_once_a_line_and_model", fields=["touch", "line", "model"]),
            models.CheckConstraint(name="credit_model_known", condition=Q(model__in=[model.value for model in Model])),
            models.CheckConstraint(name="credit_scope_known", condition=Q(scope__in=[scope.value for scope in Scope])),
            models.CheckConstraint(
                name="credit_takes_back_what_counted",
                condition=Q(adjusted_minor__gte=0, adjusted_minor__lte=F("revenue_minor")),
            ),
        ]


class JoinedVisitor(models.Model):
    """A guest of one day who is known as a member since, both as that day names them. Kept as long as its salt."""

    day = models.DateField()
    guest = models.UUIDField()
    member = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(name="joined_once_a_day", fields=["day", "member", "guest"])]
