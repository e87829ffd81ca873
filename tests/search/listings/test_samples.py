"""Search over real goods that nobody here wrote."""

from pathlib import Path

import pytest

from search.listings.contracts import AttributeTick, FacetKind, IndexChange, ListingDocument, SearchQuery
from search.listings.engines.tantivy.engine import TantivyEngine
from search.listings.engines.tantivy.files import IndexFiles
from search.listings.engines.tantivy.writer import TantivyIndexer
from search.listings.rules.entries import make_entry
from search.listings.rules.understanding import understand
from tests.search.listings.samples import read_icecat, read_newbee


class Shelf:
    """Real goods in an index."""

    def __init__(self, folder: Path, documents: list[ListingDocument]) -> None:
        self.documents = {document.listing_id: document for document in documents}
        files = IndexFiles(folder)
        index = files.make_next()
        indexer = TantivyIndexer(index)
        indexer.apply(IndexChange(n, d.listing_id, make_entry(d)) for n, d in enumerate(documents, start=1))
        indexer.close()
        files.swap(index)
        self.engine = TantivyEngine(folder)

    def find(self, words: str, **more: object) -> list[str]:
        answer = self.engine.search(understand(SearchQuery(words=words, **more)), closed_shop_ids=frozenset())
        return [self.documents[pk].title.best("zh") for pk in answer.listing_ids]


@pytest.fixture(scope="module")
def shelf(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    documents = [*read_icecat(sample_data, most=4_000), *read_newbee(sample_data)]
    return Shelf(tmp_path_factory.mktemp("samples"), documents)


@pytest.mark.parametrize("words", ["无印良品 化妆水", "無印良品 化妝水", "ＭＵＪＩ化妆水", "muji 化妆水"])
def test_that_kind_of_that_brand_comes_before_what_is_only_one_of_both(shelf: Shelf, words: str) -> None:
    found = shelf.find(words)
    both = ["化妆水" in title and "无印良品" in title for title in found]
    assert sum(both) >= 5 and both == sorted(both, reverse=True), found


@pytest.mark.parametrize("words", ["006R90321", "xerox 006r90321", "dv7-1211ea", "DV7 1211EA", "hp dv71211ea"])
def test_a_model_number_comes_first(shelf: Shelf, words: str) -> None:
    first = shelf.find(words)[0].lower()
    assert "006r90321" in first or "dv7-1211ea" in first


@pytest.mark.parametrize("words", ["black toner cartridge", "toner cartridges black"])
def test_english_forms_find_the_same_goods(shelf: Shelf, words: str) -> None:
    found = shelf.find(words)
    assert len(found) == 24
    assert all("toner" in title.lower() for title in found)


def test_each_product_is_found_by_its_own_title(shelf: Shelf) -> None:
    missed = []
    for document in list(shelf.documents.values())[::97]:
        title = document.title.best("zh")
        if title not in shelf.find(title[:100], size=60):
            missed.append(title)
    assert not missed


def test_ticking_a_value_gives_exactly_its_count(shelf: Shelf) -> None:
    query = SearchQuery(words="notebook")
    answer = shelf.engine.search(understand(query), closed_shop_ids=frozenset())
    attributes = [facet for facet in answer.facets if facet.kind is FacetKind.ATTRIBUTE]
    assert len(attributes) >= 4
    for facet in attributes:
        for value in facet.values[:3]:
            ticked = SearchQuery(words="notebook", attributes=(AttributeTick(facet.key, (value.value,)),))
            assert shelf.engine.search(understand(ticked), closed_shop_ids=frozenset()).total == value.count
