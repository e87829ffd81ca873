"""What staff look up: by any name, in chains, between instants, a page at a time, and never by reading everything."""

import itertools
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import CodDelivered, EscrowReleased, PayoutAsked, PointsEarned, Posting
from billing.ledger.selectors import (
    balance_at,
    find_transaction_chain,
    get_account_statement,
    list_accounts,
    list_entries,
    list_transactions,
    search_transactions,
    trial_balance,
)
from billing.ledger.services import post, post_batch, reverse
from tests import databases
from tests.billing.ledger.books import M1, ROWS, STORY
from tests.conftest import Clock, _use

SHOP = Owner.of_shop(M1)


@pytest.fixture
def story(db: None, clock: Clock) -> Clock:
    for row in STORY:
        post(key=f"story/{row}", event=ROWS[row][0], now=clock.move(hours=1))
    return clock


def keys(text: str, **narrowed: object) -> list[str]:
    return [found.key for found in search_transactions(text=text, **narrowed)]  # type: ignore[arg-type]


def test_a_transaction_is_found_by_its_number_its_key_and_what_it_is_about(story: Clock) -> None:
    number = search_transactions(text="story/C1")[0].transaction_id
    for text in (str(number), f"T-{number}", f" t-{number} "):
        assert keys(text) == ["story/C1"]
    assert keys("OUT-1") == ["story/C2", "story/C1"]
    assert keys("OUT-1", kind="payout_confirmed") == ["story/C2"]
    assert keys("DP-1") == ["story/F4", "story/F3", "story/F2", "story/F1"]


def test_what_begins_so_is_found_when_nothing_is_called_so(story: Clock) -> None:
    for number in range(1, 4):
        event = PointsEarned(reference=f"M2611220001-{number}", amount_minor=number)
        post(key=f"points/{number}", event=event, now=story.now)
    assert keys("M2611220001") == ["points/3", "points/2", "points/1"]
    assert keys("M2611220001-2") == ["points/2"]
    assert keys("M261", limit=2) == ["points/3", "points/2"]
    first = search_transactions(text="M261", limit=2)
    assert keys("M261", before_id=first[-1].transaction_id) == ["points/1"]


@pytest.mark.parametrize(
    "text", ["", "  ", "M26", "%%%%", "____", "M26_", "\\", "OUT-1\0", "999999999999999999999", "-1"]
)
def test_texts_that_name_nothing_find_nothing(story: Clock, text: str) -> None:
    post(key="points", event=PointsEarned(reference="M2611", amount_minor=1), now=story.now)
    assert keys(text) == []


def test_a_subject_with_signs_of_a_pattern_is_found_as_it_is(story: Clock) -> None:
    for reference in ("100%_a\\b-1", "100%_a\\b-2", "100 %a b-3"):
        post(key=reference, event=PointsEarned(reference=reference, amount_minor=1), now=story.now)
    assert keys("100%_a\\b") == ["100%_a\\b-2", "100%_a\\b-1"]


def test_a_chain_shows_what_was_reversed_by_what_and_what_is_left(story: Clock) -> None:
    original = post(key="adv", event=ROWS["L6"][0], now=story.now)
    first = reverse(key="back/1", transaction_id=original.transaction_id, amount_minor=850, now=story.now)
    second = reverse(key="back/2", transaction_id=original.transaction_id, amount_minor=500, now=story.now)
    chain = find_transaction_chain(original.transaction_id)
    assert chain is not None
    assert chain.reverses is None
    assert [found.key for found in chain.reversals] == ["back/1", "back/2"]
    assert chain.reversible_minor == 2850 - 850 - 500
    back = find_transaction_chain(second.transaction_id)
    assert back is not None
    assert back.reverses is not None
    assert back.reverses.key == "adv"
    assert (back.reversals, back.reversible_minor) == ((), 500)
    again = reverse(key="forth", transaction_id=first.transaction_id, now=story.now)
    undone = find_transaction_chain(first.transaction_id)
    assert undone is not None
    assert ([found.transaction_id for found in undone.reversals], undone.reversible_minor) == (
        [again.transaction_id],
        0,
    )
    assert find_transaction_chain(10**12) is None


