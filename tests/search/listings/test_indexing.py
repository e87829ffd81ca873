"""The index follows the table: in order, once, after a kill at any moment, and beside a rebuild."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection, transaction

from market.shops.contracts import ShopContext
from search.listings.contracts import IndexChange, IndexerRunning, ListingState, SearchQuery
from search.listings.engines.chosen import get_engine, get_indexes
from search.listings.engines.tantivy.engine import TantivyEngine
from search.listings.engines.tantivy.files import IndexFiles
from search.listings.engines.tantivy.writer import TantivyIndexer
from search.listings.lexicon import get_lexicon
from search.listings.models import ChangeCounter, Listing, ListingChange
from search.listings.rules.entries import make_entry
from search.listings.rules.understanding import understand
from search.listings.selectors import search
from search.listings.services import mark_changed, reconcile_index, running
from search.listings.services.indexing import list_changes, number_changes
from search.listings.services.rows import make_row
from search.listings.services.running import WrongIndex, open_index, watch
from tests.conftest import Clock, CommittedDatabase
from tests.search.listings.conftest import Goods
from tests.search.listings.making import make_listing

NONE_CLOSED: frozenset[int] = frozenset()


def change(number: int, listing_id: int, **facts: Any) -> IndexChange:
    return IndexChange(number, listing_id, make_entry(make_listing(listing_id, **facts)))


@pytest.fixture
def files(tmp_path: Path) -> IndexFiles:
    return IndexFiles(tmp_path / "index")


@pytest.fixture
def indexer(files: IndexFiles) -> Iterator[TantivyIndexer]:
    folder = files.make_next()
    indexer = TantivyIndexer(folder)
    indexer.commit_empty()
    files.swap(folder)
    yield indexer
    indexer.close()


def ids(engine: TantivyEngine, **query: Any) -> list[int]:
    return list(engine.search(understand(SearchQuery(**query)), closed_shop_ids=NONE_CLOSED).listing_ids)


# ---- One index ------------------------------------------------------------------------------------


def test_an_empty_index_answers(files: IndexFiles, indexer: TantivyIndexer) -> None:
    engine = TantivyEngine(files.root)
    assert ids(engine) == []
    assert indexer.read_position() == 0


def test_a_change_replaces_and_a_removal_removes(files: IndexFiles, indexer: TantivyIndexer) -> None:
    engine = TantivyEngine(files.root)
    indexer.apply([change(1, 7), change(2, 8)])
    indexer.apply([change(3, 7, version=2)])
    assert (ids(engine), engine.list_versions()) == ([8, 7], {7: 2, 8: 1})
    indexer.apply([IndexChange(4, 7, None)])
    assert (ids(engine), engine.list_versions()) == ([8], {8: 1})


def test_within_one_batch_the_last_change_of_a_listing_counts(files: IndexFiles, indexer: TantivyIndexer) -> None:
    engine = TantivyEngine(files.root)
    indexer.apply([change(1, 7), change(2, 7, version=2), change(3, 8), IndexChange(4, 8, None)])
    assert engine.list_versions() == {7: 2}


def test_applying_changes_again_changes_nothing(files: IndexFiles, indexer: TantivyIndexer) -> None:
    engine = TantivyEngine(files.root)
    changes = [change(1, 7), change(2, 8), IndexChange(3, 7, None)]
    indexer.apply(changes)
    indexer.apply(changes)
    assert engine.list_versions() == {8: 1}


def test_the_position_is_read_from_the_index_itself(files: IndexFiles, indexer: TantivyIndexer) -> None:
    indexer.apply([change(1, 7), change(5, 8)])
    assert indexer.read_position() == 5
    indexer.apply([IndexChange(6, 8, None)])
    assert indexer.read_position() == 1  # lower than what was applied: 5 and 6 are applied again, in order


def test_a_reader_sees_each_commit_at_its_next_question(files: IndexFiles, indexer: TantivyIndexer) -> None:
    engine = TantivyEngine(files.root)
    for number in range(1, 20):
        before = engine.read_generation()
        indexer.apply([change(number, number)])
        assert engine.read_generation() != before
        assert len(ids(engine)) == number


def test_there_is_one_writer(files: IndexFiles) -> None:
    with files.lock(), pytest.raises(IndexerRunning):
        files.lock()
    files.lock().close()


def test_a_swap_is_seen_at_once_and_old_indexes_go(files: IndexFiles, indexer: TantivyIndexer) -> None:
    engine = TantivyEngine(files.root)
    indexer.apply([change(1, 1)])
    assert ids(engine) == [1]
    for number in range(2, 5):
        folder = files.make_next()
        beside = TantivyIndexer(folder)
        beside.apply([change(number, number)])
        beside.close()
        assert ids(engine) != [number]
        files.swap(folder)
        assert ids(engine) == [number]
    assert len(list(files.root.glob("v*"))) == 2


def test_what_a_killed_rebuild_left_is_removed(files: IndexFiles, indexer: TantivyIndexer) -> None:
    left = files.make_next()
    (left / "part").write_text("x")
    files.remove_unfinished()
    assert not left.exists()
    assert files.find_current() is not None


def test_searches_go_on_while_indexes_are_swapped(files: IndexFiles, indexer: TantivyIndexer) -> None:
    engine = TantivyEngine(files.root)
    indexer.apply([change(1, 1)])
    stop = threading.Event()
    answers: list[list[int]] = []
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            while not stop.is_set():
                answers.append(ids(engine, words="马克杯"))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(2, 8):
        folder = files.make_next()
        beside = TantivyIndexer(folder)
        beside.apply([change(number, 1)])
        beside.close()
        files.swap(folder)
    stop.set()
    for thread in threads:
        thread.join(timeout=20)
    assert not errors
    assert answers and all(answer == [1] for answer in answers)


# ---- From the table -------------------------------------------------------------------------------


def store(count: int, clock: Clock) -> list[int]:
    """Listings straight into the table, without any product."""
    rows = [
        make_row(1, n, ListingState.SHOWN, make_listing(n), old=None, source_version=1, now=clock.now)
        for n in range(1, count + 1)
    ]
    found = [row.pk for row in Listing.objects.bulk_create(rows)]
    with transaction.atomic():
        mark_changed(found)
    return found


def test_numbers_grow_and_are_never_given_again(db: None, clock: Clock) -> None:
    store(3, clock)
    assert number_changes() == 3
    first = list(ListingChange.objects.order_by("change_no").values_list("change_no", flat=True))
    assert first == [1, 2, 3]
    ListingChange.objects.filter(change_no=3).update(change_no=None)
    assert number_changes() == 1
    assert sorted(ListingChange.objects.values_list("change_no", flat=True)) == [1, 2, 4]
    assert number_changes() == 0


def test_a_change_that_commits_late_is_not_missed(committed_db: object, clock: Clock) -> None:
    """The trap of numbers drawn by writers: an early number that becomes visible late."""
    early, late = store(2, clock)
    number_changes()
    position = 2
    held, release = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                mark_changed([early])
                held.set()
                release.wait(timeout=20)
        finally:
            connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    held.wait(timeout=20)
    with transaction.atomic():
        mark_changed([late])
    assert number_changes() == 1
    seen = [(change.change_no, change.listing_id) for change in list_changes(after=position)]
    assert seen == [(3, late)]
    release.set()
    writer.join(timeout=20)
    assert number_changes() == 1
    assert [(change.change_no, change.listing_id) for change in list_changes(after=3)] == [(4, early)]


def test_an_index_is_compared_with_the_table_and_mended(
    db: None, clock: Clock, index_root: Path, index_now: Callable[[], None]
) -> None:
    stale, ghost, right, waiting = store(4, clock)
    index_now()
    engine = get_engine()
    position = max(ListingChange.objects.values_list("change_no", flat=True))
    assert reconcile_index(engine=engine, position=position).is_clean
    Listing.objects.filter(pk=stale).update(version=9)
    Listing.objects.filter(pk=ghost).delete()
    (lost,) = Listing.objects.bulk_create(
        [make_row(1, 99, ListingState.SHOWN, make_listing(99), old=None, source_version=1, now=clock.now)]
    )
    Listing.objects.filter(pk=waiting).update(version=3)
    mark_changed([waiting])
    outcome = reconcile_index(engine=engine, position=position)
    assert (outcome.stale, outcome.ghosts) == ((stale,), (ghost,))
    assert outcome.lost == (lost.pk,)
    index_now()
    assert reconcile_index(engine=engine, position=position + 10).is_clean
    assert set(engine.list_versions()) == {stale, right, waiting, lost.pk}


def test_the_command_builds_rebuilds_and_refuses_company(
    db: None, clock: Clock, index_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store(3, clock)
    call_command("index_listings")
    said = capsys.readouterr().out
    assert "progress listings 3/3" in said and "up to date at change 3" in said
    before = get_indexes().files.find_current()
    call_command("index_listings", rebuild=True)
    assert get_indexes().files.find_current() != before
    assert search(SearchQuery(words="马克杯")).total == 3
    with get_indexes().lock(), pytest.raises(CommandError, match="Another process"):
        call_command("index_listings")


def test_an_index_of_another_database_is_built_anew(db: None, clock: Clock, index_root: Path) -> None:
    store(3, clock)
    call_command("index_listings")
    before = get_indexes().files.find_current()
    call_command("index_listings")
    assert get_indexes().files.find_current() == before
    ChangeCounter.objects.update(lineage=uuid.uuid4())
    call_command("index_listings")
    assert get_indexes().files.find_current() != before


def test_an_index_of_other_words_answers_until_a_new_one_is_whole(
    db: None, clock: Clock, index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a deploy with other lists of words, or another dictionary: documents hold tokens made by them."""
    store(3, clock)
    call_command("index_listings")
    before = get_indexes().files.find_current()
    monkeypatch.setattr(running, "get_lexicon", lambda: replace(get_lexicon(), version="another"))
    found: list[tuple[int, bool]] = []

    def look_meanwhile(count: int) -> None:
        page = search(SearchQuery(words="马克杯"))
        found.append((page.total, page.did_fall_back))

    indexer, _ = open_index(get_indexes(), rebuild=False, progress=look_meanwhile)
    indexer.close()
    assert found == [(3, False)]
    assert get_indexes().files.find_current() != before
    after = get_indexes().files.find_current()
    call_command("index_listings")
    assert get_indexes().files.find_current() == after


