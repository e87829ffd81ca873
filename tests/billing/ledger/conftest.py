"""Sealed books, and somebody who may do everything to them."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import transaction

from billing.ledger.services import post, seal_ledger
from billing.ledger.services import seals as sealing
from onebox.places import Place
from onebox.postgres import find_postgres
from tests.billing.ledger.books import ROWS, STORY
from tests.conftest import Clock, CommittedDatabase

PATIENCE = 20


@pytest.fixture
def record(tmp_path: Path, settings) -> Path:
    """The record outside, in a folder of the test's own."""
    settings.LEDGER_SEAL_FILE = tmp_path / "seals.jsonl"
    return settings.LEDGER_SEAL_FILE


@pytest.fixture
def sealed(committed_db: CommittedDatabase, record: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The story, in two currencies, in the books under several seals."""
    monkeypatch.setattr(sealing, "ROWS", 12)
    for currency in ("CNY", "USD"):
        for row in STORY:
            with transaction.atomic():
                post(key=f"{row} rolled back", event=ROWS["A0"][0], now=clock.now)  # leaves a gap in the ids
                transaction.set_rollback(True)
            with transaction.atomic():
                event = dataclasses.replace(ROWS[row][0], currency=currency)
                post(key=f"{row} {currency}", event=event, now=clock.move(seconds=1))
    assert seal_ledger(now=clock.now, wait_seconds=PATIENCE) > 3
    return clock


@pytest.fixture
def superuser(committed_db: CommittedDatabase) -> Iterator[psycopg.Connection]:
    """The server's superuser, with triggers off. Where only the owner is known, the owner with triggers disabled."""
    url = os.environ.get("JISHI_SUPERUSER_URL", "") or _find_superuser()
    if url:
        with psycopg.connect(url, dbname=committed_db.name) as connected:
            connected.execute("SET session_replication_role = replica")
            connected.commit()
            yield connected
            connected.rollback()
        return
    with psycopg.connect(committed_db.environment["DATABASE_OWNER_URL"]) as connected:
        for table in ("transaction", "entry", "seal", "account"):
            connected.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        connected.commit()
        yield connected
        connected.rollback()


def _find_superuser() -> str:
    """The superuser's address when the tests run on the embedded server; its own folder is beside the tests'."""
    server = find_postgres(Place(local=Path(os.environ["JISHI_LOCAL"]).parent))
    same = server is not None and urlsplit(os.environ["DATABASE_URL"]).port == server.port
    return server.url("postgres") if server is not None and same else ""
