"""Counting by which words listings are called, change by change.

Everything of a batch, the position too, is one transaction, so that a batch that was cut off leaves nothing and one
that comes twice changes nothing. Loads the dictionaries of Chinese words and of pinyin: for workers, not for the web.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from search.listings.codec import decode_document
from search.listings.contracts import KnownWord, ListingState
from search.listings.lexicon import get_lexicon
from search.listings.models import CountedWords, KnownWordRow, Listing, ListingChange, WordPosition
from search.listings.rules.spelling import list_known_keys
from search.listings.rules.words import list_called_words
from search.listings.services.indexing import number_changes
from search.tokens.pinyin import list_initials, spell

BATCH = 500
_SUM = """
UPDATE listings_knownwordrow AS known SET documents = greatest(known.documents + counted.step, 0)
FROM unnest(%s::text[], %s::int[]) AS counted (word, step) WHERE known.word = counted.word
"""


def count_words(*, until: float = float("inf")) -> int:
    """Count every change there is, batch by batch, until a time of `time.monotonic`. Returns how many changes."""
    total = 0
    while True:
        number_changes()
        count = count_changed_words()
        total += count
        if not count or time.monotonic() >= until:
            return total


@transaction.atomic(durable=True)
def count_changed_words(*, limit: int = BATCH) -> int:
    """Count the next changes. Returns how many; 0 also while another process is at it.

    By another version of the lexicon all listings are called otherwise, so they are gone through once more.
    """
    position = _lock_position()
    if position is None:
        return 0
    if position.lexicon != get_lexicon().version:
        position.change_no, position.lexicon = 0, get_lexicon().version
    changed = list(
        ListingChange.objects.filter(change_no__gt=position.change_no)
        .order_by("change_no")
        .values_list("change_no", "listing_id")[:limit]
    )
    if not changed:
        return 0
    _count_listings([listing_id for _, listing_id in changed])
    position.change_no = changed[-1][0] or 0
    position.save(update_fields=["change_no", "lexicon"])
    return len(changed)


def _lock_position() -> WordPosition | None:
    """The one position, locked until the transaction ends; None while another process has it (step)."""
    rows = WordPosition.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=1)
    if (position := rows.first()) is None:
        WordPosition.objects.bulk_create([WordPosition(pk=1)], ignore_conflicts=True)
        position = rows.first()
    return position


def _count_listings(listing_ids: Sequence[int]) -> None:
    """Take away what these listings were counted for and add what they are called now (step)."""
    before = dict(CountedWords.objects.filter(pk__in=listing_ids).values_list("pk", "words"))
    now = _read_words(listing_ids)
    steps: Counter[str] = Counter()
    for listing_id in listing_ids:
        steps.update(now.get(listing_id, ()))
        steps.subtract(before.get(listing_id, ()))
    _add({word: step for word, step in steps.items() if step})
    CountedWords.objects.filter(pk__in=[pk for pk in before if pk not in now]).delete()
    CountedWords.objects.bulk_create(
        [CountedWords(pk, words) for pk, words in now.items() if before.get(pk) != words],
        update_conflicts=True,
        unique_fields=["listing_id"],
        update_fields=["words"],
    )


def _read_words(listing_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = Listing.objects.filter(pk__in=listing_ids, state=ListingState.SHOWN.value).values_list("pk", "document")
    return {pk: list_called_words(decode_document(held, listing_id=pk, version=0)) for pk, held in rows}


def _add(steps: Mapping[str, int]) -> None:
    """Move the counts, in the order of the words; new words are spelt, words that nothing is called by go (step)."""
    if not steps:
        return
    words = sorted(steps)
    known = set(KnownWordRow.objects.filter(pk__in=words).values_list("pk", flat=True))
    KnownWordRow.objects.bulk_create([_spell(word) for word in words if word not in known])
    with connection.cursor() as cursor:
        cursor.execute(_SUM, [words, [steps[word] for word in words]])
    KnownWordRow.objects.filter(pk__in=words, documents=0).delete()


def _spell(word: str) -> KnownWordRow:
    sound, initials = ("", "") if word.isascii() else (spell(word)[:60], list_initials(word)[:24])
    keys = list_known_keys(KnownWord(word, 0, sound, initials))
    return KnownWordRow(word=word, pinyin=sound, initials=initials, keys=keys)
