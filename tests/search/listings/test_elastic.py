"""What only Elasticsearch's index can do wrong: writes out of order, half a batch, a document refused, a swap."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from elasticsearch import Elasticsearch

from search.listings.contracts import (
    EngineDown,
    IndexChange,
    IndexerRunning,
    ListingState,
    NoIndex,
    SearchQuery,
)
from search.listings.engines.chosen import get_engine, get_indexes
from search.listings.engines.elastic import engine as elastic_engine
from search.listings.engines.elastic import indexes as elastic_indexes
from search.listings.engines.elastic import writer as elastic_writer
from search.listings.engines.elastic.engine import ElasticEngine
from search.listings.engines.elastic.indexes import ElasticIndexes
from search.listings.engines.elastic.writer import ElasticIndexer
from search.listings.models import Listing
from search.listings.rules.entries import make_entry
from search.listings.rules.understanding import understand
from search.listings.selectors import search
from search.listings.services import mark_changed, reconcile_index, running
from search.listings.services.rows import make_row
from tests.conftest import Clock
from tests.fixtures.elasticsearch import make_indexes
from tests.search.listings.making import make_listing

NONE_CLOSED: frozenset[int] = frozenset()


def change(number: int, listing_id: int, **facts: Any) -> IndexChange:
    return IndexChange(number, listing_id, make_entry(make_listing(listing_id, **facts)))


def gone(number: int, listing_id: int) -> IndexChange:
    return IndexChange(number, listing_id, None)


@pytest.fixture
def indexes(elasticsearch_url: str) -> Iterator[ElasticIndexes]:
    """Indexes under an alias of the test's own, gone afterwards."""
    indexes = make_indexes(elasticsearch_url)
    yield indexes
    indexes.remove_all()


@pytest.fixture
def indexer(indexes: ElasticIndexes) -> Iterator[ElasticIndexer]:
    indexer = indexes.make_next(lineage="test")
    indexer.commit_empty()
    indexes.swap(indexer)
    yield indexer
    indexer.close()


@pytest.fixture
def engine(elasticsearch_url: str, indexes: ElasticIndexes) -> ElasticEngine:
    return ElasticEngine(elasticsearch_url, indexes.alias, timeout_seconds=30)


def ids(engine: ElasticEngine, **query: Any) -> list[int]:
    return list(engine.search(understand(SearchQuery(**query)), closed_shop_ids=NONE_CLOSED).listing_ids)


# ---- One index ------------------------------------------------------------------------------------


def test_an_empty_index_answers(indexer: ElasticIndexer, engine: ElasticEngine) -> None:
    assert (ids(engine), indexer.read_position(), engine.list_versions()) == ([], 0, {})
    assert engine.read_generation().endswith(":0")


def test_without_an_index_there_is_none(indexes: ElasticIndexes, engine: ElasticEngine) -> None:
    for ask in (engine.read_generation, engine.list_versions, lambda: ids(engine)):
        with pytest.raises(NoIndex):
            ask()


def test_a_change_replaces_and_a_removal_removes(indexer: ElasticIndexer, engine: ElasticEngine) -> None:
    indexer.apply([change(1, 7), change(2, 8)])
    indexer.apply([change(3, 7, version=2)])
    assert (ids(engine), engine.list_versions()) == ([8, 7], {7: 2, 8: 1})
    indexer.apply([gone(4, 7)])
    assert (ids(engine), engine.list_versions()) == ([8], {8: 1})
    assert indexer.read_position() == 4


def test_an_older_change_never_overtakes_a_newer_one(indexer: ElasticIndexer, engine: ElasticEngine) -> None:
    indexer.apply([change(5, 7, version=5), gone(6, 8)])
    indexer.apply([change(3, 7, version=3), change(4, 8, version=4)])
    assert engine.list_versions() == {7: 5}
    indexer.apply([gone(2, 7), change(7, 8, version=7)])
    assert engine.list_versions() == {7: 5, 8: 7}


def test_applying_changes_again_changes_nothing(indexer: ElasticIndexer, engine: ElasticEngine) -> None:
    changes = [change(1, 7), change(2, 8), gone(3, 7)]
    indexer.apply(changes)
    indexer.apply(changes)
    assert engine.list_versions() == {8: 1}


def test_each_batch_is_seen_when_it_is_done_and_changes_the_generation(
    indexer: ElasticIndexer, engine: ElasticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic_engine, "GENERATION_SECONDS", 0.0)
    for number in range(1, 6):
        before = engine.read_generation()
        indexer.apply([change(number, number)])
        assert len(ids(engine)) == number
        assert engine.read_generation() != before


