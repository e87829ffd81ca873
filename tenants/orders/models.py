"""Orders of one shop. Everything a line says is a snapshot; no key leaves the schema."""

from django.db import models
from django.db.models import F, Q

from market.accounts.fields import EncryptedTextField
from tenants.orders.contracts import OrderState, PaymentMethod


class Order(models.Model):
    """One shop's part of a purchase."""

    share_no = models.CharField(max_length=40, unique=True)
    purchase_no = models.CharField(max_length=32, db_index=True)
    buyer_id = models.BigIntegerField()
    state = models.CharField(max_length=12, default=OrderState.SUBMITTED.value)
    method = models.CharField(max_length=12)
    recipient = EncryptedTextField()
    phone = EncryptedTextField()
    region = models.CharField(max_length=120)
    street = EncryptedTextField()
    postcode = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=200, blank=True)
    goods_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="order_total_is_goods_and_freight",
                condition=Q(total_minor=F("goods_minor") + F("freight_minor")),
            ),
            models.CheckConstraint(
                name="order_sums_are_not_negative", condition=Q(goods_minor__gte=0, freight_minor__gte=0)
            ),
            models.CheckConstraint(name="order_state_is_known", condition=Q(state__in=[s.value for s in OrderState])),
            models.CheckConstraint(
                name="order_method_is_known", condition=Q(method__in=[m.value for m in PaymentMethod])
            ),
        ]
        indexes = [models.Index(name="order_by_state", fields=["state", "-id"])]


class OrderLine(models.Model):
    """So many pieces of one variant, as agreed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product_id = models.BigIntegerField()
    variant_id = models.BigIntegerField()
    listing_id = models.BigIntegerField()
    title_zh = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    choices_zh = models.CharField(max_length=200, blank=True)
    choices_en = models.CharField(max_length=200, blank=True)
    sku = models.CharField(max_length=100, blank=True)
    picture_url = models.CharField(max_length=300, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    shipped_quantity = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="order_line_has_pieces", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="order_line_price_is_not_negative", condition=Q(unit_price_minor__gte=0)),
            models.CheckConstraint(
                name="order_line_ships_no_more_than_sold", condition=Q(shipped_quantity__lte=F("quantity"))
            ),
        ]


class Parcel(models.Model):
    """One parcel on its way."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parcels")
    carrier = models.CharField(max_length=40)
    tracking_number = models.CharField(max_length=60)
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="parcel_once", fields=["order", "carrier", "tracking_number"]),
        ]


class ParcelLine(models.Model):
    """What is in a parcel."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="contents")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE)
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="parcel_line_once", fields=["parcel", "line"]),
            models.CheckConstraint(name="parcel_line_has_pieces", condition=Q(quantity__gt=0)),
        ]


class OrderEvent(models.Model):
    """The log that shopper and shop both see; append-only. Submission itself is the order's own row."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    actor = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)
