"""What the database refuses by itself, for the application's role and for the owner of its tables."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from billing.ledger.models import Account, PostingRequest
from billing.ledger.selectors import prove_ledger
from billing.ledger.services import post, request_posting, reverse
from tests.billing.ledger.books import ROWS
from tests.conftest import Clock, CommittedDatabase


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


@pytest.fixture
def paid(db: None, clock: Clock) -> int:
    return post(key="paid", event=ROWS["L1"][0], now=clock.now).transaction_id


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_transaction SET kind = 'x'",
        "UPDATE ledger_entry SET amount_minor = 1",
        "DELETE FROM ledger_transaction",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry, ledger_transaction CASCADE",
        "TRUNCATE ledger_entry",
        "DELETE FROM ledger_account",
        "UPDATE ledger_account SET code = '2020'",
        "UPDATE ledger_account SET owner_id = '9'",
        "DELETE FROM ledger_hold",
        "DELETE FROM ledger_postingrequest",
        "UPDATE ledger_postingrequest SET payload = '{}'",
        "UPDATE ledger_hold SET account_id = 1",
        "UPDATE ledger_seal SET head = ''",
        "DELETE FROM ledger_seal",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    ],
)
def test_the_application_is_not_granted_what_it_must_not_do(paid: int, statement: str) -> None:
    with pytest.raises(ProgrammingError):
        run(statement)


@pytest.fixture
def owner(committed_db: CommittedDatabase, django_db_blocker, clock: Clock) -> Iterator[psycopg.Connection]:
    """A connection as the tables' owner to books with one committed posting, one reversal and one request."""
    with django_db_blocker.unblock(), transaction.atomic():
        posted = post(key="paid", event=ROWS["L1"][0], now=clock.now)
        reverse(key="back", transaction_id=posted.transaction_id, amount_minor=10, now=clock.now)
        request_posting(key="asked", event=ROWS["L3"][0], now=clock.now)
    with psycopg.connect(committed_db.environment["DATABASE_OWNER_URL"]) as connected:
        yield connected
        connected.rollback()


OWNER_IS_REFUSED = [
    "UPDATE ledger_transaction SET kind = 'x'",
    "UPDATE ledger_transaction SET kind = 'x' WHERE false",
    "UPDATE ledger_entry SET amount_minor = 1",
    "DELETE FROM ledger_transaction",
    "DELETE FROM ledger_entry WHERE id = 1",
    "TRUNCATE ledger_entry, ledger_transaction, ledger_holdstep, ledger_postingrequest",
    "TRUNCATE ledger_entry",
    "DELETE FROM ledger_account",
    "TRUNCATE ledger_account CASCADE",
    "UPDATE ledger_account SET owner_id = '9'",
    "UPDATE ledger_account SET posted_debits_minor = 0 WHERE code = '1060'",
    "UPDATE ledger_account SET version = version - 1",
    "UPDATE ledger_postingrequest SET kind = 'x'",
    "DELETE FROM ledger_postingrequest",
    "DELETE FROM ledger_seal",
    "UPDATE ledger_seal SET head = ''",
    "TRUNCATE ledger_seal",
]


def test_the_owner_of_the_tables_is_refused_too(owner: psycopg.Connection) -> None:
    for statement in OWNER_IS_REFUSED:
        with pytest.raises(psycopg.errors.RestrictViolation), owner.transaction():
            owner.execute(statement)


