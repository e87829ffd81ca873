"""Daily partitions: made ahead by the owner, filled from the default one, dropped after 35 days."""

import subprocess
import sys
import uuid
from datetime import timedelta

import psycopg
from django.db import connection

from billing.settlement.services.days import business_date
from search.spending.contracts import StoredDecision
from search.spending.models import Decision
from search.spending.selectors.partitions import count_misplaced, find_last_day, list_partitions
from search.spending.services import store_decisions
from search.spending.services.partitions import AHEAD_DAYS
from tests.conftest import CommittedDatabase
from tests.databases import ROOT


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
