"""Recording money from outside, and having parked work tried again."""

import pytest
from django.utils import timezone

from billing.ledger.contracts import Code, Owner
from billing.ledger.models import PostingRequest
from billing.ledger.selectors import get_balance, list_unposted
from billing.payments.selectors import get_share
from billing.settlement.selectors import find_release
from market.accounts.contracts import StaffRole
from market.audit.contracts import ActorKind
from market.audit.selectors import list_entries
from market.outbox.models import Delivery
from tests.console.conftest import park_event, park_request, settle

BANK = Owner.of_bank("main")


def test_a_carriers_remittance_reaches_the_books_and_the_shop(world, enter, clock) -> None:
    staff, share_no = enter(StaffRole.FINANCE), world.cod.shares[0].share_no
    page = staff.client.post(f"/cash/{share_no}/", {"fee": "0.40", "bank_account": "main"}, follow=True)
    assert f"¥9.60 for {share_no} is recorded" in page.content.decode()
    settle(timezone.now())
    assert get_balance(code=Code.BANK, owner=BANK).posted_minor == 960
    assert get_balance(code=Code.COD_RECEIVABLE, owner=Owner.of_carrier("顺丰速运")).posted_minor == 0
    release = find_release(share_no)
    assert release and release.cash_fee_minor == 40 and release.released_at
    line = list_entries(action="cash.remitted")[0]
    assert (line.actor_id, line.actor_kind, line.detail["fee_minor"]) == (staff.user_id, ActorKind.STAFF, 40)
    again = staff.client.post(f"/cash/{share_no}/", {"fee": "0.00", "bank_account": "main"}, follow=True)
    assert "it was recorded already" in again.content.decode()
    settle(timezone.now())
    assert get_balance(code=Code.BANK, owner=BANK).posted_minor == 960


WRONG_FEES = {
    "": "Enter an amount",
    "ten": "Enter digits",
    "-1": "without a minus",
    "0.005": "at most two decimals",
    "9" * 30: "more than a single amount",
    "10.01": "cannot be more than the cash, ¥10.00",
}


def test_a_wrong_fee_is_said_at_its_field_and_kept(world, enter) -> None:
    share_no, staff = world.cod.shares[0].share_no, enter()
    for fee, sentence in WRONG_FEES.items():
        answer = staff.post(f"/cash/{share_no}/", fee=fee, bank_account="main")
        page = answer.content.decode()
        assert answer.status_code == 422 and sentence in page and "id_fee_wrong" in page, fee
        assert not fee or f'value="{fee}"' in page, fee
    assert not find_release(share_no).cash_at


def test_a_providers_settlement_is_recorded_once(enter, clock, committed_db) -> None:
    staff = enter(StaffRole.FINANCE)
    fields = {"amount": "1,234.50", "reference": "20261122-1", "bank_account": "main"}
    page = staff.client.post("/settlement/", fields, follow=True).content.decode()
    assert "¥1,234.50 from WeChat Pay is recorded" in page
    staff.client.post("/settlement/", fields)
    settle(timezone.now())
    assert get_balance(code=Code.BANK, owner=BANK).posted_minor == 123_450
    assert list_entries(action="provider.settled")[0].detail["amount_minor"] == 123_450
    refused = staff.post("/settlement/", **{**fields, "amount": "1.00"})
    page = refused.content.decode()
    assert refused.status_code == 422 and "recorded with another amount" in page
    assert 'value="1.00"' in page and 'value="20261122-1"' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"amount": "0"}, "nothing needs no note"),
        ({"amount": "一百"}, "Enter digits"),
        ({"reference": ""}, "Enter the reference"),
        ({"reference": "a b<script>"}, "letters, digits and"),
        ({"reference": "x" * 61}, "at most 60"),
        ({"bank_account": ""}, "Enter the account"),
    ],
)
def test_a_wrong_settlement_changes_nothing_and_keeps_what_was_typed(enter, fields, sentence: str) -> None:
    typed = {"amount": "12.34", "reference": "ref-1", "bank_account": "main", **fields}
    answer = enter().post("/settlement/", **typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "<script>" not in page.partition("<main")[2]
    assert all(f'value="{value}"' in page for name, value in typed.items() if value and name not in fields)
    assert not PostingRequest.objects.exists()


def test_a_parked_posting_is_tried_again_and_audited(enter, clock) -> None:
    staff, request_id = enter(StaffRole.FINANCE), park_request(clock.now)
    page = staff.client.post(f"/ledger/requests/{request_id}/retry/", follow=True).content.decode()
    assert "tries it again within a second" in page
    assert not list_unposted()[0].parked
    line = list_entries(action="posting.retried")[0]
    assert (line.actor_id, line.target_id) == (staff.user_id, str(request_id))
    page = staff.client.post(f"/ledger/requests/{request_id}/retry/", follow=True).content.decode()
    assert "not parked any more" in page and len(list_entries(action="posting.retried")) == 1


def test_a_parked_event_is_delivered_again_and_audited(enter, clock) -> None:
    staff, delivery_id = enter(StaffRole.SUPPORT), park_event(clock.now)
    page = staff.client.post(f"/events/{delivery_id}/retry/", follow=True).content.decode()
    assert "delivered again within five seconds" in page
    assert Delivery.objects.get(pk=delivery_id).parked_at is None
    assert list_entries(action="event.retried")[0].actor_id == staff.user_id
    page = staff.client.post(f"/events/{delivery_id}/retry/", follow=True).content.decode()
    assert "not parked any more" in page and len(list_entries(action="event.retried")) == 1


def test_a_number_or_a_shops_name_leads_straight_there(world, enter) -> None:
    staff = enter()
    for typed, path in {
        world.paid.purchase_no: f"/purchases/{world.paid.purchase_no}/",
        f" {world.paid.shares[1].share_no.lower()} ": f"/purchases/{world.paid.purchase_no}/",
        "alpha": f"/shops/{world.fair.shops[0].shop_id}/",
        "T-1": "/ledger/transactions/1/",
        "1": "/ledger/transactions/1/",
        get_share(world.paid.shares[0].share_no).transaction_id: f"/purchases/{world.paid.purchase_no}/",
        "PO000": "/purchases/?q=PO000",
        "2611?": "/purchases/?q=2611%3F",
        "": "/purchases/?q=",
        "９": "/purchases/?q=%EF%BC%99",
    }.items():
        assert staff.get("/find", q=typed)["Location"] == path, typed
