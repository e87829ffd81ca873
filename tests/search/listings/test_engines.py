"""The conformance suite: what every engine must answer. A new engine joins by a line in `ENGINES`."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from search.listings.contracts import (
    RANKED,
    AttributeTick,
    BadQuery,
    Engine,
    EngineAnswer,
    FacetKind,
    IndexChange,
    Indexes,
    ListingDocument,
    ListingOption,
    ListingVariant,
    SearchQuery,
    Sort,
)
from search.listings.engines.elastic.engine import ElasticEngine
from search.listings.engines.tantivy.engine import TantivyEngine
from search.listings.engines.tantivy.indexes import TantivyIndexes
from search.listings.lexicon import get_lexicon
from search.listings.rules.entries import make_entry
from search.listings.rules.understanding import understand
from tenants.catalog.contracts import ParameterValue, Text
from tests.fixtures.elasticsearch import make_indexes
from tests.search.listings.making import COLOURS, SIZES, START, TITLES, make_listing, make_random_listing
from tests.search.listings.oracle import Oracle

Fill = Callable[[Iterable[ListingDocument]], Engine]
NONE_CLOSED: frozenset[int] = frozenset()


def fill_indexes(indexes: Indexes, documents: Iterable[ListingDocument]) -> None:
    """A new index of these documents, swapped in."""
    indexer = indexes.make_next(lineage="test")
    changes = [IndexChange(n, d.listing_id, make_entry(d)) for n, d in enumerate(documents, start=1)]
    half = len(changes) // 2
    indexer.apply(changes[:half])  # two segments at least
    indexer.apply(changes[half:])
    indexer.commit_empty()
    indexes.swap(indexer)
    indexer.close()


def _fill_tantivy(request: pytest.FixtureRequest) -> Iterator[Fill]:
    folder = request.getfixturevalue("tmp_path_factory").mktemp("index")

    def fill(documents: Iterable[ListingDocument]) -> Engine:
        fill_indexes(TantivyIndexes(folder), documents)
        return TantivyEngine(folder)

    yield fill


def _fill_elastic(request: pytest.FixtureRequest) -> Iterator[Fill]:
    url = request.getfixturevalue("elasticsearch_url")
    indexes = make_indexes(url)

    def fill(documents: Iterable[ListingDocument]) -> Engine:
        fill_indexes(indexes, documents)
        return ElasticEngine(url, indexes.alias, timeout_seconds=30)

    yield fill
    indexes.remove_all()


ENGINES = {"tantivy": _fill_tantivy, "elastic": _fill_elastic}


@pytest.fixture(params=sorted(ENGINES))
def fill(request: pytest.FixtureRequest) -> Iterator[Fill]:
    yield from ENGINES[request.param](request)


@pytest.fixture(scope="module", params=sorted(ENGINES))
def crowd(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Oracle]]:
    """Some hundred random documents, in an engine and before the oracle."""
    documents = [make_random_listing(random.Random(n), n) for n in range(1, 401)]
    for fill in ENGINES[request.param](request):
        yield fill(documents), Oracle(documents)


def ask(engine: Engine, words: str = "", **more: object) -> EngineAnswer:
    return engine.search(understand(SearchQuery(words=words, **more)), closed_shop_ids=NONE_CLOSED)


def ids(engine: Engine, words: str = "", **more: object) -> list[int]:
    return list(ask(engine, words, **more).listing_ids)


def draw_query(random_: random.Random) -> SearchQuery:
    """A random question, mostly with several filters at once."""
    ticks = []
    if random_.random() < 0.5:
        ticks.append(
            AttributeTick("颜色", tuple(random_.sample(["蓝色", "红色", "白色", "green"], random_.randint(1, 2))))
        )
    if random_.random() < 0.4:
        ticks.append(AttributeTick("尺码", tuple(random_.sample(["s", "l", "xl"], random_.randint(1, 2)))))
    if random_.random() < 0.3:
        ticks.append(AttributeTick("材质", (random_.choice(["陶瓷", "骨瓷", "不锈钢"]),)))
    low = random_.choice([None, None, None, 1000, 5000])
    return SearchQuery(
        words=random_.choice(
            ["", "", "马克杯", "杯", "laptop", "tn2110", "mug 350 ml", "青釉 手工", random_.choice(TITLES)]
        ),
        category_id=random_.choice([None, None, 1, 2, 4]),
        brands=tuple(random_.sample(["muji", "brother", "无印良品"], random_.choice([0, 0, 0, 1, 2]))),
        price_from_minor=low,
        price_to_minor=random_.choice([None, None, 19900]),
        attributes=tuple(ticks),
        shop_ids=tuple(random_.sample(range(1, 6), random_.choice([0, 0, 0, 2]))),
        in_stock=random_.random() < 0.4,
        sort=random_.choice(list(Sort)),
        size=random_.choice([3, 10, 24]),
    )


# ---- Words ----------------------------------------------------------------------------------------


def test_a_title_is_found_by_its_words_in_either_language(fill: Fill) -> None:
    engine = fill([make_listing(1), make_listing(2, title=Text("保温壶", "Flask"), category_path=())])
    assert ids(engine, "马克杯") == ids(engine, "celadon mugs") == ids(engine, "350 ML") == [1]


def test_traditional_and_full_width_words_find_simplified_titles(fill: Fill) -> None:
    engine = fill([make_listing(1, title=Text("笔记本电脑 ThinkPad", ""))])
    assert ids(engine, "筆記本電腦") == ids(engine, "ＴｈｉｎｋＰａｄ") == [1]


def test_a_model_is_found_whole_joined_and_in_parts(fill: Fill) -> None:
    engine = fill(
        [make_listing(1, title=Text("", "Brother TN-2110 toner")), make_listing(2, title=Text("", "TN-2120"))]
    )
    assert all(ids(engine, words) == [1] for words in ("tn-2110", "TN2110", "2110"))
    assert ids(engine, "tn 2110") == [1, 2]  # the other one has most of the words


def test_part_of_a_chinese_word_is_found(fill: Fill) -> None:
    engine = fill(
        [make_listing(1, title=Text("保温杯子", "")), make_listing(2, title=Text("茶壶", ""), category_path=())]
    )
    assert ids(engine, "杯") == [1]


def test_an_article_number_finds_its_product(fill: Fill) -> None:
    variant = ListingVariant(1, "AB-77/X", (), 100, None, 1, barcode="6901234567892")
    engine = fill([make_listing(1, variants=(variant,)), make_listing(2)])
    assert ids(engine, "6901234567892") == ids(engine, "ab-77/x") == [1]


def test_all_words_are_wanted_before_some_are(fill: Fill) -> None:
    engine = fill(
        [make_listing(1, title=Text("蓝色茶壶", "")), make_listing(2, title=Text("茶壶", "")), make_listing(3)]
    )
    answer = ask(engine, "蓝色 茶壶")
    assert answer.listing_ids == (1, 2) and not answer.did_relax
    answer = ask(engine, "紫色 茶壶")
    assert set(answer.listing_ids) == {1, 2}
    assert answer.did_relax


def test_what_has_most_words_is_left_out_where_enough_have_all(fill: Fill) -> None:
    all_words = [make_listing(n, title=Text("蓝色茶壶", "")) for n in range(1, 12)]
    engine = fill([*all_words, make_listing(50, title=Text("茶壶", ""))])
    assert set(ids(engine, "蓝色 茶壶")) == set(range(1, 12))


def test_any_word_is_better_than_nothing(fill: Fill) -> None:
    engine = fill([make_listing(1, title=Text("青花 茶壶", ""), category_path=())])
    answer = ask(engine, "龘 靐 齉 龖 青花")
    assert answer.listing_ids == (1,) and answer.did_relax


def test_a_word_in_the_title_counts_more_than_in_the_text(fill: Fill) -> None:
    mention = make_listing(1, title=Text("茶盘", ""), body_html=Text("<p>可放茶壶、茶壶、茶壶</p>"), category_path=())
    engine = fill([mention, make_listing(2, title=Text("茶壶", ""), category_path=())])
    assert ids(engine, "茶壶") == [2, 1]


def test_demand_lifts_among_equals_only(fill: Fill) -> None:
    plain = make_listing(1, title=Text("茶壶", ""), category_path=())
    sought = make_listing(2, title=Text("茶壶", ""), category_path=(), sold_30d=9000)
    mention = make_listing(3, title=Text("茶盘", ""), body_html=Text("茶壶"), category_path=(), sold_30d=9000)
    assert ids(fill([plain, sought, mention]), "茶壶") == [2, 1, 3]


def test_words_without_any_token_find_nothing(fill: Fill) -> None:
    assert ask(fill([make_listing(1)]), "！？…").total == 0


@pytest.mark.parametrize("words", ['"', "a:b AND (", "\x00\x1f", "-*[", "😀" * 50, "'; DROP TABLE", "龘" * 100])
def test_no_words_break_the_engine(fill: Fill, words: str) -> None:
    assert ask(fill([make_listing(1)]), words).total == 0


# ---- Filters and counts ---------------------------------------------------------------------------


def _shirt() -> ListingDocument:
    options = (
        ListingOption(Text("颜色", "Colour"), tuple(COLOURS[:2])),
        ListingOption(Text("尺码", "Size"), tuple(SIZES)),
    )
    variants = (
        ListingVariant(1, "blue-s", (0, 0), 100, None, 3),
        ListingVariant(2, "blue-l", (0, 1), 100, None, 0),
        ListingVariant(3, "red-xl", (1, 2), 100, None, 3),
    )
    return make_listing(1, title=Text("衬衫", "Shirt"), options=options, variants=variants)


def test_blue_and_xl_must_meet_in_one_variant(fill: Fill) -> None:
    engine = fill([_shirt()])
    blue, xl, large = AttributeTick("颜色", ("蓝色",)), AttributeTick("尺码", ("xl",)), AttributeTick("尺码", ("l",))
    assert ids(engine, attributes=(blue,)) == ids(engine, attributes=(blue, large)) == [1]
    assert ids(engine, attributes=(blue, xl)) == []
    assert ids(engine, attributes=(AttributeTick("颜色", ("蓝色", "红色")), xl)) == [1]


def test_in_stock_is_of_the_variant_that_was_ticked(fill: Fill) -> None:
    engine = fill([_shirt()])
    assert ids(engine, in_stock=True) == [1]
    assert ids(engine, in_stock=True, attributes=(AttributeTick("尺码", ("l",)),)) == []


def test_an_option_of_one_and_a_parameter_of_another_are_one_facet(fill: Fill) -> None:
    mug = make_listing(2, parameters=(ParameterValue(Text("", "Color"), Text("蓝色", "")),))
    engine = fill([_shirt(), mug])
    answer = ask(engine, attributes=(AttributeTick("颜色", ("蓝色",)),))
    assert set(answer.listing_ids) == {1, 2}
    facet = next(facet for facet in answer.facets if facet.key == "颜色")
    assert {value.value: value.count for value in facet.values} == {"蓝色": 2, "红色": 1}


def test_closed_shops_are_in_no_hit_total_or_count(fill: Fill) -> None:
    documents = [make_random_listing(random.Random(n), n) for n in range(1, 60)]
    engine, oracle = fill(documents), Oracle(documents)
    answer = engine.search(understand(SearchQuery(size=60)), closed_shop_ids=frozenset({1, 2}))
    expected = oracle.list_sorted(SearchQuery(size=60), closed=frozenset({1, 2}))
    assert list(answer.listing_ids) == expected and answer.total == len(expected)
    shops = next(facet for facet in answer.facets if facet.kind is FacetKind.SHOP)
    assert {value.value for value in shops.values} == {"3", "4", "5"}
    counts = engine.count_categories(closed_shop_ids=frozenset({1, 2}))
    kept = [document for document in documents if document.shop.shop_id > 2]
    assert counts[1] == sum(1 in {step.category_id for step in document.category_path} for document in kept)


@pytest.mark.parametrize("seed", range(60))
def test_hits_totals_and_counts_equal_the_oracles(crowd: tuple[Engine, Oracle], seed: int) -> None:
    engine, oracle = crowd
    query = draw_query(random.Random(seed))
    answer = engine.search(understand(query), closed_shop_ids=NONE_CLOSED)
    found = {document.listing_id for document in oracle.find(query)}
    assert answer.total == len(found)
    assert set(answer.listing_ids) <= found
    for facet in answer.facets:
        for value in facet.values:
            assert value.count == oracle.count(query, facet, value.value), (query, facet.kind, facet.key, value)


def test_every_ticked_value_is_in_its_facet_even_when_nothing_is_left(crowd: tuple[Engine, Oracle]) -> None:
    engine, _ = crowd
    ticks = (AttributeTick("颜色", ("蓝色", "nowhere")), AttributeTick("尺码", ("xl",)))
    answer = ask(engine, attributes=ticks, brands=("brother",), shop_ids=(99,))
    ticked = {
        (facet.key or facet.kind, value.value) for facet in answer.facets for value in facet.values if value.ticked
    }
    assert ticked == {
        ("颜色", "蓝色"),
        ("颜色", "nowhere"),
        ("尺码", "xl"),
        (FacetKind.BRAND, "brother"),
        (FacetKind.SHOP, "99"),
    }


# ---- Orders and pages -----------------------------------------------------------------------------


@pytest.mark.parametrize("sort", list(Sort))
def test_every_sort_is_the_oracles_order(crowd: tuple[Engine, Oracle], sort: Sort) -> None:
    engine, oracle = crowd
    query = SearchQuery(sort=sort, size=60, category_id=1)
    assert (
        list(engine.search(understand(query), closed_shop_ids=NONE_CLOSED).listing_ids)
        == oracle.list_sorted(query)[:60]
    )


def _walk(engine: Engine, query: SearchQuery) -> list[int]:
    seen: list[int] = []
    while True:
        answer = engine.search(understand(query), closed_shop_ids=NONE_CLOSED)
        seen += answer.listing_ids
        if not answer.next_cursor:
            return seen
        query = replace(query, after=answer.next_cursor)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("words", ["", "马克杯"])
def test_pages_by_cursor_neither_repeat_nor_skip(crowd: tuple[Engine, Oracle], sort: Sort, words: str) -> None:
    engine, oracle = crowd
    query = SearchQuery(words=words, sort=sort, size=7)
    seen = _walk(engine, query)
    assert len(seen) == len(set(seen))
    assert set(seen) == {document.listing_id for document in oracle.find(query)}
    if sort is not Sort.BEST or not words:
        assert seen == oracle.list_sorted(query)


@pytest.mark.parametrize("words", ["", "马克杯"])
def test_numbered_pages_are_the_cursors_pages(crowd: tuple[Engine, Oracle], words: str) -> None:
    engine, _ = crowd
    query = SearchQuery(words=words, size=7)
    numbered = [pk for page in range(1, 6) for pk in ask(engine, words, size=7, page=page).listing_ids]
    assert numbered == _walk(engine, query)[: len(numbered)]


def test_pages_of_equal_scores_are_exact(fill: Fill) -> None:
    engine = fill([make_listing(n) for n in range(1, 100)])
    assert _walk(engine, SearchQuery(words="马克杯", size=9)) == list(range(99, 0, -1))


def test_pages_go_over_the_edge_of_what_is_ranked(fill: Fill) -> None:
    titles = [f"马克杯 {'杯 ' * (n % 9)}{'mug ' * (n % 4)}" for n in range(2 * RANKED + 30)]
    documents = [make_listing(n, title=Text(title), sold_30d=n % 50) for n, title in enumerate(titles, start=1)]
    engine = fill(documents)
    seen = _walk(engine, SearchQuery(words="马克杯", size=47))
    assert sorted(seen) == [document.listing_id for document in documents]
    numbered = [pk for page in range(1, 10) for pk in ask(engine, "马克杯", size=47, page=page).listing_ids]
    assert numbered[: len(seen)] == seen[: len(numbered)]


def test_what_a_title_is_about_counts_more_than_what_it_mentions(fill: Fill) -> None:
    bag = make_listing(1, title=Text("", "Laptop bag"), category_path=(), sold_30d=9000)
    laptop = make_listing(2, title=Text("", "Acme 15 notebook computer, black, 8 GB"), category_path=())
    sleeve = make_listing(3, title=Text("", "Laptop sleeve"), category_path=(), sold_30d=9000)
    engine = fill([bag, laptop, sleeve])
    question = understand(SearchQuery(words="laptop"), synonyms=get_lexicon())
    assert engine.search(question, closed_shop_ids=NONE_CLOSED).listing_ids[0] == 2
    question = understand(SearchQuery(words="laptop bag"), synonyms=get_lexicon())
    assert engine.search(question, closed_shop_ids=NONE_CLOSED).listing_ids == (1,)


def test_what_is_sought_comes_first_where_goods_for_it_have_the_rarer_words(fill: Fill) -> None:
    screens = [make_listing(n, title=Text("", f"Acme monitor {n}"), category_path=()) for n in range(1, 9)]
    filters = make_listing(20, title=Text("", "Acme privacy filter for your computer screen"), category_path=())
    handheld = make_listing(21, title=Text("", "Acme handheld computer, computer with screen"), category_path=())
    engine = fill([*screens, filters, handheld])
    question = understand(SearchQuery(words="computer screen"), synonyms=get_lexicon())
    found = engine.search(question, closed_shop_ids=NONE_CLOSED).listing_ids
    assert set(found[:8]) == set(range(1, 9))
    assert set(found[8:]) == {20, 21}


@pytest.mark.parametrize(
    ("words", "first"), [("iphone 11", 1), ("苹果 11", 1), ("iphone 11 pro", 2), ("iphone 11 pro max", 3)]
)
def test_a_model_comes_before_its_variants_and_a_variant_that_is_asked_for_before_others(
    fill: Fill, words: str, first: int
) -> None:
    titles = {1: "苹果 iPhone 11 (A2223) 二手", 2: "苹果 iPhone 11 Pro", 3: "苹果 iPhone 11 Pro Max 大屏"}
    engine = fill([make_listing(pk, title=Text(title), category_path=()) for pk, title in titles.items()])
    assert ids(engine, words)[0] == first


@pytest.mark.parametrize(("words", "found"), [("打印机", 1), ("蓝色 printer", 1), ("headphones", 2), ("耳麦", 2)])
def test_words_of_one_language_find_goods_of_the_other(fill: Fill, words: str, found: int) -> None:
    printer = make_listing(1, title=Text("", "Acme blue laser printer"), category_path=())
    engine = fill([printer, make_listing(2, title=Text("蓝牙耳机", ""), category_path=())])
    question = understand(SearchQuery(words=words), synonyms=get_lexicon())
    answer = engine.search(question, closed_shop_ids=NONE_CLOSED)
    assert answer.listing_ids == (found,) and not answer.did_relax


def test_candidates_are_the_best_hits_by_score(fill: Fill) -> None:
    engine = fill([make_listing(n, title=Text("马克杯 " * n)) for n in range(1, 9)])
    found = engine.list_candidates(understand(SearchQuery(words="马克杯", size=3)), closed_shop_ids=NONE_CLOSED)
    scores = [one.score for one in found]
    assert len(found) == 8 and scores == sorted(scores, reverse=True)
    assert {one.leaf_id for one in found} == {2}


def test_paging_goes_on_where_it_was_when_better_hits_arrive(fill: Fill) -> None:
    old = [make_listing(n, created_at=START) for n in range(1, 11)]
    query = SearchQuery(sort=Sort.NEWEST, size=4)
    first = fill(old).search(understand(query), closed_shop_ids=NONE_CLOSED)
    engine = fill([*old, *(make_listing(n) for n in range(20, 30))])
    assert _walk(engine, replace(query, after=first.next_cursor)) == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("cursor", ["x", "W10", "!!!!", "WyJiZXN0IiwwLDEsMF0", "a" * 5000])
def test_a_cursor_that_is_not_ours_is_refused(fill: Fill, cursor: str) -> None:
    with pytest.raises(BadQuery):
        ask(fill([make_listing(1)]), after=cursor)


def test_a_cursor_of_another_sort_is_refused(fill: Fill) -> None:
    engine = fill([make_listing(n) for n in range(1, 9)])
    cursor = ask(engine, size=2, sort=Sort.SALES).next_cursor
    with pytest.raises(BadQuery):
        ask(engine, size=2, sort=Sort.NEWEST, after=cursor)


# ---- Limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": "马" * 101},
        {"size": 0},
        {"size": 61},
        {"page": 0},
        {"page": 101, "size": 24},
        {"brands": ("x",) * 21},
        {"brands": ("",)},
        {"brands": ("a\x00b",)},
        {"brands": ("x" * 41,)},
        {"price_from_minor": -1},
        {"price_to_minor": 2**60},
        {"category_id": -5},
        {"shop_ids": (2**63,)},
        {"attributes": (AttributeTick("颜色", ()),)},
        {"attributes": (AttributeTick("颜色", ("蓝色",)),) * 2},
        {"attributes": tuple(AttributeTick(f"n{n}", ("v",)) for n in range(7))},
        {"attributes": tuple(AttributeTick(f"n{n}", tuple(f"v{m}" for m in range(6))) for n in range(3))},
        {"attributes": (AttributeTick("a\x1fb", ("v",)),)},
    ],
)
def test_a_question_beyond_the_limits_cannot_be_asked(wrong: dict[str, object]) -> None:
    with pytest.raises(BadQuery):
        SearchQuery(**wrong)


def test_the_widest_question_is_answered(crowd: tuple[Engine, Oracle]) -> None:
    engine, oracle = crowd
    ticks = [AttributeTick(name, tuple(f"v{n}" for n in range(4))) for name in ("a", "b", "c", "d", "材质")]
    query = SearchQuery(words="马 " * 40, attributes=(AttributeTick("颜色", ("蓝色", "红色")), *ticks), in_stock=True)
    assert engine.search(understand(query), closed_shop_ids=frozenset(range(100, 400))).total == len(oracle.find(query))
