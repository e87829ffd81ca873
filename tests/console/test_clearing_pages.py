"""The aged list, its reasons, and debts that are given up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.ledger.contracts import Code
from billing.ledger.selectors import get_balance
from billing.settlement.models import ClearingItem
from billing.settlement.selectors import list_write_offs
from billing.settlement.services import close_day, prove_night
from market.accounts.contracts import StaffRole
from tests.billing.settlement.sales import deliver, post_all, refund, sell, sold
from tests.console.test_commission_pages import page_of
from tests.console.test_pages import CHINESE, words_of


@pytest.fixture
def aged(any_db, make_shop) -> int:
    """Cash that a carrier has kept for three weeks, and money on its way of yesterday. Returns the shop's number."""
    now, shop_id = timezone.now(), make_shop("alpha").shop_id
    deliver(sold("S-1", shop_id=shop_id, carrier="慢递"), now - timedelta(days=21))
    post_all(now - timedelta(days=21))
    deliver(sold("S-2", shop_id=shop_id, carrier="快递"), now - timedelta(days=1))
    post_all(now - timedelta(days=1))
    prove_night(now=now)
    return shop_id


@pytest.fixture
def debt(any_db, make_shop) -> int:
    """A shop that owes us 50.00 for four months and 20.00 for a month."""
    now, shop_id = timezone.now(), make_shop("alpha").shop_id
    for days, amount in ((120, 5_000 + 4_550), (30, 2_000)):
        at = now - timedelta(days=days)
        if days == 120:
            sell("S-1", at, shop_id=shop_id)
        refund("S-1", amount, at, shop_id=shop_id)
        close_day(now=at + timedelta(days=1))
    return shop_id


def test_empty_pages_say_the_next_step(enter, db) -> None:
    staff = enter()
    assert "No night has been proved yet" in page_of(staff.get("/clearing/"))
    assert "No shop owes us anything" in page_of(staff.get("/debts/"))
    staff.client.post("/clearing/prove/")
    assert "Every clearing account is at zero" in page_of(staff.get("/clearing/"))
    for path in ("/clearing/", "/debts/"):
        assert CHINESE.search(enter().get(path, "zh-CN").content.decode().partition("<main")[2]), path


def test_the_list_is_aged_filtered_and_explained(aged, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    page = page_of(staff.get("/clearing/"))
    assert "慢递" in page and "快递" in page and "Say why" in page
    assert "快递" not in page_of(staff.get("/clearing/", state="overdue"))
    assert "慢递" not in page_of(staff.get("/clearing/", age="week"))
    assert "慢递" in page_of(staff.get("/clearing/", code="1030", age="month"))
    assert "Nothing on this list is like that" in page_of(staff.get("/clearing/", code="request"))
    home = " ".join(words_of(staff.get("/").content.decode()).split())
    assert "Not cleared in time, without a reason 1" in home
    item = ClearingItem.objects.get(owner_id="慢递")
    path = f"/clearing/{item.pk}/"
    assert staff.post(path, reason=" ").status_code == 422
    assert staff.post(path, reason="x" * 301).status_code == 422
    answer = staff.client.post(path, {"reason": "Pays in <December>."}, follow=True)
    assert "The reason is written down" in answer.content.decode() and "&lt;December&gt;" in answer.content.decode()
    assert "慢递" in page_of(staff.get("/clearing/", state="explained"))
    assert "Pays in" in page_of(staff.get(path)) and "Open its entries" in page_of(staff.get(path))
    entries = staff.get("/ledger/accounts/1030/", owner="慢递", currency="CNY")
    assert entries.status_code == 200 and "50.00" in entries.content.decode()


@pytest.mark.parametrize(
    "query", [{"state": "lost"}, {"age": "young"}, {"proof": "0"}, {"proof": "x"}, {"code": "12345678"}, {"after": "x"}]
)
def test_addresses_that_cannot_be_are_not_found(query, aged, enter) -> None:
    assert enter().get("/clearing/", **query).status_code == 404


def test_staff_look_again_and_at_earlier_proofs(aged, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    answer = staff.client.post("/clearing/prove/", follow=True)
    assert "1 to explain" in answer.content.decode()
    first = ClearingItem.objects.order_by("pk").first().proof_id
    assert "慢递" in page_of(staff.get("/clearing/", proof=first))


def test_only_finance_explains_and_gives_up(aged, enter) -> None:
    reader = enter(StaffRole.REVIEWER)
    item = ClearingItem.objects.first()
    assert reader.get(f"/clearing/{item.pk}/").status_code == 200
    assert reader.post(f"/clearing/{item.pk}/", reason="because").status_code == 403
    assert reader.post("/clearing/prove/").status_code == 403
    assert reader.get("/debts/").status_code == 200 and reader.get(f"/debts/{aged}/").status_code == 403
    stale = enter(StaffRole.FINANCE, proved_at=timezone.now() - timedelta(minutes=20))
    assert stale.get(f"/debts/{aged}/").status_code == 302


def test_the_old_part_of_a_debt_is_given_up_in_two_steps(debt, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    page = page_of(staff.get("/debts/"))
    assert "70.00" in page and "50.00" in page and "Give up" in page
    path = f"/debts/{debt}/"
    assert "Give ¥50.00 up" in page_of(staff.get(path))
    assert staff.post(path, reason="", amount="5000").status_code == 422
    changed = staff.client.post(path, {"reason": "gone", "amount": "7000"}, follow=True)
    assert "nothing was given up" in changed.content.decode() and not list_write_offs()
    done = staff.client.post(path, {"reason": "The shop is gone.", "amount": "5000"}, follow=True)
    assert "¥50.00 is given up" in done.content.decode() and "The shop is gone." in done.content.decode()
    again = staff.client.post(path, {"reason": "The shop is gone.", "amount": "5000"}, follow=True)
    assert "nothing was given up" in again.content.decode()
    assert get_balance(code=Code.BAD_DEBT).posted_minor == 5_000
    assert "No part of it is older" in page_of(staff.get(path))
    assert staff.get("/debts/999/").status_code == 404
