"""Following the listings: each change takes away what the listing was counted as, and adds what it is now.

Everything of a batch, the position too, is one transaction, so that a batch that was cut off leaves nothing and one
that comes twice changes nothing. Loads the dictionaries of Chinese words and of pinyin: for workers, not for the web.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import connection, transaction

from search.listings.contracts.changes import ListingNames
from search.listings.selectors.changing import list_names_changes
from search.listings.services.indexing import number_changes
from search.suggestions.contracts import Candidate
from search.suggestions.models import CountedListing, FeedPosition, Phrase, PhraseShare
from search.suggestions.rules.phrases import list_candidates
from search.suggestions.services.recounting import recount

BATCH = 500
Share = tuple[int, int, int]  # phrase, shop, category


def catch_up(*, until: float = float("inf"), seen: Callable[[int], None] = lambda count: None) -> int:
    """Count every change there is, batch by batch, until a time of `time.monotonic`. Returns how many."""
    total = 0
    while True:
        number_changes()
        count = count_changes()
        if count:
            seen(count)
        total += count
        if not count or time.monotonic() >= until:
            return total


@transaction.atomic(durable=True)
def count_changes(*, limit: int = BATCH) -> int:
    """Count the next changes. Returns how many; 0 also while another process is at it."""
    position = lock_position()
    if position is None:
        return 0
    changes = list_names_changes(after=position.change_no, limit=limit)
    if not changes:
        return 0
    count_listings({change.listing_id: change.names for change in changes})
    position.change_no = changes[-1].change_no
    position.save(update_fields=["change_no"])
    return len(changes)


def lock_position() -> FeedPosition | None:
    """The one position, locked until the transaction ends; None while another process has it (step)."""
    rows = FeedPosition.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=1)
    position = rows.first()
    if position is None:
        FeedPosition.objects.bulk_create([FeedPosition(pk=1)], ignore_conflicts=True)
        position = rows.first()
    return position


def count_listings(listings: Mapping[int, ListingNames | None]) -> set[int]:
    """Count these listings as they are now, whatever they were counted as (step). Returns the phrases that moved."""
    before = CountedListing.objects.in_bulk(list(listings))
    candidates = {pk: list_candidates(names) for pk, names in listings.items() if names is not None}
    phrase_ids, renamed = _find_or_make_phrases(candidate for some in candidates.values() for candidate in some)
    after = [
        _make_counted(names, [phrase_ids[candidate.key] for candidate in candidates[names.listing_id]])
        for names in listings.values()
        if names is not None
    ]
    moved = _list_moves(before.values(), after)
    CountedListing.objects.filter(pk__in=before.keys() - candidates.keys()).delete()
    CountedListing.objects.bulk_create(
        after,
        update_conflicts=True,
        unique_fields=["listing_id"],
        update_fields=["version", "shop_id", "category_id", "sold", "phrase_ids"],
    )
    _add_to_shares(moved)
    touched = renamed | {phrase_id for phrase_id, _, _ in moved}
    recount(touched)
    return touched


def _find_or_make_phrases(candidates: Iterable[Candidate]) -> tuple[dict[str, int], set[int]]:
    """The id of each candidate's phrase, and those that got another name; their keys are made anew."""
    wanted = {candidate.key: candidate for candidate in candidates}
    rows = {phrase.key: phrase for phrase in Phrase.objects.filter(key__in=wanted)}
    renamed = [phrase for key, phrase in rows.items() if _is_renamed(phrase, wanted[key])]
    for phrase in renamed:
        phrase.text, phrase.is_shown = wanted[phrase.key].text, False
    Phrase.objects.bulk_update(renamed, ["text", "is_shown"])
    missing = [_make_phrase(candidate) for key, candidate in wanted.items() if key not in rows]
    rows.update((phrase.key, phrase) for phrase in Phrase.objects.bulk_create(missing))
    return {key: phrase.pk for key, phrase in rows.items()}, {phrase.pk for phrase in renamed}


def _is_renamed(phrase: Phrase, candidate: Candidate) -> bool:
    """Categories are known by id, so that their names may change; brands and words are their names."""
    return candidate.category_id is not None and phrase.text != candidate.text


def _make_phrase(candidate: Candidate) -> Phrase:
    return Phrase(
        key=candidate.key,
        kind=candidate.kind.value,
        text=candidate.text,
        language=candidate.language,
        category_id=candidate.category_id,
        brand=candidate.brand,
    )


def _make_counted(names: ListingNames, phrase_ids: Sequence[int]) -> CountedListing:
    return CountedListing(
        listing_id=names.listing_id,
        version=names.version,
        shop_id=names.shop_id,
        category_id=names.category_path[-1].category_id if names.category_path else 0,
        sold=names.sold_30d,
        phrase_ids=sorted(phrase_ids),
    )


def _list_moves(before: Iterable[CountedListing], after: Iterable[CountedListing]) -> dict[Share, tuple[int, int]]:
    """By how much each share moves: listings and sales; shares that stay as they are, are left out."""
    listings: Counter[Share] = Counter()
    sold: Counter[Share] = Counter()
    for sign, rows in ((-1, before), (1, after)):
        for row in rows:
            for phrase_id in row.phrase_ids:
                share = (phrase_id, row.shop_id, row.category_id)
                listings[share] += sign
                sold[share] += sign * row.sold
    return {share: (listings[share], sold[share]) for share in listings if listings[share] or sold[share]}


_MOVES = (
    "WITH moved AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])"
    " AS m (phrase_id, shop_id, category_id, listings, sold)), changed AS ("
    " UPDATE suggestions_phraseshare AS share"
    " SET listings = share.listings + moved.listings, sold = share.sold + moved.sold FROM moved"
    " WHERE (share.phrase_id, share.shop_id, share.category_id) = (moved.phrase_id, moved.shop_id, moved.category_id)"
    " RETURNING share.phrase_id, share.shop_id, share.category_id"
    ") INSERT INTO suggestions_phraseshare (phrase_id, shop_id, category_id, listings, sold)"
    " SELECT phrase_id, shop_id, category_id, listings, sold FROM moved"
    " WHERE (phrase_id, shop_id, category_id) NOT IN (SELECT phrase_id, shop_id, category_id FROM changed)"
)


def _add_to_shares(moved: Mapping[Share, tuple[int, int]]) -> None:
    if not moved:
        return
    rows = [(*share, *amounts) for share, amounts in sorted(moved.items())]
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, [list(column) for column in zip(*rows, strict=True)])
    PhraseShare.objects.filter(phrase_id__in={phrase_id for phrase_id, _, _ in moved}, listings=0).delete()
