"""The clearing proof: zero, young, or on the aged list with a reason; and cheap."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.contracts import AccountRef, Book, Code, Owner
from billing.ledger.models import Entry, PostingRequest
from billing.ledger.rules import CLEARING_CODES, EscrowShare, PaymentCaptured, ProviderSettled
from billing.ledger.services import request_posting
from billing.settlement.contracts import ClearingState
from billing.settlement.models import ClearingItem, ClearingProof, Release
from billing.settlement.rules.clearing import AGES, DUE_AFTER, name_age, name_place
from billing.settlement.selectors import (
    ClearingFilter,
    count_clearing_items,
    find_clearing_item,
    find_clearing_proof,
    list_clearing_codes,
    list_clearing_items,
    list_clearing_notes,
    list_clearing_proofs,
)
from billing.settlement.services import (
    ClearingItemNotFound,
    NoReason,
    note_share,
    prove_clearing,
    prove_night,
    write_clearing_note,
)
from market.audit.models import AuditEntry
from tests import databases
from tests.billing.settlement.sales import CARRIER, SHOP, STAFF, deliver, post_all, remit, sell, sold

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def capture(reference: str, amount: int, now: datetime, share_no: str = "") -> None:
    """A provider owes us; the other side is an order's escrow."""
    event = PaymentCaptured(
        psp="stripe", reference=reference, cash_minor=amount, shares=(EscrowShare(SHOP, share_no or reference, amount),)
    )
    request_posting(key=f"captured:{reference}", event=event, now=now)
    post_all(now)


def settled(reference: str, amount: int, now: datetime) -> None:
    event = ProviderSettled(psp="stripe", reference=reference, bank_account="main", amount_minor=amount)
    request_posting(key=f"settled:{reference}", event=event, now=now)
    post_all(now)


def items(now: datetime, **only) -> dict[str, tuple[int, ClearingState]]:
    proof = find_clearing_proof()
    rows = list_clearing_items(proof_id=proof.proof_id, now=now, only=ClearingFilter(**only))
    return {row.code or row.subject: (row.balance_minor, row.state) for row in rows}


def test_every_account_that_must_clear_has_a_time_it_may_take():
    assert set(DUE_AFTER) == set(CLEARING_CODES)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=500)))
def test_every_age_has_one_name_and_lies_within_its_bounds(age):
    name = name_age(NOON - age, NOON)
    (found,) = [one for one in AGES if one.name == name]
    oldest, youngest = found.bounds(NOON)
    assert NOON - age <= youngest and (oldest is None or NOON - age > oldest)


def test_where_all_is_settled_nothing_is_on_the_list(db):
    sell("S-1", NOON)
    proof = prove_clearing(now=NOON + DAY)
    assert proof.cleared and proof.items == 0
    assert list_clearing_proofs() == [proof] == [find_clearing_proof()]


def test_a_balance_is_young_then_overdue_then_explained(db):
    deliver(sold("S-1"), NOON)
    post_all(NOON)
    assert prove_clearing(now=NOON + DAY).young == 1 and items(NOON + DAY) == {"1030": (5_000, ClearingState.YOUNG)}
    late = NOON + 16 * DAY
    proof = prove_clearing(now=late)
    assert (proof.overdue, proof.cleared) == (1, False)
    (item,) = list_clearing_items(proof_id=proof.proof_id, now=late)
    assert (item.since, item.overdue_at, item.owner_id) == (NOON, NOON + 15 * DAY, CARRIER)
    with pytest.raises(NoReason):
        write_clearing_note(item_id=item.item_id, reason=" \n", actor_id=STAFF, now=late)
    write_clearing_note(item_id=item.item_id, reason="The carrier pays in December.", actor_id=STAFF, now=late)
    found = find_clearing_item(item.item_id, now=late)
    assert found.state is ClearingState.EXPLAINED and found.note.written_by == STAFF
    assert count_clearing_items(proof_id=proof.proof_id, now=late)[ClearingState.EXPLAINED] == 1
    assert prove_clearing(now=late + DAY).cleared
    assert AuditEntry.objects.filter(action="clearing.explained").count() == 1