def test_an_index_that_knows_more_than_the_database_is_built_anew(db: None, clock: Clock, index_root: Path) -> None:
    """As after a restore to an earlier moment: the numbers it knows will be given to other changes."""
    store(3, clock)
    call_command("index_listings")
    Listing.objects.order_by("-pk")[:1].get().delete()
    ChangeCounter.objects.update(highest=2)
    ListingChange.objects.filter(change_no=3).delete()
    call_command("index_listings")
    assert len(get_engine().list_versions()) == 2


def test_an_indexer_that_ran_ahead_of_the_database_stops(
    db: None, clock: Clock, index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the database crashed, came back, and had lost what it had not yet written down."""
    store(1, clock)
    indexer, position = open_index(get_indexes(), rebuild=False, progress=lambda count: None)
    ChangeCounter.objects.update(highest=0)

    def fail(*_: object, **__: object) -> int:
        raise OperationalError("away")

    monkeypatch.setattr(running, "catch_up", fail)
    monkeypatch.setattr(running, "close_old_connections", lambda: None)
    with pytest.raises(WrongIndex):
        watch(indexer, position=position, stopped=lambda: False)
    indexer.close()


def test_the_index_is_kept_fresh_within_two_seconds(
    committed_db: CommittedDatabase, goods: Goods, shop_a: ShopContext, index_root: Path
) -> None:
    goods.create(shop_a)
    goods.deliver()
    process = start_indexer(committed_db, index_root)
    try:
        wait_until(lambda: _count_by_index("青釉") == 1, seconds=60)
        product_id = goods.create(shop_a)
        goods.deliver()
        began = time.monotonic()
        wait_until(lambda: _count_by_index("青釉") == 2, seconds=10)
        assert time.monotonic() - began < 2
        assert goods.listing_of(shop_a, product_id).state == ListingState.SHOWN
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def _count_by_index(words: str) -> int:
    page = search(SearchQuery(words=words))
    return 0 if page.did_fall_back else page.total


def test_killing_the_indexer_at_any_moment_loses_and_repeats_nothing(
    committed_db: CommittedDatabase, clock: Clock, index_root: Path
) -> None:
    random_ = random.Random(20261122)
    found = store(60, clock)
    process = start_indexer(committed_db, index_root)
    wait_until(lambda: get_indexes().files.find_current() is not None, seconds=60)
    for _ in range(3):
        deadline = time.monotonic() + random_.uniform(0.1, 0.6)
        while time.monotonic() < deadline:
            touch(random_.sample(found, 9), random_, clock)
        process.kill()
        process.wait(timeout=20)
        process = start_indexer(committed_db, index_root)
        touch(random_.sample(found, 9), random_, clock)
    engine = get_engine()
    try:
        expected = dict(Listing.objects.filter(state=ListingState.SHOWN.value).values_list("pk", "version"))
        wait_until(lambda: engine.list_versions() == expected, seconds=60)
        answer = engine.search(understand(SearchQuery(size=60)), closed_shop_ids=NONE_CLOSED)
        assert sorted(answer.listing_ids) == sorted(expected)
    finally:
        process.terminate()
        process.wait(timeout=20)


def touch(listing_ids: list[int], random_: random.Random, clock: Clock) -> None:
    """Change some listings and hide some, as refreshing would."""
    with transaction.atomic():
        for row in Listing.objects.select_for_update().filter(pk__in=listing_ids).order_by("pk"):
            shown = random_.random() < 0.7
            document = make_listing(row.product_id, created_at=clock.now + timedelta(seconds=row.version))
            state = ListingState.SHOWN if shown else ListingState.HIDDEN
            new = make_row(
                1, row.product_id, state, document if shown else None, old=row, source_version=1, now=clock.now
            )
            new.pk = row.pk
            new.save()
        mark_changed(listing_ids)


def start_indexer(database: CommittedDatabase, index_root: Path) -> subprocess.Popen[bytes]:
    environment = {**database.environment, "JISHI_INDEX_ROOT": str(index_root), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "config", "index_listings", "--watch"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def wait_until(is_so: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
