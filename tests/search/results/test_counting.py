"""Pairs counted batch by batch are what a recount of the whole log gives: once each, whatever happens meanwhile."""

import random
import threading
from collections import Counter
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from django.db import connections

from billing.settlement.services.days import business_date
from search.results.contracts import Bond
from search.results.models import Pair, Tally
from search.results.rules.pairing import Trail, grow_trail
from search.results.rules.weighing import weigh
from search.results.selectors import read_counting_health
from search.results.services import count_looks, counting, sums
from search.signals.contracts import EventKind
from tests.search.results.conftest import Log

KINDS = [EventKind.VIEWED] * 6 + [EventKind.CARTED, EventKind.SHOWN, EventKind.CLICKED, EventKind.BOUGHT]


def note_a_week(log: Log, chance: random.Random, now: datetime, *, visitors: int = 12, looks: int = 400) -> None:
    """Visitors of two days who look at a dozen goods, in bursts, some again and again."""
    at = now - timedelta(days=1)
    for _ in range(looks):
        at += timedelta(seconds=chance.choice([5, 60, 400, 900]))
        log.note(chance.randrange(visitors), chance.randint(1, 12), min(at, now), chance.choice(KINDS))


def recount(log: Log) -> tuple[Counter[tuple[int, int]], dict[tuple[int, int], float], Counter[int]]:
    """From the whole log at once: how often, how much, and how often each alone."""
    times: Counter[tuple[int, int]] = Counter()
    weights: dict[tuple[int, int], float] = {}
    singles: Counter[int] = Counter()
    by_day = sorted(log.looks, key=lambda look: (look[0], business_date(look[2])))  # keeps the order of a day's looks
    for (_, day), looks in groupby(by_day, key=lambda look: (look[0], business_date(look[2]))):
        growth = grow_trail(Trail(), [(listing_id, at) for _, listing_id, at in looks])
        singles.update(growth.listing_ids)
        for pair in growth.pairs:
            times[pair] += 1
            weights[pair] = weights.get(pair, 0.0) + weigh(Bond.LOOKED, day)
    return times, weights, singles


def assert_counted_once(log: Log) -> None:
    times, weights, singles = recount(log)
    both = {(row.listing_id, row.partner_id): row for row in Pair.objects.filter(bond=Bond.LOOKED.value)}
    assert {pair: row.times for pair, row in both.items() if pair[0] < pair[1]} == dict(times)
    for (one, other), row in both.items():
        mirror = both[(other, one)]
        assert (row.times, row.weight) == (mirror.times, mirror.weight)
        assert row.weight == pytest.approx(weights[(min(one, other), max(one, other))])
    assert dict(Tally.objects.values_list("listing_id", "times")) == dict(singles)


def drain(log: Log, now: datetime, limit: int) -> None:
    while count_looks(now=now, limit=limit) >= 0:
        pass


@pytest.mark.parametrize("seed", range(4))
def test_batches_of_any_size_count_what_a_recount_counts(db, log: Log, now, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(3):
        note_a_week(log, chance, now, looks=150)
        drain(log, now, chance.choice([1, 7, 50, 500]))
    assert sum(recount(log)[0].values()) > 50
    assert_counted_once(log)


def test_a_repeat_counts_nothing(db, log: Log, now) -> None:
    note_a_week(log, random.Random(1), now)
    drain(log, now, 500)
    assert count_looks(now=now) == -1
    assert_counted_once(log)
    assert read_counting_health().waiting_since is None
    log.note(1, 1, now)
    assert read_counting_health().waiting_since == now


def test_a_counter_killed_before_its_commit_leaves_nothing_and_counts_later(
    db, log: Log, now, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_a_week(log, random.Random(2), now)
    count_looks(now=now, limit=100)
    reached = read_counting_health().position
    before = list(Pair.objects.order_by("pk").values_list("listing_id", "partner_id", "times"))

    def die(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(counting, "move_position", die)
        with pytest.raises(KeyboardInterrupt):
            count_looks(now=now, limit=100)
    assert list(Pair.objects.order_by("pk").values_list("listing_id", "partner_id", "times")) == before
    assert read_counting_health().position == reached
    drain(log, now, 100)
    assert_counted_once(log)


def test_four_counters_at_once_count_once(committed_db, log: Log, now) -> None:
    note_a_week(log, random.Random(3), now)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            drain(log, now, 23)
        except BaseException as error:
            failed.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert_counted_once(log)


def test_a_listing_keeps_its_strongest_partners_only(db, log: Log, now, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums, "MOST_PARTNERS", 3)
    for visitor in range(10):
        for listing_id in (1, *range(2, 3 + visitor)):
            log.note(visitor, listing_id, now)
    drain(log, now, 500)
    assert set(Pair.objects.filter(listing_id=1).values_list("partner_id", flat=True)) == {2, 3, 4}
    assert max(Counter(Pair.objects.values_list("listing_id", flat=True)).values()) <= 3


def test_a_look_that_is_told_days_late_counts_on_its_own_day(db, log: Log, now) -> None:
    for listing_id in (1, 2):
        log.note(1, listing_id, now)
    drain(log, now, 500)
    for listing_id in (1, 2):
        log.note(1, listing_id, now - timedelta(days=20))
    drain(log, now, 500)
    assert_counted_once(log)
    assert Pair.objects.get(listing_id=1).times == 2