def test_a_chain_over_two_books_counts_the_larger_one(story: Clock) -> None:
    subsidised = search_transactions(text="story/L4")[0]
    chain = find_transaction_chain(subsidised.transaction_id)
    assert chain is not None
    assert chain.reversible_minor == 600


def test_accounts_are_narrowed_to_a_shop_and_to_what_is_open(story: Clock) -> None:
    post(
        key="open",
        event=CodDelivered(shop_id=M1, share_no="S-77", carrier="sf", amount_minor=700),
        now=story.now,
    )
    every = list_accounts(code=Code.ESCROW)
    assert [found.account.owner.id for found in list_accounts(code=Code.ESCROW, shop_id=M1)] == [
        "1/S-1",
        "1/S-9",
        "1/S-77",
    ]
    assert [found.account.owner.id for found in list_accounts(code=Code.ESCROW, open_only=True)] == ["1/S-77"]
    assert list_accounts(code=Code.ESCROW, open_only=True, after_id=every[-1].account_id) == []
    assert list_accounts(code=Code.ESCROW, currency="USD") == []
    pages, after = [], None
    while page := list_accounts(code=Code.ESCROW, after_id=after, limit=2):
        pages.append(len(page))
        after = page[-1].account_id
    assert sum(pages) == len(every) == 5


def test_a_statement_between_two_instants_leads_from_one_balance_to_the_other(story: Clock) -> None:
    begin = Clock().now
    cuts = [begin + timedelta(hours=hours) for hours in (0, 6, 9, 14, 27, 40)]
    for since, until in itertools.pairwise(cuts):
        statement = get_account_statement(code=Code.PAYABLE, owner=SHOP, since=since, until=until)
        moved = sum(entry.amount_minor if entry.side == "C" else -entry.amount_minor for entry in statement.entries)
        assert statement.opening_minor + moved == statement.closing_minor
        assert all(since <= entry.created_at < until for entry in statement.entries)
        assert statement.closing_minor == balance_at(
            code=Code.PAYABLE, owner=SHOP, at=until - timedelta(microseconds=1)
        )
        assert statement.next_version is None


def test_a_statement_is_read_a_page_at_a_time(db: None, clock: Clock) -> None:
    with_same_instant = [0, 0, 0, 1, 0, 1, 0]
    for number, seconds in enumerate(with_same_instant):
        event = PointsEarned(reference=f"P-{number}", amount_minor=number + 1)
        post(key=f"points/{number}", event=event, now=clock.move(seconds=seconds))
    window = {"since": Clock().now, "until": clock.now + timedelta(seconds=1)}
    seen, after = [], None
    for _ in range(10):
        page = get_account_statement(code=Code.POINTS, before_version=after, limit=2, **window)
        seen += [entry.amount_minor for entry in page.entries]
        assert (page.opening_minor, page.closing_minor) == (0, 28)
        after = page.next_version
        if after is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    nobody = get_account_statement(code=Code.PAYABLE, owner=Owner.of_shop(99), **window)
    assert (nobody.entries, nobody.opening_minor, nobody.closing_minor) == ((), 0, 0)


def test_the_trial_balance_of_any_instant_is_what_it_was_then(story: Clock) -> None:
    """The past is asked for at every instant, compared with what the entries of then add up to."""
    for hours in range(len(STORY) + 2):
        at = Clock().now + timedelta(hours=hours)
        lines = {(line.book, line.code): line for line in trial_balance(at).lines}
        for (_, code), line in lines.items():
            entries = [
                entry
                for account in list_accounts(code=code)
                for entry in list_entries(code=code, owner=account.account.owner, until=at + timedelta(seconds=1))
            ]
            assert line.debits_minor == sum(entry.amount_minor for entry in entries if entry.side == "D")
            assert line.credits_minor == sum(entry.amount_minor for entry in entries if entry.side == "C")
            assert line.accounts == len({entry.account for entry in entries})
    assert trial_balance(Clock().now).lines == ()
    after = trial_balance(story.now)
    assert [line for line in trial_balance().lines if line.debits_minor or line.credits_minor] == list(after.lines)
    assert trial_balance(datetime.max.replace(tzinfo=UTC)).lines == after.lines