def _write(*sides: tuple[Account, str, int], kind: str = "custody_share_paid", reverses: int | None = None) -> None:
    """A transaction written by hand in one statement, with the balances and versions its accounts have come to."""
    values: list[object] = [kind, reverses]
    for account, side, amount in sides:
        column = "posted_debits_minor" if side == "D" else "posted_credits_minor"
        run(
            f"UPDATE ledger_account SET {column} = {column} + %s, version = version + 1 WHERE id = %s",
            amount,
            account.pk,
        )
        account.refresh_from_db()
        balance = account.posted_debits_minor - account.posted_credits_minor
        values += [account.pk, side, amount, balance if account.normal == "D" else -balance, account.version]
    rows = ", ".join(["(%s::bigint, %s, %s::bigint, %s::bigint, %s::bigint)"] * len(sides))
    run(
        "WITH t AS (INSERT INTO ledger_transaction"
        " (key, payload_hash, kind, subject, event, reverses_id, business_date, created_at)"
        " VALUES (md5(random()::text), '', %s, '', '{}', %s, '2026-11-22', now()) RETURNING id)"
        f" {INSERT_ENTRY} SELECT t.id, n.*, now() FROM t, (VALUES {rows}) n",
        *values,
    )


INSERT_TRANSACTION = (
    "INSERT INTO ledger_transaction (key, payload_hash, kind, subject, event, business_date, created_at)"
    " VALUES ('by hand', '', 'x', '', '{}', '2026-11-22', now())"
)
INSERT_ENTRY = (
    "INSERT INTO ledger_entry (transaction_id, account_id, side, amount_minor, balance_after_minor,"
    " account_version, created_at)"
)


def _accounts() -> tuple[Account, Account]:
    return Account.objects.get(code="1060"), Account.objects.get(code="2015")


def refuses(constraint: str) -> "pytest.RaisesExc[DatabaseError]":
    return pytest.raises(
        DatabaseError, check=lambda error: getattr(error.__cause__.diag, "constraint_name", None) == constraint
    )


def test_a_posting_by_hand_that_is_right_is_let_through(paid: int) -> None:
    held, owed = _accounts()
    _write((held, "D", 5), (owed, "C", 5))
    assert prove_ledger().sound


def test_an_unbalanced_transaction_is_refused(paid: int) -> None:
    held, owed = _accounts()
    with refuses("ledger_entry_balanced"), transaction.atomic():
        _write((held, "D", 5), (owed, "C", 4))
    with refuses("ledger_entry_balanced"), transaction.atomic():
        _write((held, "D", 5))


def test_two_books_do_not_balance_each_other(paid: int, clock: Clock) -> None:
    post(key="A0", event=ROWS["A0"][0], now=clock.now)
    held, points = Account.objects.get(code="1060"), Account.objects.get(code="2090")
    with refuses("ledger_entry_balanced"), transaction.atomic():
        _write((held, "D", 5), (points, "C", 5))


def test_a_transaction_without_entries_is_refused(db: None) -> None:
    with refuses("ledger_transaction_not_empty"):
        run(INSERT_TRANSACTION)


