"""Who ranks: plain BM25, which is the baseline, and the product's engines over the same goods."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from search.listings.contracts import Engine, IndexChange, Indexes, ListingDocument, SearchQuery
from search.listings.engines.elastic.engine import ElasticEngine
from search.listings.engines.elastic.indexes import ElasticIndexes
from search.listings.engines.tantivy.engine import TantivyEngine
from search.listings.engines.tantivy.indexes import TantivyIndexes
from search.listings.lexicon import get_lexicon
from search.listings.rules.entries import make_entry
from search.listings.selectors.asking import ask_engine
from tenants.catalog.contracts import Text
from tests.search.listings.vocabulary import ListVocabulary
from tests.search.relevance.goods import name_product, name_products

PLAIN = "plain"
_BATCH = 5_000
_TAG = re.compile(r"<[^>]*>")


class Ranker(Protocol):
    """Puts products in order for some words."""

    name: str

    def rank(self, words: str, *, size: int = 10) -> list[str]:
        """The names of the best products, best first; empty when nothing was found."""
        ...


class TermRanker:
    """BM25 as tantivy has it over one field, where any term suffices, whatever terms a text is cut into."""

    def __init__(
        self,
        name: str,
        documents: Iterable[ListingDocument],
        *,
        cut_product: Callable[[str], Iterable[str]],
        cut_query: Callable[[str], Iterable[str]],
    ) -> None:
        self.name = name
        self._cut_query = cut_query
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="whitespace")
        builder.add_text_field("product", stored=True, tokenizer_name="raw")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        writer = self._index.writer(num_threads=1)
        for document in documents:
            terms = " ".join(cut_product(" ".join(list_texts(document))))
            writer.add_document(tantivy.Document(text=terms, product=name_product(document)))
        writer.commit()
        self._index.reload()

    def rank(self, words: str, *, size: int = 10) -> list[str]:
        """The best by BM25."""
        terms = [Query.term_query(self._schema, "text", term) for term in self._cut_query(words)]
        searcher = self._index.searcher()
        hits = searcher.search(Query.boolean_query([(Occur.Should, term) for term in terms]), limit=size).hits
        return [str(searcher.doc(address)["product"][0]) for _, address in hits]


def make_plain_ranker(documents: Iterable[ListingDocument]) -> TermRanker:
    """The baseline: all text of a product as one, cut by tantivy's default tokenizer, any word suffices."""
    analyzer = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(40)).filter(Filter.lowercase()).build()
    return TermRanker(PLAIN, documents, cut_product=analyzer.analyze, cut_query=analyzer.analyze)


def list_texts(document: ListingDocument) -> Iterator[str]:
    """All that is written about a product, each language once."""
    texts = [document.title, document.subtitle, *(step.name for step in document.category_path)]
    texts += [text for line in document.parameters for text in (line.name, line.value)]
    texts += [Text(_TAG.sub(" ", document.body_html.zh), _TAG.sub(" ", document.body_html.en))]
    yield document.brand
    yield from (part for text in texts for part in dict.fromkeys((text.zh, text.en)) if part)
    yield from (number for variant in document.variants for number in (variant.sku, variant.barcode) if number)


class EngineRanker:
    """An engine of the product, asked as the product asks it."""

    def __init__(self, engine: Engine, documents: Sequence[ListingDocument]) -> None:
        self.name = engine.name
        self._engine = engine
        self._names = name_products(documents)
        self._vocabulary = ListVocabulary(documents)

    def rank(self, words: str, *, size: int = 10) -> list[str]:
        """What the first page shows."""
        query = SearchQuery(words=words, size=size, with_facets=False)
        _, found = ask_engine(
            self._engine,
            query,
            closed_shop_ids=frozenset(),
            synonyms=get_lexicon(),
            vocabulary=self._vocabulary,
        )
        return [self._names[listing_id] for listing_id in found.listing_ids]


def make_tantivy_ranker(documents: Sequence[ListingDocument], folder: Path) -> EngineRanker:
    """The embedded engine, with its index in this folder."""
    _fill(TantivyIndexes(folder), documents)
    return EngineRanker(TantivyEngine(folder), documents)


def make_elastic_ranker(documents: Sequence[ListingDocument], indexes: ElasticIndexes, url: str) -> EngineRanker:
    """Elasticsearch at this address, with its index under the alias of `indexes`."""
    _fill(indexes, documents)
    return EngineRanker(ElasticEngine(url, indexes.alias, timeout_seconds=30), documents)


def _fill(indexes: Indexes, documents: Sequence[ListingDocument]) -> None:
    """A new index of these documents, swapped in."""
    indexer = indexes.make_next(lineage="relevance")
    for start in range(0, len(documents), _BATCH):
        batch = enumerate(documents[start : start + _BATCH], start=start + 1)
        indexer.apply(IndexChange(n, document.listing_id, make_entry(document)) for n, document in batch)
    indexes.swap(indexer)
    indexer.close()