def test_a_reason_does_not_explain_what_came_after_it(db):
    first = sold("S-1")
    deliver(first, NOON)
    post_all(NOON)
    proof = prove_clearing(now=NOON + DAY)
    (item,) = list_clearing_items(proof_id=proof.proof_id, now=NOON)
    write_clearing_note(item_id=item.item_id, reason="asked the carrier", actor_id=STAFF, now=NOON + DAY)
    remit(first, NOON + 2 * DAY)
    deliver(sold("S-2"), NOON + 3 * DAY)
    post_all(NOON + 3 * DAY)
    prove_clearing(now=NOON + 20 * DAY)
    assert items(NOON + 20 * DAY)["1030"] == (5_000, ClearingState.OVERDUE)
    assert [note.reason for note in list_clearing_notes(item.place)] == ["asked the carrier"]


def test_a_busy_account_is_as_old_as_its_oldest_part_and_not_as_its_last_zero(db):
    for day in range(30):
        capture(f"P-{day}", 1_000, NOON + day * DAY)
        if day >= 2:
            settled(f"B-{day}", 1_000, NOON + day * DAY)
    now = NOON + 29 * DAY + timedelta(hours=1)
    prove_clearing(now=now)
    (item,) = [
        row for row in list_clearing_items(proof_id=find_clearing_proof().proof_id, now=now) if row.code == "1010"
    ]
    assert (item.balance_minor, item.since, item.state) == (2_000, NOON + 28 * DAY, ClearingState.YOUNG)


def test_a_provider_that_paid_too_much_is_on_the_list_too(db):
    capture("P-1", 1_000, NOON)
    settled("B-1", 1_500, NOON + DAY)
    prove_clearing(now=NOON + 2 * DAY)
    (item,) = [
        row for row in list_clearing_items(proof_id=find_clearing_proof().proof_id, now=NOON) if row.code == "1010"
    ]
    assert (item.balance_minor, item.since) == (-500, NOON + DAY)


def test_escrow_of_an_order_on_its_way_is_not_on_the_list_and_of_a_released_one_is_at_once(db):
    share = sold("S-1")
    deliver(share, NOON)
    post_all(NOON)
    prove_clearing(now=NOON + timedelta(hours=1))
    assert set(items(NOON)) == {"1030"}
    remit(share, NOON + DAY)
    note_share(share=share, completed=True, now=NOON + DAY)
    PostingRequest.objects.filter(kind="escrow_released").update(parked=True)
    post_all(NOON + DAY)
    prove_clearing(now=NOON + 2 * DAY)
    found = items(NOON + 2 * DAY)
    assert found["2010"] == (4_800, ClearingState.OVERDUE) and found["cod-released:S-1"][1] is ClearingState.OVERDUE
    assert prove_clearing(now=NOON + 9 * DAY).overdue == 2, "carried from proof to proof"
    PostingRequest.objects.filter(parked=True).update(parked=False)
    post_all(NOON + 9 * DAY)
    assert prove_clearing(now=NOON + 10 * DAY).items == 0


def test_escrow_that_settlement_never_heard_of_is_carried_until_it_is_overdue(db):
    capture("P-1", 1_000, NOON)
    settled("B-1", 1_000, NOON)
    prove_clearing(now=NOON + DAY)
    assert items(NOON + DAY) == {"2010": (1_000, ClearingState.YOUNG)}
    ClearingProof.objects.update(entries_upto=Entry.objects.latest("pk").pk)
    prove_clearing(now=NOON + 2 * DAY)
    prove_clearing(now=NOON + 46 * DAY)
    assert items(NOON + 46 * DAY) == {"2010": (1_000, ClearingState.OVERDUE)}


def test_requests_that_are_not_in_the_books_are_on_the_list(db):
    request_posting(
        key="settled:x",
        event=ProviderSettled(psp="stripe", reference="x", bank_account="main", amount_minor=1),
        now=NOON,
    )
    prove_clearing(now=NOON + timedelta(minutes=1))
    assert items(NOON + timedelta(minutes=1)) == {"settled:x": (0, ClearingState.YOUNG)}
    assert items(NOON + timedelta(minutes=11), code="request") == {"settled:x": (0, ClearingState.OVERDUE)}
    PostingRequest.objects.update(parked=True, error="unreadable")
    prove_clearing(now=NOON + timedelta(minutes=2), asked_by=STAFF)
    assert items(NOON + timedelta(minutes=2))["settled:x"][1] is ClearingState.OVERDUE


