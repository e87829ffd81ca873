"""Daily partitions: made ahead by the owner, filled from the default one, dropped after 35 days."""

import subprocess
import sys
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from billing.settlement.services.days import business_date
from search.auction.contracts import InvalidReason
from search.spending.contracts import StoredDecision
from search.spending.models import AdEvent, Decision
from search.spending.selectors import partitions
from search.spending.selectors.partitions import count_misplaced, find_last_day, list_partitions, name_source
from search.spending.services import record_click, store_decisions
from search.spending.services.partitions import AHEAD_DAYS
from tests.conftest import Clock, CommittedDatabase
from tests.databases import ROOT
from tests.fixtures.ads import fund, lend, make_ad, show, visitor
from tests.fixtures.statements import captured_statements


def make_partitions(database: CommittedDatabase) -> str:
    command = [sys.executable, "-m", "config", "make_ad_partitions"]
    done = subprocess.run(command, cwd=ROOT, env=database.environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_rows_that_came_too_early_or_too_late_move_and_old_decisions_go(committed_db: CommittedDatabase) -> None:
    with psycopg.connect(committed_db.environment["DATABASE_URL"]) as asked:
        now = asked.execute("SELECT now()").fetchone()[0]
    today = business_date(now)
    days = [today - timedelta(days=36), today, today + timedelta(days=400)]
    decisions = [
        StoredDecision(
            decision_id=uuid.uuid4(), day=day, decided_at=now, page="home", query="", region="", auction="",
            person="", network="", lines=(),
        )
        for day in days
    ]  # fmt: skip
    assert store_decisions(decisions) == 3
    assert count_misplaced() == 3
    make_partitions(committed_db)
    assert count_misplaced() == 0
    assert find_last_day() == today + timedelta(days=AHEAD_DAYS)
    assert set(Decision.objects.values_list("day", flat=True)) == set(days[1:])
    assert days[0] not in list_partitions("spending_decision")
    assert store_decisions(decisions[1:]) == 0
    assert make_partitions(committed_db).startswith("0 ")
    connection.close()


def test_clicks_around_midnight_are_read_from_two_partitions_by_name_with_plans_that_are_kept(
    committed_db: CommittedDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(committed_db.environment["DATABASE_URL"]) as asked:
        clock.now = asked.execute("SELECT date_trunc('day', now(), 'Asia/Shanghai') + '1 day -10 s'").fetchone()[0]
    make_partitions(committed_db)
    fund(47, 100_000, clock.now)
    ad = make_ad(shop_id=47, now=clock.now)
    lease = lend(ad, clock.now)
    tokens = [show(ad, lease.lease_id, clock.now) for _ in range(8)]
    shown_on = business_date(clock.now)
    with captured_statements(monkeypatch) as statements:
        for number, token in enumerate(tokens, start=1):
            clock.now += timedelta(seconds=5)  # the second comes at midnight
            assert record_click(token=token, facts=visitor(number), now=clock.now).billed
        for token in tokens:
            assert record_click(token=token, facts=visitor(), now=clock.now).reason == InvalidReason.TOKEN_USED
        token, later = show(ad, lease.lease_id, clock.now), clock.now + timedelta(seconds=1)
        assert record_click(token=token, facts=visitor(1), now=later).reason == InvalidReason.NETWORK_RATE, (
            "the network is known from before midnight, under that day's salt"
        )
    assert set(AdEvent.objects.values_list("day", flat=True)) == {shown_on, business_date(clock.now)}
    names = [f"spending_adevent_{day:%Y%m%d}" for day in (shown_on, shown_on + timedelta(days=1))]
    assert all(name in str(statements) for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor.fetchall()]
    assert any("INSERT INTO spending_adevent" in statement for statement in kept)
    assert any(names[0] in statement and "json_build_array(network" in statement for statement in kept)
    connection.close()


def test_a_day_without_a_partition_is_read_from_the_whole_table_until_it_has_one(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(committed_db.environment["DATABASE_URL"]) as asked:
        today = business_date(asked.execute("SELECT now()").fetchone()[0])
    day = today + timedelta(days=3)
    assert name_source("spending_adevent", [day]) == "spending_adevent"
    make_partitions(committed_db)
    assert name_source("spending_adevent", [day]) == "spending_adevent", "it is not looked for every time"
    monkeypatch.setattr(partitions, "ASK_AGAIN_SECONDS", 0.0)
    assert name_source("spending_adevent", [day]) == f"spending_adevent_{day:%Y%m%d}"
    assert name_source("spending_adevent", [day, day + timedelta(days=99)]) == "spending_adevent"
    assert name_source("spending_adevent", []) == "spending_adevent"
    connection.close()
