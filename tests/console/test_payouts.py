"""Payouts at the console: two people, the guard's words, the bank's files there and back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from billing.ledger.contracts import Code
from billing.ledger.rules import DisputeOpened
from billing.settlement.contracts.payouts import PayoutState
from billing.settlement.models.payouts import PayoutBatch
from billing.settlement.selectors.payouts import get_payout
from market.accounts.contracts import StaffRole
from market.audit.selectors import list_entries
from market.shops.contracts import Role
from market.shops.models import Membership
from tests.billing.settlement.payouts import CARD, OWNER, Till

HEAD = "batch,payout,amount,currency,result,reference,reason\n"


@pytest.fixture
def till(any_db, make_shop, clock) -> Till:
    clock.now = datetime.now(UTC)
    made = Till(make_shop("alpha", owner_id=OWNER), clock)
    made.earn(12_000, commission=600)
    made.name_account()
    return made


def body(answer) -> str:
    return answer.content.decode()


def approve_by_two(enter, number: str) -> None:
    for _ in range(2):
        answer = enter(StaffRole.FINANCE).client.post(f"/payouts/{number}/approve/", follow=True)
        assert "Approved" in body(answer)


def upload(staff, content: str):
    file = SimpleUploadedFile("answers.csv", content.encode(), content_type="text/csv")
    return staff.client.post("/payouts/files/answer/", {"file": file}, follow=True)


def test_the_queue_shows_what_waits_and_the_rail_counts_it(till, enter) -> None:
    staff, payout = enter(StaffRole.FINANCE), till.ask(5_000)
    page = body(staff.get("/payouts/"))
    assert payout.number in page and "50.00" in page and "····0128" in page
    assert payout.number not in body(staff.get("/payouts/", tab="sent"))
    assert payout.number in body(staff.get("/payouts/", tab="all", shop=till.shop_id))
    assert payout.number not in body(staff.get("/payouts/", tab="all", shop=999))
    assert staff.get("/payouts/", tab="nonsense").status_code == 404
    assert staff.get("/payouts/PO0/").status_code == 404


def test_two_people_let_it_pass_and_one_is_not_two(till, enter) -> None:
    number = till.ask(5_000).number
    first = enter(StaffRole.FINANCE)
    page = body(first.get(f"/payouts/{number}/"))
    assert "Books, open orders and provider agree." in page and CARD not in page
    assert "One person more is needed" in body(first.client.post(f"/payouts/{number}/approve/", follow=True))
    assert "You have approved it" in body(first.client.post(f"/payouts/{number}/approve/", follow=True))
    assert get_payout(number).state is PayoutState.ASKED
    second = enter(StaffRole.ADMIN)
    assert "Approved by two" in body(second.client.post(f"/payouts/{number}/approve/", follow=True))
    assert "gone on meanwhile" in body(second.client.post(f"/payouts/{number}/approve/", follow=True))
    assert get_payout(number).state is PayoutState.APPROVED
    assert {line.actor_id for line in list_entries(action="payout.approved")} == {first.user_id, second.user_id}


def test_who_works_in_the_shop_cannot_approve_for_it(till, enter) -> None:
    staff, number = enter(StaffRole.FINANCE), till.ask(5_000).number
    Membership.objects.create(shop_id=till.shop_id, user_id=staff.user_id, role=Role.GOODS.value, since=till.now)
    assert "two others have to approve it" in body(staff.client.post(f"/payouts/{number}/approve/", follow=True))
    assert get_payout(number).approvals == ()


def test_the_guards_doubts_stand_in_words_and_stop_it(till, enter) -> None:
    staff, number = enter(StaffRole.FINANCE), till.ask(5_000).number
    till.book("d", DisputeOpened(shop_id=till.shop_id, reference="D1", psp="stripe", amount_minor=700))
    page = body(staff.client.post(f"/payouts/{number}/approve/", follow=True))
    assert "The guard has doubts" in page and "2110: ¥7.00 is kept for open disputes." in page
    assert get_payout(number).approvals == ()


DEEDS = ("approve", "reject", "arrived", "failed", "returned")


def test_only_finance_that_proved_itself_lately_does_anything(till, enter) -> None:
    number = till.ask(5_000).number
    for role in (StaffRole.SUPPORT, StaffRole.REVIEWER):
        support = enter(role)
        page = body(support.get(f"/payouts/{number}/"))
        assert "Finance and admins decide" in page and "/approve/" not in page
        for path in [*(f"{number}/{deed}" for deed in DEEDS), "files/make", "files/answer"]:
            assert support.post(f"/payouts/{path}/").status_code == 403
        assert support.get("/payouts/files/BF0/file/").status_code == 403
    late = enter(StaffRole.FINANCE, proved_at=timezone.now() - timedelta(minutes=16))
    for path in [*(f"{number}/{deed}" for deed in DEEDS), "files/make", "files/answer"]:
        answer = late.post(f"/payouts/{path}/")
        assert answer.status_code == 302 and "accounts" in answer.headers["Location"]
    assert get_payout(number).state is PayoutState.ASKED
    assert enter(None).get("/payouts/").status_code == 403


def test_a_payout_is_stopped_with_a_reason_that_the_shop_reads(till, enter) -> None:
    staff, number = enter(StaffRole.FINANCE), till.ask(5_000).number
    answer = staff.post(f"/payouts/{number}/reject/", reason=" ")
    assert answer.status_code == 422 and "Say why" in body(answer)
    for _ in range(2):
        staff.client.post(f"/payouts/{number}/reject/", {"reason": "户名不符"}, follow=True)
    assert (get_payout(number).state, get_payout(number).reason) == (PayoutState.CANCELLED, "户名不符")
    assert till.balance(Code.PAYABLE) == 11_400


def test_a_file_is_made_once_fetched_by_name_and_answered(till, enter) -> None:
    numbers = [till.ask(amount).number for amount in (1_000, 2_000)]
    for number in numbers:
        approve_by_two(enter, number)
    staff = enter(StaffRole.FINANCE)
    assert "2 payouts are approved" in body(staff.get("/payouts/files/"))
    made = [staff.client.post("/payouts/files/make/", {"key": "k"}).headers["Location"] for _ in range(2)]
    batch = PayoutBatch.objects.get()
    assert made == [f"/payouts/files/{batch.number}/"] * 2
    shown = body(staff.get(made[0]))
    assert all(number in shown for number in numbers) and batch.sha256 in shown and CARD not in shown
    file = staff.get(f"{made[0]}file/")
    assert file.content.startswith(b"\xef\xbb\xbf") and CARD in file.content.decode()
    assert file.headers["Content-Disposition"] == f'attachment; filename="{batch.number}.csv"'
    assert "no-store" in file.headers["Cache-Control"] or "no-cache" in file.headers["Cache-Control"]
    assert list_entries(action="payout_batch.fetched")[0].actor_id == staff.user_id
    lines = [
        f"{batch.number},{numbers[0]},10.00,CNY,SUCCESS,B1,\n",
        f"{batch.number},{numbers[1]},20.00,CNY,FAILED,,销户\n",
    ]
    bad = upload(staff, HEAD + lines[0] + lines[1].replace("20.00", "20.01"))
    assert bad.status_code == 422 and "The amount is not the payout&#x27;s." in body(bad)
    assert {get_payout(number).state for number in numbers} == {PayoutState.SENT}
    for _ in range(2):
        assert "2 answers are recorded" in body(upload(staff, HEAD + "".join(lines)))
    assert [get_payout(number).state for number in numbers] == [PayoutState.CONFIRMED, PayoutState.FAILED]


def test_no_file_without_anything_to_send_and_none_that_cannot_be_read(till, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    assert "No approved payout goes to the bank" in body(staff.client.post("/payouts/files/make/", follow=True))
    assert staff.post("/payouts/files/answer/").status_code == 422
    for content, sentence in (("", "Choose the file"), ("x,y\n1,2\n", "The column is missing."), ("\0", "no CSV file")):
        assert sentence in body(upload(staff, content)) or not content
    assert staff.get("/payouts/files/BF0/").status_code == 404
    assert staff.get("/payouts/files/BF0/file/").status_code == 404


def test_one_answer_by_hand_and_the_bank_that_sends_it_back(till, enter) -> None:
    staff, number = enter(StaffRole.FINANCE), till.send(4_000).number
    assert staff.post(f"/payouts/{number}/arrived/", reference="").status_code == 422
    page = body(staff.client.post(f"/payouts/{number}/arrived/", {"reference": "B1"}, follow=True))
    assert "the bank paid it" in page and "Sent back by the bank?" in page
    early = body(staff.client.post(f"/payouts/{number}/returned/", {"reason": "退票"}, follow=True))
    assert "not in the books yet" in early
    till.clock.now = datetime.now(UTC)
    till.post()
    page = body(staff.client.post(f"/payouts/{number}/returned/", {"reason": "退票"}, follow=True))
    assert "The money is the shop&#x27;s again." in page
    assert get_payout(number).state is PayoutState.FAILED and till.balance(Code.PAYABLE) == 11_400
    assert "gone on meanwhile" in body(staff.client.post(f"/payouts/{number}/failed/", {"reason": "x"}, follow=True))
