"""The exported books: independent programs read them, prove them, and refuse them when a single fen was changed."""

import csv
import dataclasses
import io
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.contracts import AccountRef, Book, Code, Owner, OwnerKind, Side
from billing.ledger.exporting import BookFormat, write_books, writing
from billing.ledger.exporting.names import format_amount, name_account
from billing.ledger.management.commands import export_books
from billing.ledger.models import Account
from billing.ledger.rules import CodDelivered, PointsEarned, Posting
from billing.ledger.selectors import balance_at, get_book_size, iter_books, trial_balance
from billing.ledger.services import post, post_batch, reverse
from market.money import parse_minor
from tests import databases
from tests.billing.ledger.books import ROWS, STORY
from tests.billing.settlement.month.drawing import draw_month
from tests.billing.settlement.month.planting import plant
from tests.billing.settlement.month.playing import Player
from tests.billing.settlement.reconciling.bills import MERCHANT
from tests.conftest import Clock, CommittedDatabase, _use

PROGRAMS = Path(sys.executable).parent
ODD = 'a "quoted" \\ line\nand, % another; (顺丰) ☂'


@pytest.fixture(scope="module")
def story(template_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Clock]:
    """A committed database in which the story was told; these tests only read it."""
    before = connections["default"].settings_dict["NAME"]
    name = f"jishi_c_{os.getpid()}_export"
    databases.clone(template_database, name)
    _use(name)
    with django_db_blocker.unblock():
        try:
            yield tell(Clock())
        finally:
            connections["default"].close()
            _use(before)
            databases.drop(name)


def tell(clock: Clock) -> Clock:
    """Post the story, foreign currencies, names that no program likes, and a reversal."""
    with transaction.atomic():
        for row in STORY:
            post(key=f"story/{row}", event=ROWS[row][0], now=clock.move(hours=5))
        dollars = dataclasses.replace(ROWS["A1"][0], currency="USD")
        yen = dataclasses.replace(ROWS["H1"][0], currency="JPY")
        for currency, event in (("USD", dollars), ("JPY", yen)):
            post(key=f"in {currency}", event=event, now=clock.move(seconds=1))
        post(key=ODD, event=PointsEarned(reference=ODD, amount_minor=1), now=clock.move(seconds=1))
        odd = CodDelivered(shop_id=7, share_no="S/1-u2f- 顺丰", carrier="-u2d-u 顺丰/2", amount_minor=9)
        post(key="odd", event=odd, now=clock.move(seconds=1))
        first = post(key="points", event=ROWS["K earned"][0], now=clock.move(seconds=1))
        reverse(key="points back", transaction_id=first.transaction_id, amount_minor=30, now=clock.move(seconds=1))
    return clock


def export(book_format: BookFormat, until: datetime | None = None) -> str:
    stream = io.StringIO()
    write_books(stream=stream, book_format=book_format, until=until)
    return stream.getvalue()


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=120)


