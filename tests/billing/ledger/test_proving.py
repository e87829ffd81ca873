"""The nightly proof: stored once a night, with what it found, and said again without reading the books."""

import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection, transaction

from billing.ledger.models import ProofRun
from billing.ledger.selectors import get_last_proof
from billing.ledger.services import post, prove_and_store, prove_due
from billing.ledger.services.proving import _LOCK
from billing.ledger.tasks import prove_books
from tests.billing.ledger.books import ROWS, STORY
from tests.conftest import Clock, CommittedDatabase

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def told(committed_db: CommittedDatabase, clock: Clock) -> CommittedDatabase:
    for row in STORY:
        with transaction.atomic():
            post(key=row, event=ROWS[row][0], now=clock.now)
    return committed_db


def test_before_the_first_night_there_is_no_proof(db: None) -> None:
    assert get_last_proof() is None


def test_a_proof_is_stored_with_what_it_read(told: CommittedDatabase, clock: Clock) -> None:
    stored = prove_and_store(clock.now)
    assert stored.sound
    assert stored.transactions == len(STORY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_account)")
        assert (stored.entries, stored.accounts) == cursor.fetchone()
    assert get_last_proof() == stored
    later = prove_and_store(clock.move(hours=1))
    assert get_last_proof() == later
    assert ProofRun.objects.count() == 2


def test_what_is_wrong_is_stored_by_name(told: CommittedDatabase, clock: Clock) -> None:
    with psycopg.connect(told.environment["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        owner.execute("UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE id = 1")
        owner.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    stored = prove_and_store(clock.now)
    assert not stored.sound
    assert len(stored.unbalanced) == 1
    assert len(stored.wrong_accounts) == 1
    assert stored.broken_floors == stored.wrong_holds == ()
    assert get_last_proof() == stored


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-22 02:59", "2026-11-22 03:00", True),
        ("2026-11-22 03:00", "2026-11-23 02:59", False),
        ("2026-11-22 03:00", "2026-11-23 03:00", True),
        ("2026-11-21 12:00", "2026-11-22 01:00", False),
        ("2026-11-21 02:00", "2026-11-22 01:00", True),
        ("2026-11-30 12:00", "2026-11-22 12:00", True),  # the clock was wrong once
    ],
)
def test_the_books_are_proven_once_a_night(committed_db: CommittedDatabase, last: str, now: str, due: bool) -> None:
    first, second = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (last, now))
    prove_and_store(first)
    assert prove_books(second) == int(due)
    assert prove_books(second + timedelta(seconds=1)) == 0


def test_while_one_process_proves_another_does_not(committed_db: CommittedDatabase, clock: Clock) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{committed_db.name}") as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        assert not prove_due(clock.now)
    assert prove_due(clock.now)


def test_a_stored_proof_cannot_be_bettered(committed_db: CommittedDatabase, clock: Clock) -> None:
    prove_and_store(clock.now)
    with psycopg.connect(committed_db.environment["DATABASE_OWNER_URL"], autocommit=True) as owner:
        for statement in ("UPDATE ledger_proofrun SET findings = '{}'", "DELETE FROM ledger_proofrun"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                owner.execute(statement)