def test_the_list_is_found_by_state_code_and_age_and_goes_on_page_by_page(db):
    for number, age in enumerate((0, 3, 10, 40)):
        deliver(sold(f"S-{number}", carrier=f"C{number}"), NOON - age * DAY)
    post_all(NOON)
    capture("P-1", 700, NOON)
    proof = prove_clearing(now=NOON)

    def owners(**only) -> list[str]:
        rows = list_clearing_items(proof_id=proof.proof_id, now=NOON, only=ClearingFilter(**only))
        return [row.owner_id for row in rows]

    assert owners(code="1030") == ["C0", "C1", "C2", "C3"], "posted together, so equally old"
    assert list_clearing_codes(proof.proof_id) == ["1010", "1030", "2010"]
    assert owners(state=ClearingState.OVERDUE) == [] and owners(age="older") == []
    first = list_clearing_items(proof_id=proof.proof_id, now=NOON, limit=2)
    rest = list_clearing_items(proof_id=proof.proof_id, now=NOON, after_id=first[-1].item_id)
    assert len({row.place for row in [*first, *rest]}) == 6
    assert [row.since for row in [*first, *rest]] == sorted(row.since for row in [*first, *rest])


def test_a_night_is_proved_once_and_staff_may_ask_any_time(db):
    assert prove_night(now=NOON) and not prove_night(now=NOON + timedelta(hours=1))
    prove_clearing(now=NOON, asked_by=STAFF)
    prove_clearing(now=NOON, asked_by=STAFF)
    assert ClearingProof.objects.count() == 3
    assert prove_night(now=NOON + DAY)


def test_two_workers_prove_one_night_once(db, monkeypatch):
    seen = ClearingProof.objects.filter
    prove_night(now=NOON)
    monkeypatch.setattr(
        ClearingProof.objects, "filter", lambda **parts: seen(pk=0) if "business_date" in parts else seen(**parts)
    )
    assert not prove_night(now=NOON)
    assert ClearingProof.objects.count() == 1


def test_an_item_that_never_was_cannot_be_explained(db):
    with pytest.raises(ClearingItemNotFound):
        write_clearing_note(item_id=1, reason="because", actor_id=STAFF, now=NOON)
    assert find_clearing_item(1, now=NOON) is None and find_clearing_proof() is None


def test_the_name_of_a_place_fits_its_column():
    owner = Owner.of_order(10**18, "S" * 59)
    longest = name_place(AccountRef(Book.MAIN, "CNY", Code.ESCROW, owner))
    assert len(longest) <= ClearingItem._meta.get_field("place").max_length


def test_a_proof_reads_only_what_was_posted_since_the_last_one(db):
    """A thousand orders that have cleared long ago cost nothing."""
    for number in range(40):
        sell(f"S-{number}", NOON)
    prove_clearing(now=NOON + DAY)
    ClearingProof.objects.update(entries_upto=Entry.objects.latest("pk").pk)  # as if all of it were sealed
    Release.objects.update(released_at=NOON - 10 * DAY, completed_at=NOON - 10 * DAY)
    with CaptureQueriesContext(connection) as queries:
        prove_clearing(now=NOON + 2 * DAY)
    assert len(queries) <= 12, [query["sql"][:90] for query in queries]
    (touched,) = [query["sql"] for query in queries if "e.id >" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(touched)
        assert cursor.fetchall() == []


def test_a_hundred_thousand_cleared_orders_are_not_read(committed_db):
    """Statistics are the owner's to make; the accounts are like those of orders that have cleared."""
    with psycopg.connect(databases.owner_url(committed_db.name), autocommit=True) as owner:
        owner.execute(
            "INSERT INTO ledger_account (book, currency, code, owner_kind, owner_id, shop_id, normal, floor_kind,"
            " floor_minor, posted_debits_minor, posted_credits_minor, pending_debits_minor, pending_credits_minor,"
            " version, opened_at) SELECT 'main', 'CNY', '2010', 'order', '1/S-' || n, 1, 'C', 'zero', 0, 5, 5, 0, 0, 2,"
            " now() FROM generate_series(1, 100000) n"
        )
        owner.execute("ANALYZE ledger_account")
    sell("S-1", NOON)
    prove_clearing(now=NOON)
    with CaptureQueriesContext(connection) as queries:
        prove_clearing(now=NOON + DAY)
    asked = [
        query["sql"] for query in queries if query["sql"].startswith("SELECT") and "ledger_account" in query["sql"]
    ]
    assert asked
    with connection.cursor() as cursor:
        for question in asked:
            cursor.execute(f"EXPLAIN {question}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan on ledger_account" not in plan, f"{question}\n{plan}"