def bean_check(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "books.beancount"
    file.write_text(text, encoding="utf-8")
    return run(PROGRAMS / "bean-check", "--no-cache", file, cwd=folder)


def bean_query(text: str, query: str, folder: Path) -> list[dict[str, str]]:
    file = folder / "books.beancount"
    file.write_text(text, encoding="utf-8")
    answer = run(PROGRAMS / "bean-query", "-f", "csv", file, query, cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return list(csv.DictReader(io.StringIO(answer.stdout)))


def hledger(text: str, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("hledger")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("hledger is not installed.")
        pytest.skip("hledger is not installed (Debian: apt install hledger)")
    file = folder / "books.journal"
    file.write_text(text, encoding="utf-8")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [program, "-f", str(file), *command], env=environment, capture_output=True, text=True, timeout=120
    )


def list_ours(until: datetime | None = None) -> dict[tuple[str, str], int]:
    """The ledger's own balances that are not zero, debits positive, under the exported names."""
    found = {}
    for row in Account.objects.all():
        ref = AccountRef.of_row(row.book, row.currency, row.code, row.owner_kind, row.owner_id)
        minor = row.posted_debits_minor - row.posted_credits_minor
        if until is not None:
            minor = balance_at(code=ref.code, at=until, owner=ref.owner, currency=ref.currency)
            minor = minor if row.normal == Side.DEBIT else -minor
        if minor:
            found[name_account(ref.code, ref.owner), ref.currency] = minor
    return found


def list_of_beancount(text: str, folder: Path) -> dict[tuple[str, str], int]:
    rows = bean_query(text, "SELECT account, currency, sum(number) AS balance GROUP BY account, currency", folder)
    read = {(row["account"], row["currency"]): _to_minor(row["balance"], row["currency"]) for row in rows}
    return {place: minor for place, minor in read.items() if minor}


def list_of_hledger(text: str, folder: Path) -> dict[tuple[str, str], int]:
    answer = hledger(text, folder, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv")
    rows = csv.DictReader(io.StringIO(answer.stdout))
    found = {(row["account"], row["commodity"]): _to_minor(row["balance"], row["commodity"]) for row in rows}
    return {place: minor for place, minor in found.items() if minor}


def _to_minor(text: str, currency: str) -> int:
    text = text.strip()
    return -parse_minor(text[1:], currency) if text.startswith("-") else parse_minor(text, currency)


def test_bean_check_accepts_the_story_and_finds_the_same_balances(story: Clock, tmp_path: Path) -> None:
    text = export(BookFormat.BEANCOUNT)
    checked = bean_check(text, tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")
    ours = list_ours()
    assert len(ours) > 15
    assert list_of_beancount(text, tmp_path) == ours


def test_hledger_accepts_the_story_and_finds_the_same_balances(story: Clock, tmp_path: Path) -> None:
    text = export(BookFormat.HLEDGER)
    checked = hledger(text, tmp_path, "check", "--strict")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert list_of_hledger(text, tmp_path) == list_ours()


@pytest.mark.django_db
def test_a_simulated_month_with_faults_is_proven_by_both_programs(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.WECHATPAY = {**settings.WECHATPAY, "sp_mchid": MERCHANT}
    Player(plant(draw_month(7), faults=12), Random("people 7")).play()
    text, journal = export(BookFormat.BEANCOUNT), export(BookFormat.HLEDGER)
    assert get_book_size().transactions > 300
    assert bean_check(text, tmp_path).returncode == 0
    assert hledger(journal, tmp_path, "check", "--strict").returncode == 0
    ours = list_ours()
    assert list_of_beancount(text, tmp_path) == ours
    assert list_of_hledger(journal, tmp_path) == ours


@pytest.mark.parametrize("hours", [5, 42, 97, 10_000])
def test_the_books_of_a_past_instant_are_those_of_then(story: Clock, tmp_path: Path, hours: int) -> None:
    until = Clock().now + timedelta(hours=hours)
    text = export(BookFormat.BEANCOUNT, until)
    assert bean_check(text, tmp_path).returncode == 0
    assert list_of_beancount(text, tmp_path) == list_ours(until)
    assert hledger(export(BookFormat.HLEDGER, until), tmp_path, "check", "--strict").returncode == 0


@pytest.mark.django_db
def test_a_test_that_is_rolled_back_can_export_what_it_posted(clock: Clock, tmp_path: Path) -> None:
    post(key="L1", event=ROWS["L1"][0], now=clock.now)
    text = export(BookFormat.BEANCOUNT)
    assert bean_check(text, tmp_path).returncode == 0
    assert list_of_beancount(text, tmp_path) == list_ours()


def test_nobody_exports_in_the_middle_of_a_transaction(committed_db: CommittedDatabase) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        export(BookFormat.BEANCOUNT)


def test_books_without_a_transaction_are_books(committed_db: CommittedDatabase, tmp_path: Path) -> None:
    assert export(BookFormat.BEANCOUNT).count("open") == 0
    assert bean_check(export(BookFormat.BEANCOUNT), tmp_path).returncode == 0
    assert hledger(export(BookFormat.HLEDGER), tmp_path, "check", "--strict").returncode == 0


def _one_fen_more(text: str) -> str:
    """In one entry, and in the one against it: the transaction still balances, the account does not."""
    return re.sub(r"(?m)^( +\S+  -?)114\.00 CNY$", r"\g<1>114.01 CNY", text, count=2)


def _one_entry_more(text: str) -> str:
    return text.replace("  255.00 CNY", "  255.01 CNY", 1)


def _another_account(text: str) -> str:
    place = text.index("255.00 CNY")
    return text[:place].replace("Psp-stripe", "Psp-wechatpay") + text[place:]


def _one_transaction_less(text: str) -> str:
    parts = text.split("\n\n")
    return "\n\n".join(part for part in parts if "story/C1" not in part)


def _one_transaction_twice(text: str) -> str:
    parts = text.split("\n\n")
    return "\n\n".join([*parts, next(part for part in parts if "story/C1" in part)]) + "\n"


def _cut_off(text: str) -> str:
    return text[: text.rindex("\n\n") + 1]


TAMPERINGS = [
    _one_fen_more,
    _one_entry_more,
    _another_account,
    _one_transaction_less,
    _one_transaction_twice,
    _cut_off,
]


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_books_that_were_changed_are_refused(story: Clock, tmp_path: Path, tamper: Callable[[str], str]) -> None:
    for book_format in BookFormat:
        sound = export(book_format)
        changed = tamper(sound)
        assert changed != sound
        if book_format is BookFormat.BEANCOUNT:
            assert bean_check(changed, tmp_path).returncode == 1
        else:
            assert hledger(changed, tmp_path, "check", "--strict").returncode == 1


def test_a_total_that_was_changed_in_the_database_is_refused(
    committed_db: CommittedDatabase, clock: Clock, tmp_path: Path
) -> None:
    tell(clock)
    sql = "UPDATE ledger_account SET posted_debits_minor = posted_debits_minor + 1 WHERE code = '1020'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
    checked = bean_check(export(BookFormat.BEANCOUNT), tmp_path)
    assert checked.returncode == 1
    assert "Balance failed for 'Assets:Main:1020-bank:Bank-main'" in checked.stderr
    assert hledger(export(BookFormat.HLEDGER), tmp_path, "check", "--strict").returncode == 1


def test_key_kind_subject_and_what_is_reversed_come_out_as_they_went_in(story: Clock, tmp_path: Path) -> None:
    query = (
        "SELECT DISTINCT entry_meta('number') AS id, entry_meta('key') AS key, entry_meta('kind') AS kind,"
        " entry_meta('subject') AS subject, entry_meta('reverses') AS reverses, entry_meta('posted') AS posted"
    )
    read = {row["key"]: row for row in bean_query(export(BookFormat.BEANCOUNT), query, tmp_path)}
    with transaction.atomic():
        written = {posted.key: posted for posted in iter_books()}
    assert set(read) == set(written)
    assert (read[ODD]["subject"], read[ODD]["kind"]) == (ODD, "points_earned")
    for key, posted in written.items():
        row = read[key]
        assert (int(row["id"]), row["kind"], row["subject"]) == (posted.transaction_id, posted.kind, posted.subject)
        assert datetime.fromisoformat(row["posted"]) == posted.created_at
    reversal = read["points back"]
    assert int(reversal["reverses"]) == written["points"].transaction_id
    tagged = bean_query(export(BookFormat.BEANCOUNT), "SELECT tags, links WHERE 'PAY-1' IN links", tmp_path)
    assert {(row["tags"], row["links"]) for row in tagged} >= {("main,payment_captured", "PAY-1")}


def test_hledger_finds_transactions_by_their_tags(story: Clock, tmp_path: Path) -> None:
    text = export(BookFormat.HLEDGER)
    found = hledger(text, tmp_path, "print", "tag:key=^story/C1$")
    assert found.stdout.count("payout_asked") == 2  # its head and its tag
    odd = hledger(text, tmp_path, "print", "tag:kind=points_earned", "tag:subject=顺丰")
    assert "0.01 CNY" in odd.stdout


def test_custody_is_kept_apart_from_our_own_books_and_proven_by_itself(story: Clock, tmp_path: Path) -> None:
    text = export(BookFormat.BEANCOUNT)
    rows = bean_query(text, "SELECT entry_meta('key') AS key, tags, account", tmp_path)
    assert {(row["account"].split(":")[1].lower() in row["tags"]) for row in rows} == {True}
    assert {row["account"].split(":")[1] for row in rows if row["key"] == "story/L4"} == {"Main", "Custody"}
    split = text.index('key: "story/L4"')
    ours, custody = text[split:].split('key: "story/L4"', 2)[1:]
    changed = ours.replace(" 6.00 CNY", " 6.01 CNY", 1), custody.replace(" -6.00 CNY", " -6.01 CNY", 1)
    borrowed = text[:split] + "".join(f'key: "story/L4"{part}' for part in changed)
    assert borrowed.count("6.01 CNY") == 2
    checked = bean_check(borrowed, tmp_path)
    assert checked.stderr.count("Transaction does not balance") == 2


def test_what_is_posted_meanwhile_is_not_half_in_the_file(
    committed_db: CommittedDatabase,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_db_blocker: Any,
) -> None:
    tell(clock)
    monkeypatch.setattr(writing, "STEP", 1)
    before = list_ours()
    stream, posted = io.StringIO(), []

    def post_more(done: int, total: int) -> None:
        if done == 1:
            thread = threading.Thread(target=_post_in_another_connection, args=(clock, posted, django_db_blocker))
            thread.start()
            thread.join()

    size = write_books(stream=stream, book_format=BookFormat.BEANCOUNT, on_progress=post_more)
    assert posted == [size.transactions + 1]
    assert bean_check(stream.getvalue(), tmp_path).returncode == 0
    assert list_of_beancount(stream.getvalue(), tmp_path) == before
    assert list_ours() != before


def _post_in_another_connection(clock: Clock, posted: list[int], blocker: Any) -> None:
    with blocker.unblock():
        try:
            with transaction.atomic():
                post(key="meanwhile", event=ROWS["L1"][0], now=clock.move(days=3))
            posted.append(get_book_size().transactions)
        finally:
            connection.close()


def test_thousands_of_transactions_are_written_in_parts(
    committed_db: CommittedDatabase, clock: Clock, tmp_path: Path
) -> None:
    with transaction.atomic():
        for batch in range(5):
            events = [PointsEarned(reference=f"P-{batch}-{number}", amount_minor=7) for number in range(500)]
            post_batch(requests=[Posting(event.reference, event) for event in events], now=clock.move(hours=9))
    seen: list[tuple[int, int]] = []
    largest = 0

    class Sink:
        def write(self, text: str, /) -> None:
            nonlocal largest
            largest = max(largest, len(text))

    write_books(stream=Sink(), book_format=BookFormat.HLEDGER, on_progress=lambda *at: seen.append(at))
    assert seen == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert largest < 1000
    text = export(BookFormat.BEANCOUNT)
    assert list_of_beancount(text, tmp_path) == list_ours()
    assert bean_check(text, tmp_path).returncode == 0
    assert trial_balance().balanced


def test_the_command_writes_a_file_whole_or_not_at_all(
    story: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "books.beancount"
    call_command("export_books", "--format", "beancount", "--to", str(file))
    assert file.read_text(encoding="utf-8") == export(BookFormat.BEANCOUNT)
    out, err = capsys.readouterr()
    assert "transactions were written to" in out
    assert re.search(r"\d+ of \d+ transactions", err)
    call_command("export_books", "--format", "hledger", "--until", "2026-11-24T08:00:00+08:00")
    assert capsys.readouterr().out == export(BookFormat.HLEDGER, datetime.fromisoformat("2026-11-24T00:00:00Z"))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_books", "--format", "beancount", "--to", str(tmp_path / "nowhere" / "books"))
    monkeypatch.setattr(writing.BeancountWriter, "write_transaction", _fail)
    with pytest.raises(RuntimeError):
        call_command("export_books", "--format", "beancount", "--to", str(file))
    assert file.read_text(encoding="utf-8").startswith("option")
    assert [found.name for found in tmp_path.iterdir()] == ["books.beancount"]


def _fail(*_: object) -> str:
    raise RuntimeError("the disk of the test is full")


def test_a_bar_moves_on_a_terminal_and_elsewhere_every_tenth_is_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for done in (*range(1000, 25_000, 1000), 25_000):
        export_books.show_progress(done, 25_000)
    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[0], lines[-1]) == (10, "3000 of 25000 transactions", "25000 of 25000 transactions")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for done in (1000, 2000):
        export_books.show_progress(done, 2000)
    half, whole = capsys.readouterr().err.removeprefix("\r").split("\r")
    assert (half.count("█"), half.count("░"), half.endswith("\n")) == (12, 12, False)
    assert (whole.count("█"), whole.count("░"), whole.endswith("\n")) == (24, 0, True)


@pytest.mark.parametrize("until", ["yesterday", "2026-11-24", "2026-11-24T08:00:00", ""])
def test_the_command_wants_an_instant_with_its_zone(until: str) -> None:
    with pytest.raises(CommandError, match=r"instant|time zone"):
        call_command("export_books", "--format", "beancount", "--until", until)


owners = st.builds(
    lambda kind, shop, rest: Owner(kind, f"{shop}/{rest}" if kind in (OwnerKind.ORDER, OwnerKind.SHOP_PSP) else rest),
    st.sampled_from(list(OwnerKind)[1:]),
    st.integers(1, 99),
    st.text(st.sampled_from("aZ09-u/:. é顺²٣2fd"), max_size=8),
)


@given(owners, owners)
def test_no_two_owners_share_a_name_and_every_name_can_be_read(one: Owner, other: Owner) -> None:
    first, second = name_account(Code.PAYABLE, one), name_account(Code.PAYABLE, other)
    assert (first == second) == (one == other)
    component = re.compile(r"[^\W_a-z][^\W_]*(?:-[^\W_]*)*")
    assert all(component.fullmatch(part) for part in first.split(":"))


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "CNY", "0.00 CNY"),
        (5, "CNY", "0.05 CNY"),
        (-123456789, "USD", "-1234567.89 USD"),
        (-1200, "JPY", "-1200 JPY"),
    ],
)
def test_amounts_have_all_their_decimals_and_no_more(minor: int, currency: str, text: str) -> None:
    assert format_amount(minor, currency) == text


def test_every_code_has_a_place_under_one_of_five_roots() -> None:
    names = {name_account(code, Owner.of_platform()) for code in Code}
    assert len(names) == len(Code)
    assert {name.split(":")[0] for name in names} == {"Assets", "Liabilities", "Income", "Expenses", "Equity"}
    assert {name.split(":")[1] for name in names} == {Book.MAIN.title(), Book.CUSTODY.title()}
