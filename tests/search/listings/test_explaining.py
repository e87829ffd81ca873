"""Staff can see why a hit is where it is."""

from collections.abc import Callable

import pytest

from market.shops.contracts import ShopContext
from search.listings.contracts import EngineDown, ListingDocument, Origin, SearchQuery
from search.listings.contracts.explaining import MetIn
from search.listings.lexicon import get_lexicon
from search.listings.rules.entries import make_entry
from search.listings.rules.explaining import meet_term
from search.listings.rules.understanding import understand
from search.listings.selectors import search
from search.listings.selectors.explaining import explain_search
from tenants.catalog.contracts import Text
from tests.search.listings.conftest import Goods
from tests.search.listings.making import make_listing

IndexNow = Callable[[], None]


def meet(words: str, document: ListingDocument) -> list[tuple[str, tuple[MetIn, ...]]]:
    entry = make_entry(document)
    terms = understand(SearchQuery(words=words), synonyms=get_lexicon()).terms
    return [(met.term.text, met.places) for met in (meet_term(term, entry) for term in terms)]


def test_each_term_is_explained_by_where_the_document_has_it() -> None:
    bag = make_listing(
        1, title=Text("", "Acme laptop bag"), brand="Acme", category_path=(), body_html=Text("", "<p>for travel</p>")
    )
    assert meet("acme laptop bag travel blue", bag) == [
        ("acme", (MetIn.BRAND, MetIn.TITLE)),
        ("laptop bag", (MetIn.HEAD, MetIn.TITLE)),
        ("travel", (MetIn.TEXT,)),
        ("blue", ()),
    ]


def test_what_stands_for_a_term_is_named() -> None:
    entry = make_entry(make_listing(1, title=Text("", "Acme laser printer"), category_path=()))
    (term,) = understand(SearchQuery(words="打印机"), synonyms=get_lexicon()).terms
    met = meet_term(term, entry)
    assert met.alternative is not None and met.alternative.origin is Origin.SYNONYM
    assert met.alternative.weight < 1 and MetIn.HEAD in met.places


def test_the_explained_order_is_the_order_of_search(goods: Goods, shop_a: ShopContext, index_now: IndexNow) -> None:
    for number in range(9):
        goods.create(shop_a, title=Text(f"马克杯 {'杯 ' * number}"), stock=number % 2)
    away = goods.create(shop_a, title=Text("茶壶", "Teapot"), subtitle=Text("壶"))
    goods.deliver()
    index_now()
    away_id = goods.listing_of(shop_a, away).pk
    explained = explain_search("马克杯", listing_id=away_id)
    assert [hit.card.listing_id for hit in explained.hits] == [
        card.listing_id for card in search(SearchQuery(words="马克杯", size=20)).hits
    ]
    assert [hit.place for hit in explained.hits] == list(range(1, len(explained.hits) + 1))
    for hit in explained.hits:
        assert hit.value == pytest.approx(hit.score * hit.agreement * hit.demand)
    assert explained.asked_hit is not None and explained.asked_hit.card.listing_id == away_id


def test_without_an_index_there_is_nothing_to_explain(goods: Goods, index_root: object) -> None:
    with pytest.raises(EngineDown):
        explain_search("马克杯")
