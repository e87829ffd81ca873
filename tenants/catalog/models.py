"""The tables of a shop's catalogue. What a shopper reads comes from the public listing, not from here."""

from django.db import models
from django.db.models import F, Q

from tenants.catalog.contracts import ProductStatus


class Product(models.Model):
    """A product with all its texts. Lists without an identity of their own (options, pictures) are JSON in it.

    `category_id` names a row of market.taxonomy; no foreign key leaves a shop's schema.
    """

    handle = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    subtitle_zh = models.CharField(max_length=300, blank=True)
    subtitle_en = models.CharField(max_length=300, blank=True)
    body_html_zh = models.TextField(blank=True)
    body_html_en = models.TextField(blank=True)
    category_id = models.BigIntegerField(null=True, blank=True)
    brand = models.CharField(max_length=100, blank=True)
    tags = models.JSONField(default=list)
    parameters = models.JSONField(default=list)
    options = models.JSONField(default=list)
    pictures = models.JSONField(default=list)
    status = models.CharField(max_length=12, default=ProductStatus.DRAFT.value)
    currency = models.CharField(max_length=3, default="CNY")
    price_low_minor = models.BigIntegerField(default=0)
    price_high_minor = models.BigIntegerField(default=0)
    private_notes = models.TextField(blank=True)
    import_digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handle"], name="catalog_product_handle_unique"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in ProductStatus]), name="catalog_product_status_known"
            ),
            models.CheckConstraint(
                condition=Q(price_low_minor__gte=0, price_high_minor__gte=F("price_low_minor")),
                name="catalog_product_prices_ordered",
            ),
            models.CheckConstraint(condition=~Q(title_zh="", title_en=""), name="catalog_product_has_title"),
        ]
        indexes = [
            models.Index(fields=["status", "-updated_at", "-id"], name="catalog_product_by_status"),
            models.Index(fields=["-updated_at", "-id"], name="catalog_product_by_update"),
        ]

    def __str__(self) -> str:
        return self.title_zh or self.title_en


class Variant(models.Model):
    """One SKU. A variant taken out of its product is retired, never deleted: orders and stock refer to it."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=64, blank=True)
    choices = models.JSONField(default=list)
    price_minor = models.BigIntegerField()
    compare_at_minor = models.BigIntegerField(null=True, blank=True)
    cost_minor = models.BigIntegerField(null=True, blank=True)
    barcode = models.CharField(max_length=64, blank=True)
    weight_grams = models.PositiveIntegerField(default=0)
    picture_index = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sku"], condition=~Q(sku="") & Q(retired=False), name="catalog_variant_sku_unique"
            ),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="catalog_variant_price_not_negative"),
            models.CheckConstraint(
                condition=Q(compare_at_minor__isnull=True) | Q(compare_at_minor__gt=F("price_minor")),
                name="catalog_variant_compare_above_price",
            ),
            models.CheckConstraint(
                condition=Q(cost_minor__isnull=True) | Q(cost_minor__gte=0), name="catalog_variant_cost_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.sku or f"variant {self.pk}"


class BulkEdit(models.Model):
    """A change made to many products at once, with what is needed to undo it once."""

    kind = models.CharField(max_length=20)
    undo = models.JSONField(default=list)
    actor_id = models.BigIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} at {self.made_at:%Y-%m-%d %H:%M}"