def test_a_retried_page_does_not_show_an_entry_twice_while_others_are_posted(story: Clock) -> None:
    first = list_transactions(limit=3)
    post(key="new", event=ROWS["A0"][0], now=story.now)
    rest = list_transactions(before_id=first[-1].transaction_id, limit=3)
    assert not {found.key for found in first} & {found.key for found in rest}
    assert rest[0].transaction_id < first[-1].transaction_id


@pytest.fixture(scope="module")
def thousands(template_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Clock]:
    """Committed rows, enough of them and known to the planner, for a walk through a table to be seen."""
    before = connections["default"].settings_dict["NAME"]
    name = f"jishi_c_{os.getpid()}_lookups"
    databases.clone(template_database, name)
    _use(name)
    with django_db_blocker.unblock():
        try:
            clock = Clock()
            _post_thousands(clock)
            with psycopg.connect(databases.owner_url(name), autocommit=True) as owner:
                owner.execute("ANALYZE ledger_transaction, ledger_entry, ledger_account")
                owner.execute("SELECT brin_summarize_new_values('ledger_entry_when')")
            yield clock
        finally:
            connections["default"].close()
            _use(before)
            databases.drop(name)


@transaction.atomic
def _post_thousands(clock: Clock) -> None:
    for batch in range(10):
        events = [
            CodDelivered(shop_id=number % 50, share_no=f"N{batch}{number:04}", carrier="sf", amount_minor=9)
            for number in range(400)
        ]
        post_batch(requests=[Posting(event.share_no, event) for event in events], now=clock.move(hours=1))
    released = EscrowReleased(shop_id=1, share_no="N00001", amount_minor=9, commission_minor=0, commission_vat_minor=0)
    post(key="released", event=released, now=clock.now)
    asked = PayoutAsked(shop_id=1, reference="OUT-7", amount_minor=1)
    posted = post(key="rare", event=asked, now=clock.now)
    reverse(key="rare back", transaction_id=posted.transaction_id, now=clock.now)


MIDDLE = Clock().now + timedelta(hours=5)
CASH = {"code": Code.COD_RECEIVABLE, "owner": Owner.of_carrier("sf")}
LOOKUPS: dict[str, Callable[[], object]] = {
    "by number, key or subject": lambda: search_transactions(text="N30007"),
    "by what begins so": lambda: search_transactions(text="N3000"),
    "of a subject": lambda: list_transactions(subject="N30007"),
    "of a rare kind": lambda: list_transactions(kind="payout_asked"),
    "a chain": lambda: find_transaction_chain(search_transactions(text="rare")[0].transaction_id),
    "accounts of a rare code": lambda: list_accounts(code=Code.COD_RECEIVABLE),
    "accounts of a shop": lambda: list_accounts(code=Code.ESCROW, shop_id=7),
    "a statement in the middle": lambda: get_account_statement(
        since=MIDDLE, until=MIDDLE + timedelta(minutes=30), **CASH
    ),
    "its next page": lambda: get_account_statement(
        since=MIDDLE, until=MIDDLE + timedelta(hours=1), before_version=1990, **CASH
    ),
    "a balance": lambda: balance_at(at=MIDDLE, **CASH),
}


@pytest.mark.parametrize("lookup", list(LOOKUPS))
def test_no_lookup_reads_more_than_it_shows(thousands: Clock, lookup: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert LOOKUPS[lookup]()
    assert queries.captured_queries
    for query in queries.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (plan,) = cursor.fetchone()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        assert _most_rows(plan[0]["Plan"]) <= 400, json.dumps(plan, indent=1)


def _most_rows(node: dict[str, Any]) -> int:
    """How many rows the hungriest step of a plan looked at; the tables have thousands."""
    read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return max([read * node["Actual Loops"], *map(_most_rows, node.get("Plans", []))])


def test_the_trial_balance_of_lately_reads_only_what_came_since(thousands: Clock) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert trial_balance(thousands.now - timedelta(minutes=1)).balanced
    with connection.cursor() as cursor:
        # These few pages are read whole sooner: it is asked what is possible.
        cursor.execute("SET enable_seqscan = off; SET enable_indexscan = off; SET enable_indexonlyscan = off")
        cursor.execute(f"EXPLAIN {queries.captured_queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    connection.close()
    assert "ledger_entry_when" in plan, plan
