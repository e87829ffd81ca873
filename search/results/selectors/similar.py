"""Goods like one: found with ordinary questions to whatever engine there is, ordered by a pure function."""

from collections.abc import Iterable
from datetime import datetime

from market.shops.contracts import Epochs
from search.listings.contracts import MOST_WORDS_CHARACTERS, ListingDocument, SearchQuery
from search.listings.keeping import Memory
from search.listings.selectors import find_ids
from search.results.rules.likeness import pick_words, rank_similar
from search.results.selectors.traits import list_traits
from search.tokens.chinese import tokenize

KEPT_SECONDS = 600
ENOUGH = 24
POOL = 60
MOST_KEPT = 4_000
_similar: Memory[tuple[int, ...]] = Memory(MOST_KEPT)


def list_similar(document: ListingDocument, *, epochs: Epochs, now: datetime, size: int = 12) -> tuple[int, ...]:
    """Ids of goods like this one, the most alike first, those in stock before the others.

    Kept for ten minutes a version: one statement, then none. Whoever shows them reads their cards, so that nothing
    that was hidden meanwhile is seen.
    """
    key = (document.listing_id, document.version, size, int(now.timestamp()) // KEPT_SECONDS)
    kept = _similar.find(key)
    if kept is not None:
        return kept
    traits = list_traits([document.listing_id, *_gather(document, epochs)])
    like = traits.get(document.listing_id)
    if like is None:
        return ()
    return _similar.keep(key, tuple(rank_similar(like, traits.values(), size=size)))


def _gather(document: ListingDocument, epochs: Epochs) -> list[int]:
    """Candidates, from the narrow to the wide: the same category, by words and by demand; then beyond it."""
    line = [step.category_id for step in document.category_path]
    words = pick_words(tokenize(document.title.zh or document.title.en).words)
    found: dict[int, None] = {}
    for category_id in (*reversed(line), None):
        for text in (*words, ""):
            if text or category_id is not None:
                found.update(dict.fromkeys(_ask(text, category_id, epochs)))
        if len(found) > ENOUGH:
            break
    return list(found)


def _ask(words: str, category_id: int | None, epochs: Epochs) -> Iterable[int]:
    query = SearchQuery(words=words[:MOST_WORDS_CHARACTERS], category_id=category_id, size=POOL, with_facets=False)
    return find_ids(query, epochs=epochs)
