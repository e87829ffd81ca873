"""The tables of a shop's stock. The database itself refuses to hold more than there is."""

from django.db import models
from django.db.models import F, Q

from tenants.inventory.contracts import HoldState, MovementReason


class Warehouse(models.Model):
    """A place where stock lies. Orders are taken from the lowest priority number first."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    priority = models.PositiveSmallIntegerField(default=100)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="inventory_warehouse_code_unique"),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="inventory_warehouse_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StockLevel(models.Model):
    """How many pieces of a variant lie in a warehouse, and how many of them buyers have taken.

    `product_id` is a copy, so that a change of stock can name its product without asking the catalogue.
    """

    variant_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    low_at = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant_id", "warehouse"], name="inventory_level_unique"),
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(held__lte=F("on_hand")), name="inventory_level_never_oversold"
            ),
        ]
        indexes = [models.Index(fields=["product_id"], name="inventory_level_by_product")]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.on_hand} on hand, {self.held} held"


class StockMovement(models.Model):
    """One line of the log of everything that changed what lies in a warehouse. Only ever added to."""

    variant_id = models.BigIntegerField()
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="movements")
    reason = models.CharField(max_length=12)
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in MovementReason]),
                name="inventory_movement_reason_known",
            ),
            models.CheckConstraint(condition=~Q(before=F("after")), name="inventory_movement_moves"),
        ]
        indexes = [models.Index(fields=["variant_id", "-id"], name="inventory_movement_by_variant")]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.before} to {self.after} ({self.reason})"


class Hold(models.Model):
    """Pieces taken out of sale for one buyer, until they are shipped or given back."""

    hold_key = models.CharField(max_length=80)
    variant_id = models.BigIntegerField()
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="holds")
    quantity = models.PositiveIntegerField()
    consumed = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default=HoldState.HELD.value)
    expires_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold_key", "variant_id", "warehouse"], name="inventory_hold_unique"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, consumed__lte=F("quantity")), name="inventory_hold_quantity_sane"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in HoldState]), name="inventory_hold_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state=HoldState.HELD.value, expires_at__isnull=False),
                name="inventory_hold_expiring",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hold_key}: {self.quantity} of {self.variant_id}"
