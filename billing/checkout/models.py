"""Carts, purchases and their shares per shop. Public schema; a shop stands in it by id only."""

from django.db import models
from django.db.models import F, Q

from billing.checkout.contracts import PurchaseState
from tenants.orders.contracts import OrderState, PaymentMethod


class Cart(models.Model):
    """A user's cart, or a guest's by the random key of the guest cookie."""

    user_id = models.BigIntegerField(null=True, unique=True)
    guest_key = models.CharField(max_length=64, null=True, unique=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cart_has_one_owner",
                condition=Q(user_id__isnull=True, guest_key__isnull=False)
                | Q(user_id__isnull=False, guest_key__isnull=True),
            )
        ]


class CartLine(models.Model):
    """So many pieces of an offer, with the offer as it was when it was put in."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    shop_id = models.BigIntegerField()
    variant_id = models.BigIntegerField()
    quantity = models.PositiveIntegerField()
    ticked = models.BooleanField(default=True)
    offer = models.JSONField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cart_line_once_an_offer", fields=["cart", "shop_id", "variant_id"]),
            models.CheckConstraint(name="cart_line_has_pieces", condition=Q(quantity__gt=0, quantity__lte=999)),
        ]


class Purchase(models.Model):
    """One checkout: one payment over the shares of many shops."""

    purchase_no = models.CharField(max_length=24, unique=True)
    buyer_id = models.BigIntegerField()
    place_key = models.CharField(max_length=100)
    quote_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    method = models.CharField(max_length=12)
    payment_no = models.CharField(max_length=40, blank=True)
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="purchase_once_a_key", fields=["buyer_id", "place_key"]),
            models.CheckConstraint(name="purchase_total_is_not_negative", condition=Q(total_minor__gte=0)),
            models.CheckConstraint(
                name="purchase_state_is_known", condition=Q(state__in=[s.value for s in PurchaseState])
            ),
        ]
        indexes = [
            models.Index(name="purchase_waiting", fields=["expires_at"], condition=Q(state="waiting")),
            models.Index(name="purchase_of_a_buyer", fields=["buyer_id", "-id"]),
        ]


class PurchaseShare(models.Model):
    """One shop's part: the versioned public copy of its order, written in the order's own transaction."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="shares")
    share_no = models.CharField(max_length=40, unique=True)
    shop_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    state = models.CharField(max_length=12, default=OrderState.SUBMITTED.value)
    state_at = models.DateTimeField()
    method = models.CharField(max_length=12)
    goods_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    commission_bps = models.PositiveIntegerField()
    commission_vat_bps = models.PositiveIntegerField()
    commission_minor = models.BigIntegerField()
    commission_vat_minor = models.BigIntegerField(null=True)  # null, here and below: sold before rules had versions
    commission_groups = models.JSONField(null=True)  # which rule took what of which goods, as `freeze_groups` wrote it
    carrier = models.CharField(max_length=40, blank=True)
    summary = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    placed_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True)  # the first parcel; null too for what was sent before this was kept

    class Meta:
        constraints = [
            models.UniqueConstraint(name="share_once_a_shop", fields=["purchase", "shop_id"]),
            models.CheckConstraint(
                name="share_total_is_goods_and_freight",
                condition=Q(total_minor=F("goods_minor") + F("freight_minor")),
            ),
            models.CheckConstraint(name="share_state_is_known", condition=Q(state__in=[s.value for s in OrderState])),
            models.CheckConstraint(
                name="share_method_is_known", condition=Q(method__in=[m.value for m in PaymentMethod])
            ),
        ]
        indexes = [
            models.Index(name="share_of_a_buyer", fields=["buyer_id", "-id"]),
            models.Index(name="share_of_a_shop", fields=["shop_id", "state", "-id"]),
            models.Index(name="share_to_complete", fields=["state", "state_at"]),
        ]
