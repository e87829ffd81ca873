"""The counters beside the ledger's rates can be off: each planted fault is counted, and sound books count nothing."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import connection

from billing.ledger.rules import Posting
from billing.ledger.selectors import prove_ledger
from tests.bench.ledger.loading import load_books
from tests.bench.ledger.proving import Watch, measure_commits, prove_loaded
from tests.bench.ledger.writing import _fee, _post_batch, open_custody
from tests.conftest import CommittedDatabase

Keys = list[str]


def _lose(owner: psycopg.Connection, keys: Keys) -> None:
    keys.append("never posted")


def _double(owner: psycopg.Connection, keys: Keys) -> None:
    keys.pop()


def _unbalance(owner: psycopg.Connection, keys: Keys) -> None:
    newest = "(SELECT max(id) FROM ledger_entry)"
    owner.execute(f"UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE id = {newest}")


def _misstate(owner: psycopg.Connection, keys: Keys) -> None:
    owner.execute("UPDATE ledger_account SET posted_debits_minor = posted_debits_minor + 1 WHERE code = '5010'")


PLANTED: dict[str, tuple[Callable[[psycopg.Connection, Keys], None], set[str]]] = {
    "nothing": (lambda owner, keys: None, set()),
    "lost": (_lose, {"missing"}),
    "doubled": (_double, {"duplicates"}),
    "unbalanced": (_unbalance, {"unbalanced", "wrong balances"}),
    "misstated": (_misstate, {"wrong balances"}),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_wrong_is_counted(committed_db: CommittedDatabase, fault: str) -> None:
    _post_batch([_fee_posting(number) for number in range(5)])
    watch = Watch()
    keys = _post_batch([_fee_posting(number) for number in range(5, 25)])
    plant, off = PLANTED[fault]
    with psycopg.connect(committed_db.environment["DATABASE_OWNER_URL"]) as owner:
        owner.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        plant(owner, keys)
        owner.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    assert {name for name, count in watch.count(keys).items() if count} == off


def test_loaded_books_are_those_that_the_services_would_have_posted(committed_db: CommittedDatabase) -> None:
    books = load_books(committed_db.name, orders=300, shops=7)
    open_custody(3)
    row = prove_loaded(books)
    assert row.sound, row
    assert books.entries == 3000
    assert prove_ledger().sound
    assert _post_batch(books.postings_of(301)) == [posting.key for posting in books.postings_of(301)]
    assert prove_ledger().sound


def test_a_commit_that_does_not_wait_for_the_disk_is_counted(committed_db: CommittedDatabase) -> None:
    with connection.cursor() as cursor:
        off = {}
        for setting in ("fsync", "full_page_writes"):  # the tests' own server does not wait, others may
            cursor.execute(f"SHOW {setting}")
            off[f"{setting} off"] = int(cursor.fetchone()[0] == "off")
        assert measure_commits("x").counters == {"synchronous_commit off": 0, **off}
        cursor.execute("SET synchronous_commit = off")
    measured = measure_commits("x")
    assert measured.counters == {"synchronous_commit off": 1, **off} and not measured.sound


def _fee_posting(number: int) -> Posting:
    return Posting(f"fee/{number}", _fee())
