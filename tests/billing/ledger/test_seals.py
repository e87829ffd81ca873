"""Seals find every row that was changed, deleted or inserted afterwards, and a chain cut off at its end."""

import os
import random
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from billing.ledger.models import Entry, Seal, Transaction
from billing.ledger.rules import pack_digests, unpack_digests
from billing.ledger.selectors import verify_seals
from billing.ledger.services import post, seal_ledger
from billing.ledger.services import seals as sealing
from tests.billing.ledger.books import ROWS, STORY
from tests.billing.ledger.test_concurrency import together
from tests.conftest import Clock, CommittedDatabase

PATIENCE = 20
TRIALS = 1000 if os.environ.get("JISHI_LONG") else 40

pytestmark = pytest.mark.timeout(1800 if os.environ.get("JISHI_LONG") else 300)


@pytest.fixture
def record(tmp_path: Path, settings) -> Path:
    """The record outside, in a folder of the test's own."""
    settings.LEDGER_SEAL_FILE = tmp_path / "seals.jsonl"
    return settings.LEDGER_SEAL_FILE


@pytest.fixture
def sealed(committed_db: CommittedDatabase, record: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The story in the books under several seals."""
    monkeypatch.setattr(sealing, "ROWS", 12)
    for row in STORY:
        with transaction.atomic():
            post(key=f"{row} rolled back", event=ROWS["A0"][0], now=clock.now)  # leaves a gap in the ids
            transaction.set_rollback(True)
        with transaction.atomic():
            post(key=row, event=ROWS[row][0], now=clock.move(seconds=1))
    assert seal_ledger(now=clock.now, wait_seconds=PATIENCE) > 3
    return clock


@pytest.fixture
def superuser(committed_db: CommittedDatabase) -> Iterator[psycopg.Connection]:
    """Somebody who may do everything: triggers are off for this connection."""
    url = os.environ.get("JISHI_SUPERUSER_URL", "")
    if url:
        with psycopg.connect(url, dbname=committed_db.name) as connected:
            connected.execute("SET session_replication_role = replica")
            connected.commit()
            yield connected
            connected.rollback()
        return
    with psycopg.connect(committed_db.environment["DATABASE_OWNER_URL"]) as connected:
        for table in ("transaction", "entry", "seal"):
            connected.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        connected.commit()
        yield connected
        connected.rollback()


def test_untouched_books_verify(sealed: Clock) -> None:
    report = verify_seals()
    assert report.sound, report.findings
    assert report.unsealed_rows == 0
    assert report.sealed_rows == Transaction.objects.count() + Entry.objects.count()
    assert seal_ledger(now=sealed.now) == 0


def test_new_rows_are_unsealed_until_the_next_seal(sealed: Clock) -> None:
    with transaction.atomic():
        post(key="new", event=ROWS["A0"][0], now=sealed.now)
    assert verify_seals().sound
    assert verify_seals().unsealed_rows == 3
    assert seal_ledger(now=sealed.now, wait_seconds=PATIENCE) == 1
    assert verify_seals().unsealed_rows == 0


def test_a_writer_that_commits_late_raises_no_alarm(sealed: Clock) -> None:
    before = Transaction.objects.count()

    def late() -> None:
        with transaction.atomic():
            post(key="late", event=ROWS["A0"][0], now=sealed.now)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(1)")

    def early_and_seal() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        with transaction.atomic():
            post(key="early", event=ROWS["L1"][0], now=sealed.now)
        assert seal_ledger(now=sealed.now, wait_seconds=0) == 0
        return seal_ledger(now=sealed.now, wait_seconds=PATIENCE)

    late_result, added = together([late, early_and_seal])
    assert late_result is None
    assert added >= 1
    assert Transaction.objects.count() == before + 2
    report = verify_seals()
    assert report.sound, report.findings
    assert report.unsealed_rows == 0


Tampering = Callable[[psycopg.Connection, random.Random], str]


def change_amount(superuser: psycopg.Connection, chance: random.Random) -> str:
    number = _pick(superuser, chance, "ledger_entry")
    superuser.execute("UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE id = %s", [number])
    return f"entry {number} was changed"


def change_side(superuser: psycopg.Connection, chance: random.Random) -> str:
    number = _pick(superuser, chance, "ledger_entry")
    superuser.execute("UPDATE ledger_entry SET side = CASE side WHEN 'D' THEN 'C' ELSE 'D' END WHERE id = %s", [number])
    return f"entry {number} was changed"


def change_time(superuser: psycopg.Connection, chance: random.Random) -> str:
    number = _pick(superuser, chance, "ledger_transaction")
    superuser.execute(
        "UPDATE ledger_transaction SET created_at = created_at + interval '1 microsecond' WHERE id = %s", [number]
    )
    return f"transaction {number} was changed"


def change_event(superuser: psycopg.Connection, chance: random.Random) -> str:
    number = _pick(superuser, chance, "ledger_transaction")
    superuser.execute('UPDATE ledger_transaction SET event = event || \'{"psp": "x"}\' WHERE id = %s', [number])
    return f"transaction {number} was changed"


def delete_entry(superuser: psycopg.Connection, chance: random.Random) -> str:
    number = _pick(superuser, chance, "ledger_entry")
    superuser.execute("DELETE FROM ledger_entry WHERE id = %s", [number])
    return f"entry {number} was deleted"


def delete_transaction(superuser: psycopg.Connection, chance: random.Random) -> str:
    number = _pick(superuser, chance, "ledger_transaction")
    superuser.execute("DELETE FROM ledger_entry WHERE transaction_id = %s", [number])
    superuser.execute("DELETE FROM ledger_transaction WHERE id = %s", [number])
    return f"transaction {number} was deleted"


def insert_entry(superuser: psycopg.Connection, chance: random.Random) -> str:
    free = (
        "generate_series(1, (SELECT max(id) FROM ledger_entry)) AS f (id) WHERE id NOT IN (SELECT id FROM ledger_entry)"
    )
    gaps = superuser.execute(f"SELECT id FROM {free} ORDER BY 1").fetchall()
    gap = int(chance.choice(gaps)[0])
    superuser.execute(
        "INSERT INTO ledger_entry (id, transaction_id, account_id, side, amount_minor, balance_after_minor,"
        " account_version, created_at) SELECT %s, transaction_id, account_id, side, amount_minor, balance_after_minor,"
        " account_version + 1000, created_at FROM ledger_entry WHERE id = %s",
        [gap, _pick(superuser, chance, "ledger_entry")],
    )
    return f"entry {gap} was inserted"


def change_seal(superuser: psycopg.Connection, chance: random.Random) -> str:
    rows = superuser.execute("SELECT number FROM ledger_seal WHERE length(entry_digests) > 0 ORDER BY 1").fetchall()
    number = int(chance.choice(rows)[0])
    superuser.execute(
        "UPDATE ledger_seal SET entry_digests = set_byte(entry_digests, 9, 255 - get_byte(entry_digests, 9))"
        " WHERE number = %s",
        [number],
    )
    return f"seal {number} was changed"


TAMPERINGS: list[Tampering] = [
    change_amount,
    change_side,
    change_time,
    change_event,
    delete_entry,
    delete_transaction,
    insert_entry,
    change_seal,
]


TABLES = ("ledger_transaction", "ledger_entry", "ledger_seal")


def _pick(superuser: psycopg.Connection, chance: random.Random, table: str) -> int:
    rows = superuser.execute(f"SELECT id FROM {table} ORDER BY 1").fetchall()
    return int(chance.choice(rows)[0])


def test_every_tampering_is_found_and_named(sealed: Clock, superuser: psycopg.Connection) -> None:
    chance = random.Random(20261122)
    for table in TABLES:
        superuser.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    superuser.commit()
    for trial in range(TRIALS):
        tamper = TAMPERINGS[trial % len(TAMPERINGS)]
        expected = tamper(superuser, chance)
        superuser.commit()
        assert expected in verify_seals().findings, (trial, tamper.__name__)
        for table in TABLES:
            superuser.execute(f"DELETE FROM {table}")
            superuser.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
        superuser.commit()
    assert verify_seals().sound


def test_a_chain_cut_off_at_its_end_is_found(sealed: Clock, superuser: psycopg.Connection) -> None:
    last = Seal.objects.count()
    superuser.execute("DELETE FROM ledger_seal WHERE number = %s", [last])
    superuser.commit()
    assert f"the chain was cut off: {last} seals are recorded outside, {last - 1} are there" in verify_seals().findings


def test_a_missing_link_is_found(sealed: Clock, superuser: psycopg.Connection) -> None:
    superuser.execute("DELETE FROM ledger_seal WHERE number = 2")
    superuser.commit()
    assert "seal 2 is missing before seal 3" in verify_seals().findings


def test_a_forged_chain_does_not_match_the_record_outside(
    sealed: Clock, superuser: psycopg.Connection, record: Path
) -> None:
    superuser.execute("DELETE FROM ledger_seal")
    superuser.commit()
    kept = record.read_bytes()
    record.unlink()
    seal_ledger(now=sealed.move(days=1), wait_seconds=PATIENCE)
    assert verify_seals().sound
    record.write_bytes(kept)
    assert any("recorded outside" in finding for finding in verify_seals().findings)


def test_a_lost_or_broken_record_is_found(sealed: Clock, record: Path) -> None:
    record.write_bytes(record.read_bytes() + b'{"number": 9')
    assert verify_seals().sound
    record.write_bytes(b"nonsense\n")
    assert any("cannot be read" in finding for finding in verify_seals().findings)
    record.unlink()
    assert any("nothing is recorded outside" in finding for finding in verify_seals().findings)


def test_another_secret_does_not_open_the_chain(sealed: Clock, settings) -> None:
    settings.LEDGER_SEAL_KEY = "another"
    assert "seal 1 was changed" in verify_seals().findings


def test_the_command_says_what_is_wrong(sealed: Clock, superuser: psycopg.Connection) -> None:
    out, err = StringIO(), StringIO()
    call_command("verify_ledger", "--seal", stdout=out, stderr=err, skip_checks=True)
    assert "The books are sound." in out.getvalue()
    superuser.execute("UPDATE ledger_entry SET amount_minor = 1 WHERE id = (SELECT min(id) FROM ledger_entry)")
    superuser.commit()
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=out, stderr=err, skip_checks=True)
    assert "was changed" in err.getvalue()
    assert "transaction" in err.getvalue()


def test_digests_pack_and_unpack() -> None:
    digests = {5: b"a" * 16, 2**40: b"b" * 16}
    assert unpack_digests(pack_digests(digests)) == digests
    assert unpack_digests(b"") == {}
