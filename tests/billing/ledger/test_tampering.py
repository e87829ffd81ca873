"""Somebody with every right changes, deletes or inserts one row: `verify_ledger` finds it and says where."""

import os
import random
import time
from collections import Counter
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command

from billing.ledger.selectors import prove_ledger, verify_seals
from tests.billing.ledger.tampering import TAMPERINGS
from tests.conftest import Clock

LONG = bool(os.environ.get("JISHI_LONG"))
TRIALS = 1000 if LONG else len(TAMPERINGS)
SEED = int(os.environ.get("JISHI_SEED", "20261122"))
TABLES = ("ledger_account", "ledger_transaction", "ledger_entry", "ledger_seal")


def find_out() -> str:
    """What the command says is wrong; nothing when it says that the books are sound."""
    said = StringIO()
    try:
        call_command("verify_ledger", stdout=StringIO(), stderr=said, skip_checks=True)
    except CommandError:
        return said.getvalue()
    return ""


def keep(superuser: psycopg.Connection) -> None:
    for table in TABLES:
        superuser.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    superuser.commit()


def restore(superuser: psycopg.Connection) -> None:
    for table in reversed(TABLES):
        superuser.execute(f"DELETE FROM {table}")
    for table in TABLES:
        superuser.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
    superuser.commit()


@pytest.mark.timeout(1800 if LONG else 300)
def test_every_tampering_is_found_and_named(sealed: Clock, superuser: psycopg.Connection) -> None:
    chance = random.Random(SEED)
    began, found = time.monotonic(), Counter()
    keep(superuser)
    assert not find_out()
    for trial in range(TRIALS):
        tampering = TAMPERINGS[trial % len(TAMPERINGS)]
        expected = tampering.make(superuser, chance)
        superuser.commit()
        said = find_out()
        assert expected in said, (SEED, trial, tampering.name, expected, said)
        if tampering.hidden:
            assert prove_ledger().sound, (SEED, trial, tampering.name)
        found[tampering.name] += 1
        restore(superuser)
    assert not find_out()
    seals = verify_seals()
    print(
        f"seed {SEED}: {TRIALS} tamperings of {len(TAMPERINGS)} kinds, {found.total()} found, on {seals.seals} seals"
        f" over {seals.sealed_rows} rows, {time.monotonic() - began:.0f} s"
    )


def test_a_finding_names_nothing_but_the_row(sealed: Clock, superuser: psycopg.Connection) -> None:
    keep(superuser)
    superuser.execute("UPDATE ledger_transaction SET subject = 'x' WHERE id = (SELECT min(id) FROM ledger_transaction)")
    superuser.commit()
    assert verify_seals().findings == ("transaction 2 was changed",)
    restore(superuser)
    superuser.execute("DELETE FROM ledger_seal WHERE number IN (2, 3)")
    superuser.commit()
    assert verify_seals().findings == ("seal 2 is missing before seal 4", "seal 3 is missing before seal 4")
