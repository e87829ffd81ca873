"""What answers when the index cannot: hits, totals, sorts and pages from the table; no facets, no ranking by words."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import BigIntegerField, Case, ExpressionWrapper, F, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Extract
from psycopg.errors import QueryCanceled

from search.listings.contracts import Candidate, EngineAnswer, ListingState, Question, SearchQuery, Sort
from search.listings.engines.cursors import count_skipped, cut_page, read_cursor
from search.listings.models import ChangeCounter, Listing
from search.listings.rules.facets import Wanted, list_ways
from search.tokens.plain import read_plain_query

MOST_CANDIDATES = 5_000
NEWEST = 20_000
STATEMENT_MS = 400
_STOCKED = Case(When(in_stock=True, then=Value(1 << 40)), default=Value(0), output_field=BigIntegerField())
_DEMAND = ExpressionWrapper(_STOCKED + F("sold_30d"), output_field=BigIntegerField())
_PINNED = 1 << 50
_HIGHEST = Coalesce(Subquery(Listing.objects.order_by("-pk").values("pk")[:1]), 0)
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
    """The answer of last resort, from the table of listings; bounded however many there are.

    Of more than `MOST_CANDIDATES` listings found, the newest count as found. What cannot be looked through in
    `STATEMENT_MS` is looked for among the newest `NEWEST` listings only.
    """

    name = "postgres"

    def read_generation(self) -> str:
        """The table has no generations: the epoch `listings` tells when it changed."""
        return "table"

    def search(self, question: Question, *, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        """Documents that have all words as they were written."""
        query = question.query
        words = read_plain_query(query.words)
        if query.words.strip() and not words:
            return EngineAnswer((), 0)
        found = _filter(query, words, closed_shop_ids)
        for some in (found, found.filter(pk__gt=_HIGHEST - NEWEST)):
            try:
                return _answer(some, query)
            except OperationalError as error:
                if not isinstance(error.__cause__, QueryCanceled):
                    raise
        return EngineAnswer((), 0)

    def read_position(self) -> int:
        """The newest change: the table has them all."""
        return ChangeCounter.objects.values_list("highest", flat=True).first() or 0

    def list_candidates(self, question: Question, *, closed_shop_ids: frozenset[int]) -> Sequence[Candidate]:
        """None: the table does not rank by words."""
        del question, closed_shop_ids
        return ()

    def count_categories(self, *, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        """How many of the newest listings each category holds."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT category_id, count(*) FROM ("
                " SELECT category_ids FROM listings_listing WHERE state = %s AND NOT shop_id = ANY(%s)"
                " ORDER BY id DESC LIMIT %s) AS listing, unnest(category_ids) AS category_id GROUP BY category_id",
                [ListingState.SHOWN.value, sorted(closed_shop_ids), NEWEST],
            )
            return {int(category_id): int(count) for category_id, count in cursor.fetchall()}

    def list_parked(self) -> Mapping[int, str]:
        """None: it has no index that could refuse one."""
        return {}

    def list_versions(self) -> Mapping[int, int]:
        """The table is its own index."""
        return dict(Listing.objects.filter(state=ListingState.SHOWN.value).values_list("pk", "version"))


def _answer(found: QuerySet[Listing], query: SearchQuery) -> EngineAnswer:
    """Total and page of the candidates, out of one statement within its time; a few thousand are put in order here.

    A join of candidates with the table itself would leave the planner to guess how many there are.
    """
    cursor = read_cursor(query.after, query.sort)
    value, highest_first = _SORTS[query.sort]
    if query.pinned and query.sort is Sort.BEST:
        value = _pin_first(query.pinned, value)
    candidates = found.annotate(place=value).order_by("-pk").values_list("place", "pk")[:MOST_CANDIDATES]
    with transaction.atomic(), _statement_limit():
        rows = [(float(place), pk) for place, pk in candidates]
    sign = -1 if highest_first else 1
    ordered = sorted((sign * place, -pk) for place, pk in rows)
    if cursor is not None:
        last = (sign * cursor.value, -cursor.listing_id)
        ordered = [row for row in ordered if row > last]
    skip = count_skipped(query, cursor)
    page = [(sign * place, -negative) for place, negative in ordered[skip : skip + query.size + 1]]
    hits = cut_page(page, query, cursor)
    return EngineAnswer(hits.listing_ids, len(rows), (), hits.next_cursor)


@contextmanager
def _statement_limit() -> Iterator[None]:
    """PostgreSQL cancels what takes longer. When it does, the rollback also takes the limit back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(STATEMENT_MS)])
        yield
        cursor.execute("SELECT set_config('statement_timeout', '0', true)")


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
