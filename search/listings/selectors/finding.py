"""Search, shelves and counts. The engine answers, or the table when it cannot; answers are kept while they hold."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from market.shops.contracts import Epochs, ShopContext
from market.shops.selectors import map_shops, read_epochs
from market.taxonomy.contracts import CategoryTree
from market.taxonomy.selectors import get_tree
from search.curation.contracts import Curation, Placements
from search.curation.selectors import get_curation
from search.listings.contracts import (
    Engine,
    EngineAnswer,
    EngineDown,
    Facet,
    FacetKind,
    FacetValue,
    ListingCard,
    Question,
    SearchPage,
    SearchQuery,
    Shelf,
    Sort,
)
from search.listings.engines.chosen import get_engine
from search.listings.engines.cursors import read_cursor
from search.listings.engines.postgres import PostgresEngine
from search.listings.keeping import Memory
from search.listings.rules.categories import choose_categories
from search.listings.selectors.asking import ask_engine
from search.listings.selectors.cards import list_cards
from search.listings.selectors.curating import get_synonyms, place_query
from search.listings.selectors.vocabulary import TableVocabulary
from tenants.catalog.contracts import Text

logger = logging.getLogger(__name__)
_answers: Memory[EngineAnswer] = Memory(256)
AnyShelf = Shelf | SearchQuery
_shelves: Memory[Mapping[AnyShelf, tuple[ListingCard, ...]]] = Memory(16)
_counts: Memory[Mapping[int, int]] = Memory(4)
_fallback = PostgresEngine()
_vocabulary = TableVocabulary()


def search(query: SearchQuery, *, epochs: Epochs | None = None) -> SearchPage:
    """One page of hits with facets: one statement for the cards, none while they are known to hold; one more when no
    listing has all words, for what they may have been meant for.

    Never fails for the engine's sake: the table answers then, without facets, and the page says so.
    Raises `BadQuery` for a cursor that is not ours.
    """
    epochs = epochs or read_epochs()
    placed = place_query(query, get_curation(epochs.curation))
    return _answer(query, placed, epochs)


def search_placed(query: SearchQuery, placements: Placements, *, epochs: Epochs | None = None) -> SearchPage:
    """The page as it would be if staff had placed just this for its words, whatever they have placed.

    The same engine answers by the same question as a shopper's. Raises `BadQuery` for a cursor that is not ours.
    """
    placed = replace(query, pinned=placements.pinned, buried=tuple(sorted(placements.buried)))
    return _answer(query, placed, epochs or read_epochs())


def find_ids(query: SearchQuery, *, epochs: Epochs) -> tuple[int, ...]:
    """The ids of a page of hits, without their cards: no statement while the engine answers.

    For what is worked out of many questions and kept as such: the answers to these are not kept, so that they do not
    push out those that shoppers wait for, and nothing is pinned or buried in them.
    """
    engine, _ = _choose_engine()
    closed = _list_closed(map_shops(epochs))
    if engine is not _fallback:
        try:
            return _ask_engine(engine, query, closed, get_curation(epochs.curation)).listing_ids
        except EngineDown as error:
            logger.warning("A question is answered from the table: %s", error)
    return _fallback.search(Question(query), closed_shop_ids=closed).listing_ids


def read_generation() -> str:
    """Changes with every commit of the index: what a kept page of hits hangs on, besides the epochs."""
    engine, generation = _choose_engine()
    return f"{engine.name}:{generation}"


def list_shelf(
    *,
    sort: Sort = Sort.SALES,
    category_id: int | None = None,
    shop_id: int | None = None,
    size: int = 12,
    epochs: Epochs | None = None,
) -> tuple[ListingCard, ...]:
    """The first cards of a sort, of all goods, a category or a shop; those in stock only."""
    shelf = Shelf(category_id=category_id, shop_id=shop_id, sort=sort, size=size)
    return search(_shelf_query(shelf), epochs=epochs).hits


def list_shelves(
    category_ids: Iterable[int], *, sort: Sort = Sort.BEST, size: int = 6, epochs: Epochs | None = None
) -> dict[int, tuple[ListingCard, ...]]:
    """A shelf for each category: one statement for all, none while they are kept."""
    shelves = {pk: Shelf(category_id=pk, sort=sort, size=size) for pk in category_ids}
    filled = fill_shelves(shelves.values(), epochs=epochs)
    return {category_id: filled[shelf] for category_id, shelf in shelves.items()}


def read_shown(after: str, sort: Sort) -> int:
    """How many hits come before the page at a cursor. Raises `BadQuery` for one that is not ours."""
    cursor = read_cursor(after, sort)
    return cursor.shown if cursor else 0


def fill_shelves(
    shelves: Iterable[AnyShelf], *, epochs: Epochs | None = None
) -> Mapping[AnyShelf, tuple[ListingCard, ...]]:
    """The cards of shelves of any kind, or of whole questions: one statement for all, none while they are kept."""
    epochs = epochs or read_epochs()
    wanted = tuple(shelves)
    engine, generation = _choose_engine()
    key = (engine.name, generation, epochs, wanted)
    kept = _shelves.find(key)
    if kept is not None:
        return kept
    curation = get_curation(epochs.curation)
    queries = {shelf: shelf if isinstance(shelf, SearchQuery) else _shelf_query(shelf) for shelf in wanted}
    answers = {
        shelf: _ask(engine, generation, place_query(query, curation), epochs) for shelf, query in queries.items()
    }
    cards = _list_many([pk for answer, _ in answers.values() for pk in answer.listing_ids], epochs)
    filled = {
        shelf: tuple(cards[pk] for pk in answer.listing_ids if pk in cards) for shelf, (answer, _) in answers.items()
    }
    return filled if any(fell for _, fell in answers.values()) else _shelves.keep(key, filled)


def _list_many(listing_ids: list[int], epochs: Epochs) -> dict[int, ListingCard]:
    return {card.listing_id: card for card in list_cards(list(dict.fromkeys(listing_ids)), epochs=epochs)}


def _shelf_query(shelf: Shelf) -> SearchQuery:
    return SearchQuery(
        category_id=shelf.category_id,
        shop_ids=(shelf.shop_id,) if shelf.shop_id is not None else (),
        in_stock=True,
        sort=shelf.sort,
        size=shelf.size,
        with_facets=False,
    )


def count_categories(*, epochs: Epochs | None = None) -> Mapping[int, int]:
    """How many listings each category holds, those below it included; categories without any are left out."""
    epochs = epochs or read_epochs()
    engine, generation = _choose_engine()
    key = (engine.name, generation, epochs)
    kept = _counts.find(key)
    if kept is not None:
        return kept
    closed = _list_closed(map_shops(epochs))
    try:
        return _counts.keep(key, engine.count_categories(closed_shop_ids=closed))
    except EngineDown:
        return _fallback.count_categories(closed_shop_ids=closed)


def _choose_engine() -> tuple[Engine, str]:
    engine = get_engine()
    try:
        return engine, engine.read_generation()
    except EngineDown:
        return _fallback, _fallback.read_generation()


def _answer(query: SearchQuery, placed: SearchQuery, epochs: Epochs) -> SearchPage:
    engine, generation = _choose_engine()
    answer, did_fall_back = _ask(engine, generation, placed, epochs)
    return _make_page(query, answer, epochs, did_fall_back=did_fall_back)


def _ask(engine: Engine, generation: str, query: SearchQuery, epochs: Epochs) -> tuple[EngineAnswer, bool]:
    """The engine's answer, kept while the index stays as it is, or the table's; and whether it was the table's.

    Products that the query has pinned or buried are in their places in both.
    """
    closed = _list_closed(map_shops(epochs))
    curation = get_curation(epochs.curation)
    if engine is _fallback:
        return _fallback.search(Question(query), closed_shop_ids=closed), True
    key = (engine.name, generation, closed, curation.version, query)
    try:
        return _answers.find(key) or _answers.keep(key, _ask_engine(engine, query, closed, curation)), False
    except EngineDown as error:
        logger.warning("Search answers from the table: %s", error)
        return _fallback.search(Question(query), closed_shop_ids=closed), True


def _ask_engine(
    engine: Engine, query: SearchQuery, closed_shop_ids: frozenset[int], curation: Curation
) -> EngineAnswer:
    _, answer = ask_engine(
        engine,
        query,
        closed_shop_ids=closed_shop_ids,
        synonyms=get_synonyms(curation),
        vocabulary=_vocabulary,
    )
    return answer


def list_closed_shop_ids(epochs: Epochs) -> frozenset[int]:
    """Shops that are not open, of which no question may find anything."""
    return _list_closed(map_shops(epochs))


def _list_closed(shops: Mapping[int, ShopContext]) -> frozenset[int]:
    """Shops that are not open. Their listings are taken away soon; until then the question leaves them out."""
    return frozenset(shop_id for shop_id, shop in shops.items() if not shop.is_open)


def _make_page(
    query: SearchQuery,
    answer: EngineAnswer,
    epochs: Epochs,
    *,
    did_fall_back: bool,
) -> SearchPage:
    shops = map_shops(epochs)
    tree = get_tree() if answer.facets else None
    facets = (_name_values(facet, tree, shops, query.category_id) if tree else facet for facet in answer.facets)
    return SearchPage(
        query=query,
        hits=tuple(list_cards(answer.listing_ids, epochs=epochs)),
        total=answer.total,
        facets=tuple(facet for facet in facets if facet.values),
        next_cursor=answer.next_cursor,
        did_fall_back=did_fall_back,
        did_relax=answer.did_relax,
        corrected_words=answer.corrected_words,
    )


def _name_values(facet: Facet, tree: CategoryTree, shops: Mapping[int, ShopContext], category_id: int | None) -> Facet:
    """The facet with the names that the engine does not know: of categories and shops."""
    if facet.kind is FacetKind.CATEGORY:
        counts = {int(value.value): value.count for value in facet.values}
        chosen = choose_categories(tree, counts, ticked=category_id)
        nodes = ((tree.nodes[pk], pk) for pk in chosen)
        values = (
            FacetValue(str(pk), Text(node.name_zh, node.name_en), counts.get(pk, 0), pk == category_id)
            for node, pk in nodes
        )
        return replace(facet, values=tuple(values))
    if facet.kind is FacetKind.SHOP:
        named = (
            replace(value, label=Text(shops[int(value.value)].name.zh, shops[int(value.value)].name.en))
            for value in facet.values
            if int(value.value) in shops
        )
        return replace(facet, values=tuple(named))
    return facet
