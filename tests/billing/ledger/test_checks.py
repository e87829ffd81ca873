"""The one pass of the database over what a statement enters: each fault is found wherever it stands in a batch."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.ledger.models import Account, Entry
from billing.ledger.rules import Posting, ProviderFeeCharged, hash_payload
from billing.ledger.selectors import prove_ledger
from billing.ledger.services import post, post_batch
from tests.billing.ledger.books import ROWS
from tests.conftest import Clock

pytestmark = pytest.mark.django_db

INSERT = """
WITH t AS (
    INSERT INTO ledger_transaction (id, key, payload_hash, kind, subject, event, business_date, created_at)
    SELECT id, 'by hand/' || id, '', 'x', '', '{}', '2026-11-22', now() FROM unnest(%s::bigint[]) id
)
INSERT INTO ledger_entry
    (transaction_id, account_id, side, amount_minor, balance_after_minor, account_version, created_at)
SELECT t, a, s, m, b, v, now()
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[]) AS n (t, a, s, m, b, v)
"""

SIZES = st.integers(min_value=2, max_value=40)
Line = dict[str, int | str]


def _draw_up(pairs: int) -> list[Line]:
    """Transactions 1000, 1001 … of one debit and one credit each, raising the totals of two accounts to fit."""
    held, owed = Account.objects.get(code="1060"), Account.objects.get(code="2015")
    lines: list[Line] = []
    for number in range(pairs):
        for account, side in ((held, "D"), (owed, "C")):
            account.version += 1
            if side == "D":
                account.posted_debits_minor += 5
            else:
                account.posted_credits_minor += 5
            balance = abs(account.posted_debits_minor - account.posted_credits_minor)
            lines.append({"t": 1000 + number, "a": account.pk, "s": side, "m": 5, "b": balance, "v": account.version})
    for account in (held, owed):
        account.save(update_fields=["version", "posted_debits_minor", "posted_credits_minor"])
    return lines


def _enter(lines: list[Line], numbers: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [numbers, *([line[column] for line in lines] for column in "tasmbv")])


def _planted(lines: list[Line], place: int, fault: str) -> str:
    """Plant a fault at one line. Returns the constraint that has to refuse it."""
    line = lines[place]
    match fault:
        case "amount":
            line["m"] = 6
            return "ledger_entry_balanced"
        case "account":
            line["a"] = 2**40
            return "ledger_entry_references"
        case "transaction":
            line["t"] = 2**40
            return "ledger_entry_references"
        case "beyond":
            lines += [
                dict(like, t=999, b=int(like["b"]) + 5, v=int(like["v"]) + 1)  # the totals know nothing of these two
                for like in lines[-2:]
            ]
            return "ledger_entry_leads_to_totals"
        case "short":
            del lines[-2:]
            return "ledger_entry_leads_to_totals"
        case "balance":
            lines[-1]["b"] = int(lines[-1]["b"]) + 1
            return "ledger_entry_leads_to_totals"
        case _:
            lines[0]["t"] = lines[1]["t"] = 1
            return "ledger_entry_with_its_transaction"


FAULTS = ("amount", "account", "transaction", "beyond", "short", "balance", "earlier")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), pairs=SIZES, fault=st.sampled_from(("", *FAULTS)))
def test_one_fault_anywhere_in_a_statement_refuses_the_whole(
    data: st.DataObject, pairs: int, fault: str, clock: Clock
) -> None:
    with transaction.atomic():
        first = post(key="paid", event=ROWS["L1"][0], now=clock.now)
        before = Entry.objects.count()
        sound = transaction.savepoint()
        lines = _draw_up(pairs)
        place = data.draw(st.integers(min_value=0, max_value=len(lines) - 1))
        refused_by = _planted(lines, place, fault) if fault else ""
        if fault == "earlier":
            lines[0]["t"] = lines[1]["t"] = first.transaction_id
        numbers = sorted({int(line["t"]) for line in lines if line["t"] not in (first.transaction_id, 2**40)})
        if refused_by:
            with pytest.raises(DatabaseError) as refused:
                _enter(lines, numbers)
            assert refused.value.__cause__.diag.constraint_name == refused_by
            transaction.savepoint_rollback(sound)
            assert Entry.objects.count() == before
        else:
            _enter(lines, numbers)
            assert Entry.objects.count() == before + 2 * pairs
        assert prove_ledger().sound
        transaction.set_rollback(True)


def test_a_connection_that_posts_singles_posts_batches_as_well_and_back(clock: Clock) -> None:
    """One plan of the checks serves both."""

    def fee(number: int) -> Posting:
        return Posting(f"fee/{number}", ProviderFeeCharged(psp="stripe", reference=f"P-{number}", amount_minor=number))

    numbers = iter(range(1, 10_000))
    for size in (1, 1, 1, 1, 1, 1, 200, 1, 500, 2, 1):
        verdicts = post_batch(requests=[fee(next(numbers)) for _ in range(size)], now=clock.now)
        assert len({verdict.transaction_id for verdict in verdicts}) == size
    assert prove_ledger().sound
    assert [entry.transaction_id for entry in Entry.objects.order_by("pk")] == sorted(
        Entry.objects.values_list("transaction_id", flat=True)
    )


def test_the_hash_of_a_payload_stays_what_it_was_for_all_keys_ever_posted() -> None:
    share_paid = ROWS["L1"][0]
    assert hash_payload(share_paid.kind, share_paid.to_payload()) == (
        "ee034c06668282e111c31b86ece6bc9d22f18aa66241533fceec10fd2b8c2a17"
    )
    captured = ROWS["A1"][0]
    assert hash_payload(captured.kind, captured.to_payload()) == (
        "e09a39d51fb1883ef7d287d48f7449227a83dd8edc9eaca87d4cfe83aa1276ef"
    )
    assert hash_payload("x", {"名": "集市 ☃", "b": None, "a": [{"z": 1, "y": '"\\\n'}]}) == (
        "d7937c7daa44e0a4992b5fa17c3c42f276c927716cf27959310d77ef9d66a8d7"
    )


def test_the_instant_of_a_batch_is_that_of_its_accounts(clock: Clock) -> None:
    assert post_batch(requests=[], now=datetime(2026, 1, 1, tzinfo=UTC)) == []
    post(key="later", event=ROWS["L1"][0], now=clock.now)
    post_batch(requests=[Posting("earlier", ROWS["L1"][0])], now=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(set(Entry.objects.values_list("created_at", flat=True))) == 1
