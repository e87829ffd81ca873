"""The log of what was done with search, and what is counted from it. Public schema.

Counts are of different visitors a day: what one person repeats counts once, and what nobody can be told of counts only
as a search.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from search.signals.contracts import HIGHEST_POSITION, EventKind


class Query(models.Model):
    """The dictionary of queries: cleaned text, nothing that looks like personal data."""

    key = models.TextField(unique=True)


class SearchEvent(models.Model):
    """One thing that was done. `token` makes a repeat harmless; `visitor` is empty for somebody unknown.

    Written under the lock of `LogHead`, so that ids become visible in the order they grow in.
    """

    token = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    day = models.DateField()
    visitor = models.UUIDField(null=True)
    query = models.ForeignKey(Query, on_delete=models.PROTECT, null=True, related_name="events")
    language = models.CharField(max_length=8, blank=True)
    listing_id = models.BigIntegerField(null=True)
    shop_id = models.BigIntegerField(null=True)
    category_id = models.BigIntegerField(null=True)
    position = models.PositiveSmallIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    device = models.CharField(max_length=1, blank=True, db_default="")
    region = models.CharField(max_length=2, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="event_kind_known", condition=Q(kind__in=[kind.value for kind in EventKind])),
            models.CheckConstraint(
                name="event_names_a_listing",
                condition=Q(kind=EventKind.SEARCHED.value, query__isnull=False, listing_id__isnull=True)
                | Q(~Q(kind=EventKind.SEARCHED.value), listing_id__isnull=False, shop_id__isnull=False),
            ),
            models.CheckConstraint(
                name="event_position_in_a_list", condition=Q(position__gte=1, position__lte=HIGHEST_POSITION)
            ),
        ]
        indexes = [
            models.Index(name="event_of_a_visitor", fields=["visitor", "at"], condition=Q(visitor__isnull=False)),
            BrinIndex(name="event_by_time", fields=["at"]),
        ]


class LogHead(models.Model):
    """One row. Whoever adds events holds its lock."""

    class Meta:
        constraints = [models.CheckConstraint(name="log_head_single_row", condition=Q(id=1))]


class Reader(models.Model):
    """How far somebody has read the log; moved in the transaction of what was made of it."""

    name = models.CharField(max_length=40, unique=True)
    position = models.BigIntegerField(default=0)


class QueryDay(models.Model):
    """A query on one day. All but `searches` and `nothing_found` count different visitors."""

    query = models.ForeignKey(Query, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    searches = models.PositiveIntegerField(default=0)
    nothing_found = models.PositiveIntegerField(default=0)
    visitors = models.PositiveIntegerField(default=0)
    clickers = models.PositiveIntegerField(default=0)
    carters = models.PositiveIntegerField(default=0)
    buyers = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="query_once_a_day", fields=["query", "day"]),
            models.CheckConstraint(
                name="query_acts_are_of_visitors",
                condition=Q(clickers__lte=F("visitors"), carters__lte=F("visitors"), buyers__lte=F("visitors")),
            ),
            models.CheckConstraint(name="query_empty_is_a_search", condition=Q(nothing_found__lte=F("searches"))),
        ]
        indexes = [models.Index(name="query_by_day", fields=["day"])]


class OfferCounts(models.Model):
    """Different visitors of a day and query. A click is a showing; `examined_bps` weighs showings by their place."""

    listing_id = models.BigIntegerField()
    day = models.DateField()
    shown = models.PositiveIntegerField(default=0)
    examined_bps = models.PositiveBigIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)
    viewed = models.PositiveIntegerField(default=0)
    carted = models.PositiveIntegerField(default=0)
    bought = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class ListingDay(OfferCounts):
    """An offer on one day, over all queries and none."""

    class Meta:
        constraints = [
            models.UniqueConstraint(name="listing_once_a_day", fields=["listing_id", "day"]),
            models.CheckConstraint(name="listing_clicks_are_showings", condition=Q(clicked__lte=F("shown"))),
        ]
        indexes = [models.Index(name="listing_by_day", fields=["day"])]


class PairDay(OfferCounts):
    """An offer for a query on one day."""

    query = models.ForeignKey(Query, on_delete=models.CASCADE, related_name="pairs")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pair_once_a_day", fields=["query", "listing_id", "day"]),
            models.CheckConstraint(name="pair_clicks_are_showings", condition=Q(clicked__lte=F("shown"))),
        ]
        indexes = [models.Index(name="pair_by_day", fields=["day"])]


class PositionDay(models.Model):
    """A place in the lists of hits on one day."""

    position = models.PositiveSmallIntegerField()
    day = models.DateField()
    shown = models.PositiveIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="position_once_a_day", fields=["day", "position"])]


class AudienceWeek(models.Model):
    """How many different visitors of a week (from its Monday on) belong to an audience: `rules.audiences` names it."""

    starts_on = models.DateField()
    name = models.CharField(max_length=16)
    visitors = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="audience_once_a_week", fields=["starts_on", "name"])]


class VisitorSalt(models.Model):
    """The salt of one week's visitors. When it is deleted, nobody can tell any more whose events they were."""

    starts_on = models.DateField(unique=True)
    salt = models.BinaryField()


class Choice(models.Model):
    """A person's word on being counted, by digest. What happened up to `forgotten_at` is not recorded late."""

    person = models.CharField(max_length=32, unique=True)
    is_off = models.BooleanField(default=False)
    forgotten_at = models.DateTimeField(null=True)


class ReconcileRun(models.Model):
    """How one comparison of all products with their listings ended."""

    at = models.DateTimeField()
    seconds = models.FloatField()
    checked = models.PositiveIntegerField()
    lost = models.PositiveIntegerField()
    stale = models.PositiveIntegerField()
    ghosts = models.PositiveIntegerField()
