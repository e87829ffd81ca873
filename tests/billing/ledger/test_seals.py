"""The chain of seals: what it covers, when it grows, and what it says of a record or a chain that is not whole."""

from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from billing.ledger.models import Entry, Seal, Transaction
from billing.ledger.rules import pack_digests, unpack_digests
from billing.ledger.selectors import seals as seals_module
from billing.ledger.selectors import verify_seals
from billing.ledger.services import post, seal_ledger
from tests.billing.ledger.books import ROWS
from tests.billing.ledger.conftest import PATIENCE
from tests.billing.ledger.test_concurrency import together
from tests.conftest import Clock

pytestmark = pytest.mark.timeout(300)


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


def test_a_record_goes_on_after_a_line_that_a_crash_cut_off(sealed: Clock, record: Path) -> None:
    record.write_bytes(record.read_bytes() + b'{"number": 9')
    with transaction.atomic():
        post(key="new", event=ROWS["A0"][0], now=sealed.now)
    assert seal_ledger(now=sealed.now, wait_seconds=PATIENCE) == 1
    report = verify_seals()
    assert report.sound, report.findings
    assert record.read_bytes().count(b"\n") == report.seals + 1


def test_a_chain_that_grows_while_it_is_read_raises_no_alarm(sealed: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = seals_module._walk

    def walk_slowly():
        yield from walk()
        with transaction.atomic():
            post(key="meanwhile", event=ROWS["A0"][0], now=sealed.now)
        assert seal_ledger(now=sealed.now, wait_seconds=PATIENCE) == 1

    monkeypatch.setattr(seals_module, "_walk", walk_slowly)
    report = verify_seals()
    assert report.sound, report.findings


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
