"""The feed of changes: whoever follows it ends with what is in the tables, however late transactions commit."""

import random
import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from search.campaigns.contracts import CampaignState, LiveCampaign
from search.campaigns.selectors import read_changes, read_live
from search.campaigns.services import set_campaign_state, set_daily_budget
from tests.conftest import Clock, CommittedDatabase
from tests.search.campaigns.conftest import ACTOR, Advertiser

_TOUCH = "UPDATE campaigns_campaign SET daily_budget_minor = %s, changed_in = pg_current_xact_id() WHERE id = %s"
Connect = Callable[[], psycopg.Connection]


@pytest.fixture
def connect(committed_db: CommittedDatabase) -> Iterator[Connect]:
    opened: list[psycopg.Connection] = []

    def make() -> psycopg.Connection:
        opened.append(psycopg.connect(committed_db.environment["DATABASE_URL"]))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_a_transaction_that_began_first_and_commits_last_is_not_missed(connect: Connect, alpha: Advertiser) -> None:
    early, late = alpha.run(), alpha.run()
    start = read_changes(after=None).position
    first, second = connect(), connect()
    first.execute(_TOUCH, [11_100, early])
    second.execute(_TOUCH, [22_200, late])
    second.commit()
    seen = read_changes(after=start)
    assert seen.campaign_ids == (late,)
    first.commit()
    then = read_changes(after=seen.position)
    assert then.campaign_ids == (early,)
    assert read_changes(after=then.position).campaign_ids == ()


def test_a_long_transaction_elsewhere_holds_nothing_back(connect: Connect, alpha: Advertiser) -> None:
    campaign_id = alpha.run()
    slow = connect()
    slow.execute("SELECT pg_current_xact_id()")
    start = read_changes(after=None).position
    set_daily_budget(
        shop_id=alpha.shop.shop_id,
        campaign_id=campaign_id,
        daily_budget_minor=3_000,
        actor_id=ACTOR,
        now=alpha.clock.now,
    )
    assert read_changes(after=start).campaign_ids == (campaign_id,)


def test_what_is_rolled_back_is_no_change(connect: Connect, alpha: Advertiser) -> None:
    campaign_id = alpha.run()
    start = read_changes(after=None).position
    one = connect()
    one.execute(_TOUCH, [11_100, campaign_id])
    one.rollback()
    assert read_changes(after=start).campaign_ids == ()


def test_a_change_in_a_savepoint_is_seen(connect: Connect, alpha: Advertiser) -> None:
    campaign_id = alpha.run()
    start = read_changes(after=None).position
    one = connect()
    one.execute("SAVEPOINT inner_one")
    one.execute(_TOUCH, [11_100, campaign_id])
    one.execute("RELEASE inner_one")
    between = read_changes(after=start)
    assert between.campaign_ids == ()
    one.commit()
    assert read_changes(after=between.position).campaign_ids == (campaign_id,)


def test_a_follower_among_many_writers_ends_with_what_is_in_the_tables(connect: Connect, alpha: Advertiser) -> None:
    campaign_ids = [alpha.run() for _ in range(6)]
    position = read_changes(after=None).position
    known = {one.campaign_id: one for one in read_live(None)}
    writers = [threading.Thread(target=_write, args=(connect(), campaign_ids, seed)) for seed in range(4)]
    for writer in writers:
        writer.start()
    rounds = 0
    while any(writer.is_alive() for writer in writers):
        position = _follow(known, position)
        rounds += 1
    for writer in writers:
        writer.join()
    _follow(known, position)
    assert rounds > 1
    assert known == {one.campaign_id: one for one in read_live(None)}
    assert {one.daily_budget_minor for one in known.values()} != {20_000}


def test_what_stops_running_leaves(connect: Connect, alpha: Advertiser, clock: Clock) -> None:
    kept, stopped = alpha.run(), alpha.run()
    position = read_changes(after=None).position
    known = {one.campaign_id: one for one in read_live(None)}
    assert set(known) == {kept, stopped}
    set_campaign_state(
        shop_id=alpha.shop.shop_id,
        campaign_ids=[stopped],
        state=CampaignState.PAUSED,
        actor_id=ACTOR,
        now=clock.now,
    )
    _follow(known, position)
    assert set(known) == {kept}


def test_the_feed_is_read_by_its_index(connect: Connect, alpha: Advertiser) -> None:
    alpha.run()
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM campaigns_campaign WHERE changed_in >= pg_snapshot_xmin('10:10:'::pg_snapshot)"
        )
        assert "campaign_changed" in str(cursor.fetchall())


def _follow(known: dict[int, LiveCampaign], position: str) -> str:
    """A step of a reader: what changed is read anew, what is not there any more is dropped."""
    changes = read_changes(after=position)
    if changes.campaign_ids:
        found = {one.campaign_id: one for one in read_live(changes.campaign_ids)}
        for campaign_id in changes.campaign_ids:
            known.pop(campaign_id, None)
        known.update(found)
    return changes.position


def _write(one: psycopg.Connection, campaign_ids: list[int], seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        one.execute(_TOUCH, [chance.randrange(1_000, 90_000), chance.choice(campaign_ids)])
        if chance.random() < 0.5:
            one.execute("SELECT pg_sleep(%s)", [chance.uniform(0, 0.01)])
        if chance.random() < 0.2:
            one.rollback()
        else:
            one.commit()
