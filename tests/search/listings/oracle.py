"""What search must answer, worked out the slow way from the documents themselves, without any index."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from search.listings.contracts import (
    AttributeTick,
    Facet,
    FacetKind,
    ListingDocument,
    SearchQuery,
    Sort,
)
from search.listings.rules.entries import make_entry
from search.listings.rules.facets import make_key, make_name_key, make_value_key
from search.listings.rules.heads import find_heads
from search.tokens.chinese import AskedWord, read_query


class Oracle:
    """Answers questions over a list of documents by looking at each."""

    def __init__(self, documents: Iterable[ListingDocument]) -> None:
        self._documents = list(documents)
        self._texts = {document.listing_id: _read_texts(document) for document in self._documents}
        self._variants = {document.listing_id: _list_variants(document) for document in self._documents}
        self._with_words: dict[tuple[str, frozenset[int]], set[int]] = {}

    def find(self, query: SearchQuery, *, closed: frozenset[int] = frozenset()) -> list[ListingDocument]:
        """Every document that answers, in no order."""
        if query.words.strip() and not read_query(query.words):
            return []
        wanted = {*self._list_with_words(query.words, closed), *query.pinned}.difference(query.buried)
        return [
            document
            for document in self._documents
            if document.listing_id in wanted and _is_open(document, closed) and self._passes(document, query)
        ]

    def find_with_all_words(self, query: SearchQuery) -> list[ListingDocument]:
        """Every document that has all words and passes: what an answer that never relaxes holds."""
        terms = read_query(query.words)
        return [
            document
            for document in self._documents
            if all(self._has_term(document, term) for term in terms) and self._passes(document, query)
        ]

    def _list_with_words(self, words: str, closed: frozenset[int]) -> set[int]:
        """Ids of what has the words, as `_choose_rule` wants them; remembered."""
        if (words, closed) not in self._with_words:
            is_met = self._choose_rule(words, read_query(words), closed)
            found = {document.listing_id for document in self._documents if is_met(document)}
            self._with_words[(words, closed)] = found
        return self._with_words[(words, closed)]

    def list_sorted(self, query: SearchQuery, *, closed: frozenset[int] = frozenset()) -> list[int]:
        """Ids in the order of the query's sort, which is not best match by words."""
        found = self.find(query, closed=closed)
        return [document.listing_id for document in sorted(found, key=lambda d: _place(d, query.sort))]

    def count(self, query: SearchQuery, facet: Facet, value: str) -> int:
        """The count that one value of a facet must show."""
        return len(self.find(_tick_alone(query, facet, value)))

    def _choose_rule(
        self, words: str, terms: Sequence[AskedWord], closed: frozenset[int]
    ) -> Callable[[ListingDocument], bool]:
        """All terms; where fewer than ten documents have all, most or the head; where none has that, any."""
        heads = {word for phrase in find_heads(words) for word in phrase}

        def count(document: ListingDocument) -> int:
            return sum(self._has_term(document, term) for term in terms)

        def has_all(document: ListingDocument) -> bool:
            return count(document) == len(terms)

        def has_most(document: ListingDocument) -> bool:
            has_head = any(self._has_term(document, term) for term in terms if term.whole in heads)
            return has_head or count(document) >= max(1, round(0.6 * len(terms)))

        shown = [document for document in self._documents if _is_open(document, closed)]
        if len(terms) < 2 or sum(map(has_all, shown)) >= 10:
            return has_all
        return has_most if any(map(has_most, shown)) else lambda document: count(document) > 0

    def _has_term(self, document: ListingDocument, term: AskedWord) -> bool:
        words, rows = self._texts[document.listing_id]
        if term.whole in words or (term.parts and set(term.parts) <= words):
            return True
        return bool(term.characters) and any("".join(term.characters) in row for row in rows)

    def _passes(self, document: ListingDocument, query: SearchQuery) -> bool:
        return (
            (query.category_id is None or query.category_id in {step.category_id for step in document.category_path})
            and (not query.brands or make_key(document.brand) in query.brands)
            and (not query.shop_ids or document.shop.shop_id in query.shop_ids)
            and (query.price_from_minor is None or document.price_from_minor >= query.price_from_minor)
            and (query.price_to_minor is None or document.price_from_minor <= query.price_to_minor)
            and any(_variant_passes(variant, query) for variant in self._variants[document.listing_id])
        )


Variant = tuple[bool, frozenset[tuple[str, str]]]
"""Whether it is in stock, and what it is: parameters and its own choices, by key."""


def _read_texts(document: ListingDocument) -> tuple[set[str], tuple[str, str]]:
    entry = make_entry(document)
    words = {
        *entry.title_words,
        *entry.brand_words,
        *entry.category_words,
        *entry.attribute_words,
        *entry.text_words,
    }
    return words, ("".join(entry.title_characters), "".join(entry.text_characters))


def _list_variants(document: ListingDocument) -> list[Variant]:
    parameters = {(make_name_key(line.name), make_value_key(line.value)) for line in document.parameters}
    found = []
    for variant in document.variants:
        pairs = zip(document.options, variant.choices, strict=True)
        choices = {(make_name_key(option.name), make_value_key(option.values[index])) for option, index in pairs}
        found.append((variant.available > 0, frozenset(parameters | choices)))
    return found


def _is_open(document: ListingDocument, closed: frozenset[int]) -> bool:
    return document.shop.shop_id not in closed


def _variant_passes(variant: Variant, query: SearchQuery) -> bool:
    is_stocked, facts = variant
    if query.in_stock and not is_stocked:
        return False
    return all(any((tick.name, value) in facts for value in tick.values) for tick in query.attributes)


def _place(document: ListingDocument, sort: Sort) -> tuple[int, ...]:
    newest = -document.listing_id
    return {
        Sort.BEST: (-int(document.in_stock), -document.sold_30d, newest),
        Sort.SALES: (-document.sold_30d, newest),
        Sort.NEWEST: (-int(document.created_at.timestamp()), newest),
        Sort.PRICE_UP: (document.price_from_minor, newest),
        Sort.PRICE_DOWN: (-document.price_from_minor, newest),
        Sort.RATING: (-document.rating_hundredths, newest),
    }[sort]


def _tick_alone(query: SearchQuery, facet: Facet, value: str) -> SearchQuery:
    if facet.kind is FacetKind.ATTRIBUTE:
        others = tuple(tick for tick in query.attributes if tick.name != facet.key)
        return replace(query, attributes=(*others, AttributeTick(facet.key, (value,))))
    if facet.kind is FacetKind.PRICE:
        low, high = value.split("-")
        return replace(query, price_from_minor=int(low) if low else None, price_to_minor=int(high) if high else None)
    return {
        FacetKind.CATEGORY: lambda: replace(query, category_id=int(value)),
        FacetKind.BRAND: lambda: replace(query, brands=(value,)),
        FacetKind.SHOP: lambda: replace(query, shop_ids=(int(value),)),
        FacetKind.STOCK: lambda: replace(query, in_stock=True),
    }[facet.kind]()
