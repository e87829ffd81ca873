"""Products that staff pinned or buried, and synonyms that they gave: in every engine, and live."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from market.shops.contracts import ShopContext
from search.curation.contracts import Placements, SynonymGroup
from search.curation.services import remove_synonyms, save_synonyms, set_placements
from search.listings.contracts import RANKED, Candidate, Engine, SearchQuery, Sort
from search.listings.engines.postgres import PostgresEngine
from search.listings.lexicon import get_lexicon
from search.listings.rules.demand import MOST_APPEAL
from search.listings.rules.pins import score_pins
from search.listings.rules.ranking import rank
from search.listings.rules.synonyms import join_synonyms
from search.listings.rules.understanding import understand
from search.listings.selectors import find_listing_id, finding, list_listings, search, search_placed
from tenants.catalog.contracts import ProductStatus, Text
from tests.conftest import Clock
from tests.search.listings.conftest import Goods
from tests.search.listings.making import TITLES, make_listing
from tests.search.listings.oracle import Oracle
from tests.search.listings.test_engines import (  # noqa: F401 - fixtures
    NONE_CLOSED,
    Fill,
    _walk,
    crowd,
    draw_query,
    fill,
)

STAFF = 41
IndexNow = Callable[[], None]


def draw_placed(seed: int) -> SearchQuery:
    """A random question whose words staff have placed products for, some of which pass the filters."""
    random_ = random.Random(seed)
    placed = random_.sample(range(1, 401), 14)
    words = random_.choice(["马克杯", "laptop", "青釉 手工", "tn2110", "nothing has this", random_.choice(TITLES)])
    return replace(draw_query(random_), words=words, pinned=tuple(placed[:10]), buried=tuple(placed[10:]))


@pytest.mark.parametrize("seed", range(40))
def test_totals_counts_and_pages_hold_what_is_pinned_and_not_what_is_buried(
    crowd: tuple[Engine, Oracle],  # noqa: F811
    seed: int,
) -> None:
    engine, oracle = crowd
    query = draw_placed(seed)
    answer = engine.search(understand(query), closed_shop_ids=NONE_CLOSED)
    found = [document.listing_id for document in oracle.find(query)]
    assert answer.total == len(found)
    for facet in answer.facets:
        for value in facet.values:
            assert value.count == oracle.count(query, facet, value.value), (query, facet.kind, facet.key, value)
    seen = _walk(engine, query)
    assert len(seen) == len(set(seen)) and set(seen) == set(found)
    if query.sort is Sort.BEST:
        pins = [pk for pk in query.pinned if pk in found]
        assert seen[: len(pins)] == pins


def test_pins_stand_first_on_numbered_pages_and_over_the_edge_of_what_is_ranked(fill: Fill) -> None:  # noqa: F811
    documents = [make_listing(n, sold_30d=n % 50) for n in range(1, 2 * RANKED)]
    documents.append(make_listing(9_001, title=Text("台灯", "Lamp"), category_path=()))
    engine = fill(documents)
    query = SearchQuery(words="马克杯", size=47, pinned=(7, 9_001, 3), buried=(500, 100))
    seen = _walk(engine, query)
    assert seen[:3] == [7, 9_001, 3]
    assert sorted(seen) == sorted({document.listing_id for document in documents} - {500, 100})
    numbered = [
        pk
        for page in range(1, 10)
        for pk in engine.search(understand(replace(query, page=page)), closed_shop_ids=NONE_CLOSED).listing_ids
    ]
    assert numbered[: len(seen)] == seen[: len(numbered)]
    by_price = engine.search(understand(replace(query, sort=Sort.PRICE_UP)), closed_shop_ids=NONE_CLOSED)
    assert by_price.total == len(seen)


def test_what_is_pinned_does_not_say_which_category_is_meant(fill: Fill) -> None:  # noqa: F811
    documents = [make_listing(n, title=Text(f"马克杯 {n}"), sold_30d=n) for n in range(1, 20)]
    lamp = make_listing(99, title=Text("台灯"), category_path=())
    engine = fill([*documents, lamp])
    plain = [pk for pk in _walk(engine, SearchQuery(words="马克杯", size=9)) if pk != 99]
    assert _walk(engine, SearchQuery(words="马克杯", size=9, pinned=(99,))) == [99, *plain]


def test_the_places_of_ten_pins_are_told_apart_by_any_demand() -> None:
    from_first_to_last = list(range(1, 11))
    scored = score_pins(from_first_to_last)
    candidates = [Candidate(pk, score, leaf_id=1, appeal=MOST_APPEAL * pk // 10) for pk, score in scored]
    assert [one.candidate.listing_id for one in rank(candidates)] == from_first_to_last


def test_staff_see_what_they_placed_with_the_next_question(
    goods: Goods, shop_a: ShopContext, shop_b: ShopContext, index_now: IndexNow, clock: Clock
) -> None:
    mine, theirs = goods.create(shop_a), goods.create(shop_b)
    lamp = goods.create(shop_b, title=Text("台灯", "Lamp"))
    goods.deliver()
    index_now()
    ids = [
        find_listing_id(shop_id=shop.shop_id, product_id=pk) or 0
        for shop, pk in ((shop_a, mine), (shop_b, theirs), (shop_b, lamp))
    ]

    def place(pinned: tuple[int, ...] = (), buried: frozenset[int] = frozenset()) -> list[int]:
        set_placements(words="马克杯", placements=Placements(pinned, buried), actor_id=STAFF, now=clock.now)
        page = search(SearchQuery(words=" 馬克杯 "))
        assert page.query.pinned == () and page.total == len(page.hits)
        return [card.listing_id for card in page.hits]

    assert place((ids[2], ids[0])) == [ids[2], ids[0], ids[1]]
    assert place((ids[1],), frozenset({ids[0]})) == [ids[1]]
    assert sorted(place()) == sorted(ids[:2])
    assert place((ids[2],))[0] == ids[2]
    only = search(SearchQuery(words="马克杯", shop_ids=(shop_a.shop_id,)))
    assert [card.listing_id for card in only.hits] == [ids[0]], "a pin passes the filters or is not shown"
    goods.set_status(shop_b, lamp, ProductStatus.DRAFT)
    goods.deliver()
    index_now()
    assert sorted(card.listing_id for card in search(SearchQuery(words="马克杯")).hits) == sorted(ids[:2])


def test_a_page_is_compared_with_and_without_what_is_placed(
    goods: Goods,
    shop_a: ShopContext,
    clock: Clock,
    fill: Fill,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    products = [goods.create(shop_a, title=Text(title)) for title in ("马克杯 一", "马克杯 二", "台灯")]
    goods.deliver()
    one, two, lamp = (find_listing_id(shop_id=shop_a.shop_id, product_id=pk) or 0 for pk in products)
    engine = fill(list_listings([one, two, lamp]))
    monkeypatch.setattr(finding, "get_engine", lambda: engine)
    decided = Placements((two,), frozenset({one}))
    set_placements(words="马克杯", placements=decided, actor_id=STAFF, now=clock.now)

    def ask(placements: Placements) -> list[int]:
        page = search_placed(SearchQuery(words="马克杯"), placements)
        assert not page.did_fall_back and page.total == len(page.hits)
        return [card.listing_id for card in page.hits]

    assert sorted(ask(Placements())) == [one, two]
    assert ask(decided) == [card.listing_id for card in search(SearchQuery(words="马克杯")).hits] == [two]
    assert ask(Placements((lamp, two, one))) == [lamp, two, one]


def test_the_table_places_products_too(goods: Goods, shop_a: ShopContext, clock: Clock) -> None:
    products = [goods.create(shop_a, title=Text(title)) for title in ("马克杯 一", "马克杯 二", "台灯")]
    goods.deliver()
    first, second, lamp = (find_listing_id(shop_id=shop_a.shop_id, product_id=pk) or 0 for pk in products)
    engine = PostgresEngine()
    query = SearchQuery(words="马克杯", pinned=(lamp, first), size=2)
    assert _walk_table(engine, query) == [lamp, first, second]
    assert _walk_table(engine, replace(query, buried=(second,))) == [lamp, first]


def test_a_synonym_of_staff_finds_what_it_means_until_it_is_taken_back(
    goods: Goods, shop_a: ShopContext, index_now: IndexNow, clock: Clock
) -> None:
    goods.create(shop_a)
    goods.deliver()
    index_now()
    assert search(SearchQuery(words="咕噜噜")).total == 0
    group = SynonymGroup(0, ("咕噜噜", "celadon mug"), is_one_way=True)
    group_id = save_synonyms(group=group, actor_id=STAFF, now=clock.now)
    assert search(SearchQuery(words="咕噜噜")).total == 1
    remove_synonyms(group_id=group_id, actor_id=STAFF, now=clock.now)
    assert search(SearchQuery(words="咕噜噜")).total == 0


def test_one_way_goes_one_way_and_the_lexicon_still_speaks() -> None:
    groups = [SynonymGroup(1, ("杯具", "mug"), is_one_way=True), SynonymGroup(2, ("big cup", "大杯"))]
    book = join_synonyms(groups, get_lexicon(), version=3)
    assert [one.text for one in book.list_substitutes(("杯具",))] == ["mug"]
    assert "杯具" not in [one.text for one in book.list_substitutes(("mug",))]
    assert book.list_substitutes(("mug",)) == tuple(get_lexicon().list_substitutes(("mug",)))
    assert [one.text for one in book.list_substitutes(("big", "cup"))] == ["大杯"]
    assert book.longest >= 2 and book.version != get_lexicon().version
    assert join_synonyms([], get_lexicon(), version=3) is get_lexicon()


def _walk_table(engine: PostgresEngine, query: SearchQuery) -> list[int]:
    seen: list[int] = []
    while True:
        answer = engine.search(understand(query), closed_shop_ids=NONE_CLOSED)
        seen += answer.listing_ids
        if not answer.next_cursor:
            assert answer.total == len(seen)
            return seen
        query = replace(query, after=answer.next_cursor)
