"""Sums over everybody, and how far was counted. Nothing here is about a single person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from search.results.contracts import Bond

GONE, LOOKS, PURCHASES = "gone", "looks", "purchases"
"""Names of positions: changes of listings, looks of visitors; completed purchases have no position but the lock."""
_BONDS = [bond.value for bond in Bond]


class Pair(models.Model):
    """How often two listings met; each pair stands here twice, once for each side, the strongest of a side only.

    `weight` is a sum of `rules.weighing.weigh`, `times` a plain count. Nothing in it leads back to a person.
    """

    bond = models.CharField(max_length=8)
    listing_id = models.BigIntegerField()
    partner_id = models.BigIntegerField()
    weight = models.FloatField()
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pair_once", fields=["listing_id", "bond", "partner_id"]),
            models.CheckConstraint(name="pair_of_two", condition=~Q(listing_id=F("partner_id"))),
            models.CheckConstraint(name="pair_bond_known", condition=Q(bond__in=_BONDS)),
            models.CheckConstraint(name="pair_was_counted", condition=Q(times__gt=0, weight__gt=0)),
        ]
        indexes = [models.Index(name="pair_by_partner", fields=["partner_id"])]

    def __str__(self) -> str:
        return f"{self.bond}: {self.listing_id} and {self.partner_id}"


class Tally(models.Model):
    """How often a listing was looked at or bought at all, in the units of `Pair`."""

    bond = models.CharField(max_length=8)
    listing_id = models.BigIntegerField()
    weight = models.FloatField()
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="tally_once", fields=["listing_id", "bond"]),
            models.CheckConstraint(name="tally_bond_known", condition=Q(bond__in=_BONDS)),
        ]

    def __str__(self) -> str:
        return f"{self.bond}: {self.listing_id}"


class CountedPurchase(models.Model):
    """Which goods of a purchase are counted."""

    purchase_no = models.CharField(max_length=24, primary_key=True)
    listing_ids = ArrayField(models.BigIntegerField(), default=list)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.purchase_no


class Position(models.Model):
    """How far a log has been read; moves in the transaction that writes what was read."""

    name = models.CharField(max_length=20, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"
