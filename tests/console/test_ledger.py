"""The books as staff look into them: looked up, stated between instants, proved, taken away."""

import io
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from billing.ledger.contracts import Code
from billing.ledger.exporting import BookFormat
from billing.ledger.rules import CodDelivered, CustodyCommissionSplit, EscrowReleased
from billing.ledger.selectors import get_last_proof, list_transactions, trial_balance
from billing.ledger.services import reverse
from billing.payments.selectors import get_payment
from console.ledger import streaming
from console.ledger.streaming import stream_books
from market.accounts.contracts import StaffRole
from market.audit.selectors import list_entries
from tests.billing.settlement.books import post_all

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 18, tzinfo=ZONE)


def sell(share_no: str, now: datetime, total: int = 5_000) -> list[int]:
    return post_all(
        CodDelivered(shop_id=7, share_no=share_no, carrier="sf", amount_minor=total),
        EscrowReleased(shop_id=7, share_no=share_no, amount_minor=total, commission_minor=250, commission_vat_minor=14),
        now=now,
    )


def test_what_somebody_has_in_hand_finds_the_transaction(world, enter) -> None:
    staff, share = enter(), world.paid.shares[0]
    provider_no = get_payment(world.paid.payment_no).shares[0].transaction_id
    for text in (share.share_no, world.paid.purchase_no, provider_no):
        page = staff.get("/ledger/transactions/", q=text)
        subjects = {row.subject for row in page.context["transactions"]}
        assert share.share_no in subjects, text
    first = list_transactions(limit=1)[0]
    for text in (first.key, f"T-{first.transaction_id}", str(first.transaction_id)):
        found = staff.get("/ledger/transactions/", q=text).context["transactions"]
        assert [row.transaction_id for row in found] == [first.transaction_id], text
    assert "No transaction like this" in staff.get("/ledger/transactions/", q="nothing'").content.decode()


def test_an_account_is_stated_between_two_instants(enter, clock) -> None:
    for number in range(3):
        sell(f"S-{number}", NOW + timedelta(hours=number))
    page = enter().get("/ledger/accounts/2020/", owner="7", since="2026-11-22T19:00", until="2026-11-22T20:00")
    stated = page.context["stated"]
    assert (stated.opening_minor, stated.closing_minor, page.context["change_minor"]) == (4_750, 9_500, 4_750)
    assert [row.subject for row in page.context["entries"]] == ["S-1"]
    wrong = enter().get("/ledger/accounts/2020/", owner="7", since="soon")
    assert wrong.status_code == 422
    assert "Enter a day and a time" in wrong.content.decode()


def test_a_long_statement_is_paged_within_its_instants(enter, clock, monkeypatch) -> None:
    monkeypatch.setattr("console.ledger.accounts.PAGE", 2)
    for number in range(5):
        sell(f"S-{number}", NOW + timedelta(hours=number))
    query, seen = {"owner": "7", "since": "2026-11-22T18:00", "until": "2026-11-22T22:00"}, []
    staff = enter()
    while True:
        page = staff.get("/ledger/accounts/2020/", **query)
        seen += [row.subject for row in page.context["entries"]]
        if page.context["next_cursor"] is None:
            break
        query["after"] = page.context["next_cursor"]
    assert seen == ["S-3", "S-2", "S-1", "S-0"]
    assert staff.get("/ledger/accounts/2020/", owner="7", after=query["after"]).status_code == 404


def test_accounts_of_a_code_are_narrowed(enter, clock) -> None:
    sell("S-1", NOW)
    post_all(CodDelivered(shop_id=8, share_no="S-2", carrier="sf", amount_minor=100), now=NOW)
    staff = enter()

    def owners(**query):
        return [row.account.owner.id for row in staff.get("/ledger/accounts/2010/", **query).context["accounts"]]

    assert owners() == ["7/S-1", "8/S-2"]
    assert owners(open="1") == ["8/S-2"]
    assert owners(shop="7") == ["7/S-1"]
    assert owners(shop="7", open="1") == []
    assert "No account like this" in staff.get("/ledger/accounts/2010/", shop="9").content.decode()


def test_a_transaction_shows_what_it_reverses_and_what_asked_for_it(world, enter) -> None:
    staff, paid = enter(), list_transactions(kind="custody_fee_taken", limit=1)[0]
    asked = staff.get(f"/ledger/transactions/{paid.transaction_id}/").content.decode()
    assert "posted at the first try" in asked
    with transaction.atomic():
        back = reverse(key="back", transaction_id=paid.transaction_id, now=timezone.now())
    original = staff.get(f"/ledger/transactions/{paid.transaction_id}/").content.decode()
    assert f'href="/ledger/transactions/{back.transaction_id}/"' in original
    assert "reverses it" in original
    reversal = staff.get(f"/ledger/transactions/{back.transaction_id}/").content.decode()
    assert f'href="/ledger/transactions/{paid.transaction_id}/"' in reversal
    assert "posted in line" in reversal


