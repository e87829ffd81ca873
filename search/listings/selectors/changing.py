"""Following the listings: what changed after a number, and how listings are called."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from search.listings.contracts import ListingCategory
from search.listings.contracts.changes import ListingNames, NamesChange
from search.listings.models import ListingChange
from search.listings.selectors.reading import list_shown
from tenants.catalog.contracts import Text

_COLUMNS = ("pk", "version", "shop_id", "sold_30d", "document__title", "document__brand", "document__categories")


def list_names_changes(*, after: int, limit: int) -> list[NamesChange]:
    """Numbered changes after a number, in order, each with how the listing is called now: two statements."""
    rows = ListingChange.objects.filter(change_no__gt=after).order_by("change_no").values_list("change_no", "pk")
    numbered = list(rows[:limit])
    names = list_names(listing_id for _, listing_id in numbered)
    return [NamesChange(number or 0, listing_id, names.get(listing_id)) for number, listing_id in numbered]


def list_names(listing_ids: Iterable[int]) -> dict[int, ListingNames]:
    """How these listings are called, without those that are not shown: one statement."""
    wanted = list(listing_ids)
    rows = list_shown().filter(pk__in=wanted).values_list(*_COLUMNS) if wanted else ()
    return {row[0]: _make_names(row) for row in rows}


def list_shown_versions(*, after: int, limit: int) -> list[tuple[int, int]]:
    """Id and version of the listings that are shown after an id, in order: one statement."""
    return list(list_shown().filter(pk__gt=after).order_by("pk").values_list("pk", "version")[:limit])


def list_waiting(listing_ids: Iterable[int], *, position: int) -> set[int]:
    """Which of these have changes that who is at this position has not come to yet: one statement."""
    waiting = ListingChange.objects.filter(listing_id__in=list(listing_ids)).exclude(change_no__lte=position)
    return set(waiting.values_list("listing_id", flat=True))


def _make_names(row: tuple[Any, ...]) -> ListingNames:  # Any: columns and parts of a JSON document
    listing_id, version, shop_id, sold, title, brand, categories = row
    path = tuple(ListingCategory(pk, slug, Text(zh, en)) for pk, slug, zh, en in categories)
    return ListingNames(listing_id, version, shop_id, Text(*title), brand, path, sold)


def count_lag(*, position: int) -> int:
    """How many changes an index at this position lacks: one statement.

    A change that took a listing away and has its number does not count: no index shows how far it is with those.
    """
    shown = list_shown().filter(pk=OuterRef("listing_id"))
    behind = Q(change_no__isnull=True) | Q(Exists(shown), change_no__gt=position)
    return ListingChange.objects.filter(behind).count()


def count_changes(*, after: int) -> int:
    """How many changes an index at this position has not come to: one statement."""
    return ListingChange.objects.exclude(change_no__lte=after).count()