def test_versions_of_more_listings_than_one_answer_holds_are_listed(
    indexer: ElasticIndexer, engine: ElasticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic_engine, "_AT_ONCE", 3)
    indexer.apply([change(n, n, version=n) for n in range(1, 9)])
    assert engine.list_versions() == {n: n for n in range(1, 9)}


# ---- What the engine refuses ------------------------------------------------------------------------


def poison(number: int, listing_id: int) -> IndexChange:
    """An entry that no index takes: its one key is longer than a term may be."""
    good = make_entry(make_listing(listing_id))
    return IndexChange(number, listing_id, replace(good, parameter_keys=("x" * 40_000,)))


def test_a_refused_document_is_parked_and_blocks_nobody(
    indexer: ElasticIndexer, engine: ElasticEngine, indexes: ElasticIndexes, caplog: pytest.LogCaptureFixture
) -> None:
    indexer.apply([change(1, 7), change(2, 8)])
    with caplog.at_level(logging.ERROR):
        indexer.apply([change(3, 9), poison(4, 7), change(5, 10)])
    assert "Listing 7 is parked" in caplog.text
    assert engine.list_versions() == {8: 1, 9: 1, 10: 1}  # nothing stale of it is shown either
    assert indexer.read_position() == 5
    assert set(engine.list_parked()) == {7}
    assert "failed to parse field [parameter_keys]" in engine.list_parked()[7]
    indexer.apply([change(6, 7, version=2)])
    assert (engine.list_parked(), engine.list_versions()[7]) == ({}, 2)


def test_a_batch_that_is_not_taken_moves_no_position(
    indexer: ElasticIndexer, engine: ElasticEngine, indexes: ElasticIndexes, elasticsearch_url: str
) -> None:
    indexer.apply([change(1, 7)])
    client = Elasticsearch(elasticsearch_url)
    client.indices.put_settings(index=indexer.name, settings={"index.blocks.write": True})
    with pytest.raises(EngineDown):
        indexer.apply([change(2, 8)])
    assert indexer.read_position() == 1
    client.indices.put_settings(index=indexer.name, settings={"index.blocks.write": False})
    indexer.apply([change(2, 8)])
    assert (engine.list_versions(), indexer.read_position()) == ({7: 1, 8: 1}, 2)
    client.close()


