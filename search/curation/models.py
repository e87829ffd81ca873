"""Tables of what staff said. Everything here is read whole, and kept by every process until the epoch moves."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from search.curation.contracts import LONGEST_PHRASE, PlacementKind


class SynonymRow(models.Model):
    """A group of phrases that mean the same."""

    phrases = ArrayField(models.CharField(max_length=LONGEST_PHRASE))
    is_one_way = models.BooleanField(default=False)
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="synonyms_are_several", condition=Q(phrases__len__gte=2))]

    def __str__(self) -> str:
        return " = ".join(self.phrases)


class HotWordRow(models.Model):
    """A word that the search box offers."""

    zh = models.CharField(max_length=LONGEST_PHRASE, blank=True)
    en = models.CharField(max_length=LONGEST_PHRASE, blank=True)
    query = models.CharField(max_length=LONGEST_PHRASE)
    place = models.PositiveSmallIntegerField(default=100)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="hot_word_once", fields=["query"]),
            models.CheckConstraint(name="hot_word_is_written", condition=~Q(zh="", en="") & ~Q(query="")),
            models.CheckConstraint(
                name="hot_word_ends_after_its_start",
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(starts_at__lt=F("ends_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.query


class BlockedWord(models.Model):
    """A query that never becomes hot by itself, whoever asks it how often."""

    key = models.CharField(max_length=LONGEST_PHRASE, unique=True)
    blocked_by = models.BigIntegerField()
    blocked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Placement(models.Model):
    """One product pinned or buried for one query. `place` counts from 1 among the pinned ones."""

    query_key = models.CharField(max_length=LONGEST_PHRASE)
    listing_id = models.BigIntegerField()
    kind = models.CharField(max_length=6)
    place = models.PositiveSmallIntegerField(default=0)
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="placed_once_a_query", fields=["query_key", "listing_id"]),
            models.CheckConstraint(
                name="placement_kind_known", condition=Q(kind__in=[kind.value for kind in PlacementKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.query_key}: {self.kind} {self.listing_id}"