def test_entries_of_two_books_balance_each_by_itself(world, enter) -> None:
    number = post_split()
    tables = enter().get(f"/ledger/transactions/{number}/").context["tables"]
    assert sorted(table.book for table in tables) == ["custody", "main"]
    assert all(table.debit_minor == table.credit_minor for table in tables)


def post_split() -> int:
    split = CustodyCommissionSplit(
        psp="wechatpay", shop_id=7, share_no="W-1", commission_minor=600, commission_vat_minor=34
    )
    return post_all(split, now=timezone.now())[0]


def test_the_last_proof_is_shown_and_a_new_one_is_finances(enter, committed_db) -> None:
    sell("S-1", NOW)
    assert "Not proved yet" in enter().get("/ledger/").content.decode()
    assert enter(StaffRole.SUPPORT).post("/ledger/prove/").status_code == 403
    staff = enter(StaffRole.FINANCE)
    page = staff.client.post("/ledger/prove/", follow=True).content.decode()
    assert "Every entry was read: the books are sound." in page
    assert "recomputed from all 6 entries" in page
    assert get_last_proof().sound
    assert list_entries(action="books.proved")[0].actor_id == staff.user_id


def test_books_that_are_large_are_not_proved_while_one_waits(enter, committed_db, monkeypatch) -> None:
    staff = enter(StaffRole.FINANCE)
    staff.post("/ledger/prove/")
    monkeypatch.setattr("console.ledger.views.MOST_WAITED_MS", -1)
    page = staff.client.post("/ledger/prove/", follow=True).content.decode()
    assert "too large to be proved while you wait" in page
    assert "Prove them now" not in page


@pytest.mark.parametrize(("book_format", "ending"), [("beancount", "beancount"), ("hledger", "journal")])
def test_the_books_are_taken_away_and_it_is_written_down(enter, committed_db, book_format, ending) -> None:
    sell("S-1", NOW)
    staff = enter(StaffRole.FINANCE)
    answer = staff.client.post("/ledger/books/", {"format": book_format, "until": ""})
    content = b"".join(answer.streaming_content).decode()
    assert answer["Content-Disposition"].endswith(f'.{ending}"')
    assert "S-1" in content
    line = list_entries(action="books.taken")[0]
    assert (line.actor_id, line.target_id) == (staff.user_id, book_format)
    if book_format == "beancount":
        bean_check(content)


def bean_check(content: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.beancount"
        path.write_text(content)
        command = [str(Path(sys.executable).parent / "bean-check"), str(path)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_books_up_to_an_instant_leave_out_what_came_later(enter, committed_db) -> None:
    sell("S-1", NOW)
    sell("S-2", NOW + timedelta(hours=5))
    answer = enter(StaffRole.FINANCE).client.post("/ledger/books/", {"format": "hledger", "until": "2026-11-22T20:00"})
    content = b"".join(answer.streaming_content).decode()
    assert "S-1" in content
    assert "S-2" not in content


def test_only_finance_with_a_fresh_proof_takes_the_books(enter, committed_db) -> None:
    assert enter(StaffRole.SUPPORT).get("/ledger/books/").status_code == 403
    stale = enter(StaffRole.FINANCE, proved_at=timezone.now() - timedelta(minutes=16))
    for answer in (stale.get("/ledger/books/"), stale.post("/ledger/books/", format="beancount")):
        assert answer.status_code == 302 and "again=1" in answer["Location"]
    assert not list_entries(action="books.taken")
    wrong = enter(StaffRole.FINANCE).post("/ledger/books/", format="excel", until="soon")
    assert wrong.status_code == 422
    assert not list_entries(action="books.taken")


def test_a_reader_who_leaves_stops_the_writer(committed_db, monkeypatch) -> None:
    monkeypatch.setattr(streaming, "PIECE", 16)
    monkeypatch.setattr(streaming, "PATIENCE_SECONDS", 5.0)
    for number in range(20):
        sell(f"S-{number}", NOW)
    pieces = stream_books(BookFormat.BEANCOUNT, None)
    assert next(pieces)
    pieces.close()
    deadline = timezone.now() + timedelta(seconds=10)
    while any(thread.name == "books" for thread in streaming.threading.enumerate()):
        assert timezone.now() < deadline


def test_what_the_writer_raises_reaches_the_reader(committed_db, monkeypatch) -> None:
    def fail(*, stream: io.StringIO, **_: object) -> None:
        stream.write("x" * 70_000)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(streaming, "write_books", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        list(stream_books(BookFormat.HLEDGER, None))


def test_the_trial_balance_is_shown_as_it_stood(enter, clock) -> None:
    sell("S-1", NOW)
    sell("S-2", NOW + timedelta(hours=5))
    staff = enter()
    then = staff.get("/ledger/", at="2026-11-22T20:00").context["table"]
    now = staff.get("/ledger/").context["table"]
    balance = {row.line.code: row.line.balance_minor for row in then.rows}
    assert balance[Code.PAYABLE] == 4_750
    assert next(row.line.balance_minor for row in now.rows if row.line.code is Code.PAYABLE) == 9_500
    assert trial_balance(NOW).balanced
