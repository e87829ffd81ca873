"""How a document meets the terms of a question, by its entry alone: the same rules as the engines', term by term."""

from collections.abc import Iterator, Mapping

from search.listings.contracts import Alternative, IndexEntry, QueryTerm
from search.listings.contracts.explaining import MetIn, TermMet


def meet_term(term: QueryTerm, entry: IndexEntry) -> TermMet:
    """The alternative that counts most among those that the document has, and where it has it."""
    best: tuple[float, Alternative, tuple[MetIn, ...]] | None = None
    for alternative in term.alternatives:
        places = tuple(_list_places(alternative, entry, is_head=term.is_head))
        weight = alternative.weight * (1 + len(places))
        if places and (best is None or weight > best[0]):
            best = (weight, alternative, places)
    return TermMet(term, best[1], best[2]) if best else TermMet(term)


def _list_places(alternative: Alternative, entry: IndexEntry, *, is_head: bool) -> Iterator[MetIn]:
    """Where all words stand, each of them somewhere in the document; or the characters in a row."""
    fields: Mapping[MetIn, tuple[str, ...]] = {
        MetIn.HEAD: entry.head_words if is_head else (),
        MetIn.BRAND: entry.brand_words,
        MetIn.TITLE: entry.title_words,
        MetIn.CATEGORY: entry.category_words,
        MetIn.ATTRIBUTES: entry.attribute_words,
        MetIn.TEXT: entry.text_words,
    }
    if alternative.words and set(alternative.words) <= set(entry.words):
        yield from (place for place, words in fields.items() if not set(alternative.words).isdisjoint(words))
        return
    row = "".join(alternative.characters)
    if row and row in "".join(entry.title_characters):
        yield MetIn.TITLE
    if row and row in "".join(entry.text_characters):
        yield MetIn.TEXT