def test_a_busy_engine_is_asked_again(indexer: ElasticIndexer, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = Elasticsearch.bulk

    def be_busy_twice(client: Elasticsearch, **arguments: Any) -> Mapping[str, Any]:
        calls.append(1)
        answer = real(client, **arguments)
        if len(calls) < 3:
            for item in answer["items"]:
                item["index"].update(status=429, error={"type": "es_rejected_execution_exception", "reason": "full"})
        return answer

    monkeypatch.setattr(elastic_writer, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(Elasticsearch, "bulk", be_busy_twice)
    indexer.apply([change(1, 7)])
    assert len(calls) == 3
    assert indexer.read_position() == 1


# ---- Several indexes ------------------------------------------------------------------------------


def test_a_swap_is_seen_at_once_and_old_indexes_go(
    indexes: ElasticIndexes, indexer: ElasticIndexer, engine: ElasticEngine
) -> None:
    indexer.apply([change(1, 1)])
    for number in range(2, 5):
        beside = indexes.make_next(lineage="test")
        beside.apply([change(number, number)])
        assert ids(engine) != [number]
        indexes.swap(beside)
        assert ids(engine) == [number]
        beside.close()
    assert len(indexes.list_names()) == 2


def test_a_writer_notices_that_readers_were_sent_elsewhere(indexes: ElasticIndexes, indexer: ElasticIndexer) -> None:
    beside = indexes.make_next(lineage="test")
    beside.commit_empty()
    indexes.swap(beside)
    with pytest.raises(NoIndex):
        indexer.apply([change(1, 1)])


def test_writing_into_an_index_that_is_gone_makes_none(
    indexes: ElasticIndexes, elasticsearch_url: str, engine: ElasticEngine
) -> None:
    beside = indexes.make_next(lineage="test")
    Elasticsearch(elasticsearch_url).indices.delete(index=beside.name)
    with pytest.raises(NoIndex):
        beside.apply([change(1, 1)])
    assert indexes.list_names() == []


def test_what_a_killed_rebuild_left_is_removed(indexes: ElasticIndexes, indexer: ElasticIndexer) -> None:
    left = indexes.make_next(lineage="test")
    indexes.remove_unfinished()
    assert left.name not in indexes.list_names()
    assert indexes.open_current(lineage="test") is not None


def test_an_index_of_another_database_or_version_is_not_opened(
    indexes: ElasticIndexes, indexer: ElasticIndexer, engine: ElasticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert indexes.open_current(lineage="another") is None
    monkeypatch.setattr(elastic_indexes, "VERSION", 99)
    monkeypatch.setattr(elastic_engine, "VERSION", 99)
    assert indexes.open_current(lineage="test") is None
    with pytest.raises(NoIndex):
        engine.read_generation()


# ---- From the table -------------------------------------------------------------------------------


@pytest.fixture
def chosen(settings: Any, elasticsearch_url: str, indexes: ElasticIndexes, db: None) -> ElasticIndexes:
    """This installation's engine is Elasticsearch."""
    settings.SEARCH_BACKEND = "search.listings.engines.elastic.backend"
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.ELASTICSEARCH_PREFIX = indexes.alias.removesuffix("-listings")
    settings.SEARCH_ENGINE_TIMEOUT_SECONDS = 30.0
    return indexes


def store(count: int, clock: Clock) -> list[int]:
    rows = [
        make_row(1, n, ListingState.SHOWN, make_listing(n), old=None, source_version=1, now=clock.now)
        for n in range(1, count + 1)
    ]
    found = [row.pk for row in Listing.objects.bulk_create(rows)]
    mark_changed(found)
    return found


def test_the_command_builds_continues_and_rebuilds(
    chosen: ElasticIndexes, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    found = store(3, clock)
    call_command("index_listings")
    assert "up to date at change 3" in capsys.readouterr().out
    assert len(get_engine().list_versions()) == 3
    Listing.objects.filter(pk=found[0]).update(state=ListingState.GONE.value, document={}, card={}, words=[], digest="")
    mark_changed(found[:1])
    (before,) = chosen.list_names()
    call_command("index_listings")
    assert chosen.list_names() == [before]
    assert set(get_engine().list_versions()) == set(found[1:])
    call_command("index_listings", rebuild=True)
    assert chosen.list_names()[:1] == [before] and len(chosen.list_names()) == 2
    assert set(get_engine().list_versions()) == set(found[1:])
    page = search(SearchQuery(words="马克杯"))
    assert not page.did_fall_back and page.total == 2 and page.facets


def test_a_rebuild_goes_on_when_the_engine_takes_no_batch_for_a_while(
    chosen: ElasticIndexes, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(3, clock)
    taken: list[int] = []
    apply = ElasticIndexer.apply

    def take_the_third_time(indexer: ElasticIndexer, changes: Iterable[IndexChange]) -> int:
        taken.append(0)
        if len(taken) < 3:
            raise EngineDown("Elasticsearch did not take listing 1 (500): as under load")
        return apply(indexer, changes)

    monkeypatch.setattr(ElasticIndexer, "apply", take_the_third_time)
    monkeypatch.setattr(running, "_REST_AFTER_ERROR_SECONDS", 0.0)
    call_command("index_listings")
    assert len(taken) == 3 and len(get_engine().list_versions()) == 3
    taken.clear()
    monkeypatch.setattr(running, "PATIENT_SECONDS", 0.0)
    with pytest.raises(CommandError, match="as under load"):
        call_command("index_listings", rebuild=True)
    assert len(get_engine().list_versions()) == 3


def test_there_is_one_writer_whatever_machine_it_runs_on(chosen: ElasticIndexes, clock: Clock) -> None:
    with get_indexes().lock():
        with pytest.raises(IndexerRunning), get_indexes().lock():
            pass
        with pytest.raises(CommandError, match="Another process"):
            call_command("index_listings")
    with get_indexes().lock():
        pass


def test_an_index_is_compared_with_the_table(chosen: ElasticIndexes, clock: Clock) -> None:
    stale, ghost, _ = store(3, clock)
    call_command("index_listings")
    assert reconcile_index(engine=get_engine(), position=3).is_clean
    Listing.objects.filter(pk=stale).update(version=9)
    Listing.objects.filter(pk=ghost).delete()
    outcome = reconcile_index(engine=get_engine(), position=3)
    assert (outcome.lost, outcome.stale, outcome.ghosts) == ((), (stale,), (ghost,))
    call_command("index_listings")
    assert reconcile_index(engine=get_engine(), position=99).is_clean


def test_an_engine_that_cannot_be_reached_ends_the_command_in_a_sentence(chosen: ElasticIndexes, settings: Any) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:1"
    with pytest.raises(CommandError, match="Elasticsearch"):
        call_command("index_listings")