@pytest.mark.parametrize(
    ("number", "account", "amount", "balance", "version", "constraint"),
    [
        ("{paid}", "{held}", 0, 10552, 2, "ledger_entry_amount_positive"),
        ("{paid}", "{held}", -5, 10547, 2, "ledger_entry_amount_positive"),
        ("{paid}", "{held}", 5, 10557, 1, "ledger_entry_account_version"),
        (2**40, "{held}", 5, 10557, 2, "ledger_entry_references"),
        ("{paid}", 2**40, 5, 5, 2, "ledger_entry_references"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(
    paid: int, number: object, account: object, amount: int, balance: int, version: int, constraint: str
) -> None:
    held, _ = _accounts()
    number = paid if number == "{paid}" else number
    account = held.pk if account == "{held}" else account
    with refuses(constraint):
        run(f"{INSERT_ENTRY} VALUES (%s, %s, 'D', %s, %s, %s, now())", number, account, amount, balance, version)


def test_entries_cannot_be_added_later(paid: int) -> None:
    held, owed = _accounts()
    with refuses("ledger_entry_with_its_transaction"):
        run(
            f"{INSERT_ENTRY} VALUES (%s, %s, 'D', 5, 10557, 2, now()), (%s, %s, 'C', 5, 10557, 2, now())",
            paid,
            held.pk,
            paid,
            owed.pk,
        )


def test_entries_that_do_not_lead_to_the_totals_are_refused(paid: int) -> None:
    held, owed = _accounts()
    with refuses("ledger_entry_leads_to_totals"):
        run(
            INSERT_TRANSACTION.replace("INSERT", "WITH t AS (INSERT", 1)
            + f" RETURNING id) {INSERT_ENTRY} SELECT t.id, n.*, now() FROM t,"
            " (VALUES (%s::bigint, 'D', 5, 10557, 2), (%s::bigint, 'C', 5, 10557, 2)) n",
            held.pk,
            owed.pk,
        )


def test_a_balance_under_its_floor_is_refused(db: None, clock: Clock) -> None:
    post(key="H1", event=ROWS["H1"][0], now=clock.now)
    for column in ("posted_debits_minor", "pending_debits_minor"):
        with refuses("ledger_account_above_floor"):
            run(f"UPDATE ledger_account SET {column} = {column} + 50001 WHERE code = '2050'")
        run(f"UPDATE ledger_account SET {column} = {column} + 1 WHERE code = '2050'")


@pytest.mark.parametrize(
    ("kind", "refused"),
    [("payout_asked", True), ("refundish", True), ("refund_after_release", False), ("dispute_opened", False)],
)
def test_a_payable_goes_below_zero_only_by_refunds_and_disputes(
    db: None, clock: Clock, kind: str, refused: bool
) -> None:
    for row in ("G1", "G3", "C1"):
        event = ROWS[row][0]
        post(key=row, event=event if row != "C1" else _small_payout(), now=clock.now)
    payable, transit = Account.objects.get(code="2020"), Account.objects.get(code="2030")
    if refused:
        with refuses("ledger_entry_payable_guarded"), transaction.atomic():
            _write((payable, "D", 4550), (transit, "C", 4550), kind=kind)
    else:
        _write((payable, "D", 4550), (transit, "C", 4550), kind=kind)


def _small_payout():
    return type(ROWS["C1"][0])(shop_id=1, reference="O", amount_minor=1)


def test_more_than_was_posted_cannot_be_reversed(paid: int) -> None:
    held, owed = _accounts()
    with refuses("ledger_entry_reversal_bounded"), transaction.atomic():
        _write((owed, "D", 10553), (held, "C", 10553), kind="reversal", reverses=paid)
    _write((owed, "D", 552), (held, "C", 552), kind="reversal", reverses=paid)
    with refuses("ledger_entry_reversal_bounded"), transaction.atomic():
        _write((owed, "D", 10001), (held, "C", 10001), kind="reversal", reverses=paid)
    with refuses("ledger_entry_reversal_bounded"), transaction.atomic():
        _write((held, "D", 1), (owed, "C", 1), kind="reversal", reverses=paid)


def test_more_than_was_held_cannot_be_posted(db: None, clock: Clock) -> None:
    post(key="H1", event=ROWS["H1"][0], now=clock.now)
    wallet = Account.objects.get(code="2050")
    run(
        "INSERT INTO ledger_hold (key, payload_hash, kind, account_id, amount_minor, posted_minor, state, created_at)"
        " VALUES ('h', '', 'slot_bid', %s, 100, 0, 'open', now())",
        wallet.pk,
    )
    with refuses("ledger_hold_not_more_than_held"):
        run("UPDATE ledger_hold SET posted_minor = 101")
    run("UPDATE ledger_hold SET posted_minor = 100, state = 'closed'")
    for change in ("state = 'open'", "posted_minor = 99"):
        with pytest.raises(IntegrityError):
            run(f"UPDATE ledger_hold SET {change}")


def test_a_posted_request_is_final(db: None, clock: Clock) -> None:
    posted = post(key="k", event=ROWS["L1"][0], now=clock.now)
    request_posting(key="k", event=ROWS["L1"][0], now=clock.now)
    PostingRequest.objects.update(transaction_id=posted.transaction_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingRequest.objects.update(transaction_id=None)


def test_the_tests_run_as_the_application(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("jishi_app", False)
    assert "jishi_owner" in os.environ["DATABASE_OWNER_URL"]
