"""Phrases that may be suggested, what they are typed as, and which listings speak for them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

from search.suggestions.contracts import LONGEST_TEXT, LONGEST_TYPED, Kind


class Phrase(models.Model):
    """One phrase. Its sums are those of its shares; `weight` is how sought it is, as a logarithm in small steps, so
    that one sale more changes no index.

    `shop_id` is set while all its listings are of one shop, so that it goes with the shop; `category_id` is the
    category that it is the name of, or in which nearly all of its listings are. It is shown while it has keys.
    """

    key = models.CharField(max_length=LONGEST_TEXT + 12)
    kind = models.CharField(max_length=8)
    text = models.CharField(max_length=LONGEST_TEXT)
    language = models.CharField(max_length=2, blank=True)
    category_id = models.BigIntegerField(null=True)
    brand = models.CharField(max_length=LONGEST_TEXT, blank=True)
    listings = models.PositiveIntegerField(default=0)
    sold = models.PositiveBigIntegerField(default=0)
    shop_id = models.BigIntegerField(null=True)
    weight = models.PositiveSmallIntegerField(default=0)
    is_shown = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="phrase_once", fields=["key"]),
            models.CheckConstraint(name="phrase_kind_known", condition=Q(kind__in=[kind.value for kind in Kind])),
            models.CheckConstraint(name="phrase_category_is_one", condition=~Q(kind="category", category_id=None)),
        ]

    def __str__(self) -> str:
        return self.text


class PhraseShare(models.Model):
    """How many listings of one shop in one category (0 is none) speak for a phrase, and what was sold of them."""

    phrase = models.ForeignKey(Phrase, on_delete=models.CASCADE, related_name="shares")
    shop_id = models.BigIntegerField()
    category_id = models.BigIntegerField(default=0)
    listings = models.PositiveIntegerField()
    sold = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="phrase_share_once", fields=["phrase", "shop_id", "category_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.phrase_id}: {self.listings}"


class CountedListing(models.Model):
    """What a listing was counted as when it was last looked at. A count that is repeated finds nothing to add."""

    listing_id = models.BigIntegerField(primary_key=True)
    version = models.PositiveBigIntegerField()
    shop_id = models.BigIntegerField()
    category_id = models.BigIntegerField(default=0)
    sold = models.PositiveBigIntegerField(default=0)
    phrase_ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        indexes = [GinIndex(name="counted_listing_by_phrase", fields=["phrase_ids"])]

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.version}"


class PhraseKey(models.Model):
    """One way to type a phrase: from the start of one of its words, spelt, or by initials.

    Short beginnings have thousands of keys: three indexes hold those of each beginning by weight, so that the first
    few are read without sorting the rest.
    """

    phrase = models.ForeignKey(Phrase, on_delete=models.CASCADE, related_name="keys")
    typed = models.CharField(max_length=LONGEST_TYPED, db_collation="C")
    language = models.CharField(max_length=2, blank=True)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="phrase_key_once", fields=["phrase", "typed"])]
        indexes = [
            models.Index(Left("typed", 1), "language", F("weight").desc(), name="phrase_key_by_one"),
            models.Index(Left("typed", 2), "language", F("weight").desc(), name="phrase_key_by_two"),
            models.Index(Left("typed", 3), "language", F("weight").desc(), name="phrase_key_by_three"),
            models.Index(name="phrase_key_by_typed", fields=["typed", "language", "weight"], include=["phrase"]),
        ]

    def __str__(self) -> str:
        return self.typed


class Sound(models.Model):
    """How a character is spoken, for those that phrases have: a web process finds 收机 by the sound of 手机 with it."""

    character = models.CharField(max_length=1, primary_key=True)
    syllable = models.CharField(max_length=8)

    def __str__(self) -> str:
        return f"{self.character}: {self.syllable}"


class FeedPosition(models.Model):
    """One row: up to which change listings are counted, and how far the sweep is. Whoever counts holds its lock."""

    change_no = models.BigIntegerField(default=0)
    swept_listing_id = models.BigIntegerField(default=0)
    swept_phrase_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="feed_position_single_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.change_no)
