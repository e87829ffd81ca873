"""The public copy of every offer, from which pages are drawn and every index is built."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from search.listings.contracts import ListingState


class Listing(models.Model):
    """One product of one shop as the public sees it; its id is the public one. Hidden and gone rows hold no text.

    `version` grows with every change. The columns after `card` are what lists are filtered and sorted by without an
    index, when search falls back.
    """

    shop_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    state = models.CharField(max_length=8)
    version = models.PositiveBigIntegerField(default=1)
    source_version = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    document = models.JSONField(default=dict)
    card = models.JSONField(default=dict)
    words = ArrayField(models.TextField(), default=list)
    category_ids = ArrayField(models.BigIntegerField(), default=list)
    brand = models.TextField(blank=True)
    parameter_keys = ArrayField(models.TextField(), default=list)
    variant_keys = ArrayField(models.TextField(), default=list)
    price_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    in_stock = models.BooleanField(default=False)
    sold_30d = models.PositiveBigIntegerField(default=0)
    rating_hundredths = models.PositiveSmallIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    liked_percent = models.PositiveSmallIntegerField(default=50)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="listing_once_a_product", fields=["shop_id", "product_id"]),
            models.CheckConstraint(
                name="listing_state_known", condition=Q(state__in=[state.value for state in ListingState])
            ),
            models.CheckConstraint(
                name="listing_shows_no_leftovers",
                condition=Q(state=ListingState.SHOWN.value) | Q(document={}, card={}, words=[], digest=""),
            ),
            models.CheckConstraint(name="listing_price_not_negative", condition=Q(price_minor__gte=0)),
            models.CheckConstraint(name="listing_rating_to_five", condition=Q(rating_hundredths__lte=500)),
            models.CheckConstraint(name="listing_liked_is_a_percentage", condition=Q(liked_percent__lte=100)),
        ]
        indexes = [
            GinIndex(name="listing_by_word", fields=["words"]),
            GinIndex(name="listing_by_category", fields=["category_ids"]),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}/{self.product_id}"


class ListedVariant(models.Model):
    """Which listing a shop's variant is in, so that a cart finds its lines in one statement."""

    shop_id = models.BigIntegerField()
    variant_id = models.BigIntegerField()
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="variants")

    class Meta:
        constraints = [models.UniqueConstraint(name="variant_listed_once", fields=["shop_id", "variant_id"])]

    def __str__(self) -> str:
        return f"{self.shop_id}/{self.variant_id}"


class ListingChange(models.Model):
    """That a listing changed, for indexers. `change_no` is empty until one numberer gives it one, after the commit.

    Numbers given by the writers themselves would become visible in another order than they grow in, and an indexer
    that reads on from the highest it saw would miss some. No foreign key: an index may hold what no row is left of.
    """

    listing_id = models.BigIntegerField(primary_key=True)
    change_no = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [models.Index(name="change_not_numbered", fields=["listing_id"], condition=Q(change_no__isnull=True))]

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.change_no}"


class ChangeCounter(models.Model):
    """One row: the highest number given to a change. Whoever gives numbers holds its lock.

    `lineage` tells this database from another one, so that an index fed from that is not taken for one of this.
    """

    highest = models.PositiveBigIntegerField(default=0)
    lineage = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(name="change_counter_single_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.highest)


class KnownWordRow(models.Model):
    """A word by which listings are called and how many are. It is found by its keys, see `rules.spelling`."""

    word = models.CharField(max_length=24, primary_key=True)
    documents = models.PositiveIntegerField(default=0)
    pinyin = models.CharField(max_length=60, blank=True)
    initials = models.CharField(max_length=24, blank=True)
    keys = ArrayField(models.TextField(), default=list)

    class Meta:
        indexes = [GinIndex(name="known_word_by_key", fields=["keys"])]

    def __str__(self) -> str:
        return self.word


class CountedWords(models.Model):
    """The words that a listing was last counted for. No foreign key: it stays until the listing is counted off."""

    listing_id = models.BigIntegerField(primary_key=True)
    words = ArrayField(models.TextField(), default=list)

    def __str__(self) -> str:
        return str(self.listing_id)


class WordPosition(models.Model):
    """One row: up to which change words are counted, by which lexicon. Whoever counts holds its lock."""

    change_no = models.PositiveBigIntegerField(default=0)
    lexicon = models.CharField(max_length=32, blank=True, default="", db_default="")

    class Meta:
        constraints = [models.CheckConstraint(name="word_position_single_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.change_no)
