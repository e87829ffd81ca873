"""Workers are killed again and again while pages tell: in the end every report is in the log once and counted once."""

import random
import time
from collections.abc import Callable

from django.conf import settings
from redis import Redis

from search.signals import tasks
from search.signals.contracts import EventKind
from search.signals.models import SearchEvent
from search.signals.selectors import list_events
from search.signals.services import count_waiting, push_report
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.forks import fork
from tests.search.signals.conftest import person, report
from tests.search.signals.counter import work
from tests.search.signals.test_counting import read_counts, recount

ROUNDS = 8


def test_no_kill_loses_a_report_or_counts_one_twice(
    committed_db: CommittedDatabase, make_listings: Callable[..., list[int]], clock: Clock, stream: str
) -> None:
    chance = random.Random(7)
    cups, client = make_listings(4), Redis.from_url(settings.REDIS_URL)
    told = 0
    for number in range(ROUNDS):
        workers = [fork(work, stream, database=committed_db.name) for _ in range(2)]
        for _ in range(60):
            sights = [(chance.choice(list(EventKind)[1:]), cup, place) for place, cup in enumerate(cups, 1)]
            push_report(client, report(clock.now, person(chance.randrange(9)), *sights, query=chance.choice("杯碗")))
            told += len(sights)
        time.sleep(chance.uniform(0.02, 0.25))
        for worker in workers:
            worker.kill()
        assert number or SearchEvent.objects.exists() or count_waiting(client)
    while tasks.take_in(clock.now):
        pass
    tasks.count(clock.now)
    client.close()
    events = list_events(limit=10_000)
    assert len(events) == told
    assert read_counts() == recount(events)
