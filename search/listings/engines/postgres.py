"""What answers when the index cannot: hits, totals, sorts and pages from the table; no facets, no ranking by words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Extract

from search.listings.contracts import Candidate, EngineAnswer, ListingState, Question, SearchQuery, Sort
from search.listings.engines.cursors import Hits, count_skipped, cut_page, read_cursor
from search.listings.models import Listing
from search.listings.rules.facets import Wanted, list_ways
from search.tokens.plain import read_plain_query

_STOCKED = Case(When(in_stock=True, then=Value(1 << 40)), default=Value(0), output_field=BigIntegerField())
_DEMAND = ExpressionWrapper(_STOCKED + F("sold_30d"), output_field=BigIntegerField())
_PINNED = 1 << 50
# Sort: the value and whether the highest comes first. The highest id comes first among equals.
_SORTS = {
    Sort.BEST: (_DEMAND, True),
    Sort.SALES: (F("sold_30d"), True),
    Sort.NEWEST: (Extract("created_at", "epoch"), True),
    Sort.PRICE_UP: (F("price_minor"), False),
    Sort.PRICE_DOWN: (F("price_minor"), True),
    Sort.RATING: (F("rating_hundredths"), True),
}


class PostgresEngine:
    """The answer of last resort, from the table of listings."""

    name = "postgres"

    def read_generation(self) -> str:
        """The table has no generations: the epoch `listings` tells when it changed."""
        return "table"

    def search(self, question: Question, *, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        """Documents that have all words as they were written; two statements."""
        query = question.query
        words = read_plain_query(query.words)
        if query.words.strip() and not words:
            return EngineAnswer((), 0)
        found = _filter(query, words, closed_shop_ids)
        total = found.count()
        hits = _list_page(found, query)
        return EngineAnswer(hits.listing_ids, total, (), hits.next_cursor)

    def list_candidates(self, question: Question, *, closed_shop_ids: frozenset[int]) -> Sequence[Candidate]:
        """None: the table does not rank by words."""
        del question, closed_shop_ids
        return ()

    def count_categories(self, *, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        """How many listings each category holds."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT category_id, count(*) FROM listings_listing, unnest(category_ids) AS category_id"
                " WHERE state = %s AND NOT shop_id = ANY(%s) GROUP BY category_id",
                [ListingState.SHOWN.value, sorted(closed_shop_ids)],
            )
            return {int(category_id): int(count) for category_id, count in cursor.fetchall()}

    def list_versions(self) -> Mapping[int, int]:
        """The table is its own index."""
        return dict(Listing.objects.filter(state=ListingState.SHOWN.value).values_list("pk", "version"))


def _filter(query: SearchQuery, words: list[str], closed_shop_ids: frozenset[int]) -> QuerySet[Listing]:
    rows = Listing.objects.filter(state=ListingState.SHOWN.value)
    if closed_shop_ids:
        rows = rows.exclude(shop_id__in=closed_shop_ids)
    if words:
        rows = rows.filter(Q(words__contains=words) | Q(pk__in=query.pinned))
    if query.buried:
        rows = rows.exclude(pk__in=query.buried)
    if query.category_id is not None:
        rows = rows.filter(category_ids__contains=[query.category_id])
    if query.brands:
        rows = rows.filter(brand__in=query.brands)
    if query.shop_ids:
        rows = rows.filter(shop_id__in=query.shop_ids)
    if query.price_from_minor is not None:
        rows = rows.filter(price_minor__gte=query.price_from_minor)
    if query.price_to_minor is not None:
        rows = rows.filter(price_minor__lte=query.price_to_minor)
    if query.attributes or query.in_stock:
        ways = Q()
        for way in list_ways(query.attributes, in_stock=query.in_stock):
            ways |= _meet(way)
        rows = rows.filter(ways)
    return rows


def _meet(way: Wanted) -> Q:
    met = Q(pk__isnull=False)
    for group in way.parameter_groups:
        met &= Q(parameter_keys__overlap=list(group))
    if way.variant_keys:
        met &= Q(variant_keys__overlap=list(way.variant_keys))
    return met


def _pin_first(
    pinned: Sequence[int],
    value: Any,  # Any: an expression, whose types have no common name in django-stubs
) -> Case:
    places = [When(pk=pk, then=Value(_PINNED + place)) for place, pk in enumerate(reversed(pinned))]
    return Case(*places, default=value, output_field=BigIntegerField())


def _list_page(found: QuerySet[Listing], query: SearchQuery) -> Hits:
    cursor = read_cursor(query.after, query.sort)
    value, highest_first = _SORTS[query.sort]
    if query.pinned and query.sort is Sort.BEST:
        value = _pin_first(query.pinned, value)
    rows = found.annotate(place=value).order_by("-place" if highest_first else "place", "-pk")
    if cursor is not None:
        behind = Q(place__lt=cursor.value) if highest_first else Q(place__gt=cursor.value)
        rows = rows.filter(behind | Q(place=cursor.value, pk__lt=cursor.listing_id))
    skip = count_skipped(query, cursor)
    page = rows.values_list("place", "pk")[skip : skip + query.size + 1]
    return cut_page([(float(place), pk) for place, pk in page], query, cursor)
