"""The page on how money flows says what is posted: its tables are read here and compared with the books."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from billing.ledger.contracts import Book, FloorKind, OwnerKind, Side, TransactionView
from billing.ledger.models import Account
from billing.ledger.rules import CHART, EVENT_KINDS, PlanSold
from billing.ledger.selectors import get_transaction
from billing.ledger.services import post
from market.money import format_minor
from tests.billing.ledger.books import ROWS, STORY, write_legs
from tests.conftest import Clock

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "money.md").read_text(encoding="utf-8")
OWNERS = {OwnerKind.PSP: "provider", OwnerKind.SHOP_PSP: "shop at provider"}


def read_table(*head: str) -> Iterator[list[str]]:
    """The rows of every table that begins with these columns."""
    lines = iter(PAGE.splitlines())
    for line in lines:
        if not line.startswith("|") or _cells(line)[: len(head)] != list(head):
            continue
        next(lines)
        for row in lines:
            if not row.startswith("|"):
                break
            yield _cells(row)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def to_yuan(legs: str) -> str:
    """`1010:stripe 25500; …` as the page writes it."""
    return re.sub(r" (\d+)(?=;|$)", lambda found: f" {format_minor(int(found[1])).replace(',', '')}", legs)


def write_posted(posted: TransactionView, side: Side) -> str:
    """The entries of one side that are in the books, as the page writes them."""
    entries = [entry for entry in posted.entries if entry.side is side]
    parts = (
        f"{entry.account.code}{':' if entry.account.owner.id else ''}{entry.account.owner.id} {entry.amount_minor}"
        for entry in entries
    )
    return to_yuan("; ".join(parts))


@pytest.mark.django_db
def test_every_row_of_the_story_is_what_is_in_the_books_after_it_was_posted(clock: Clock) -> None:
    told = {row: (kind, debit, credit) for row, _, kind, debit, credit in read_table("row")}
    assert [row for row in told if row in STORY] == STORY, "the page tells the story in its order"
    for row in STORY:
        event = ROWS[row][0]
        posted = get_transaction(post(key=row, event=event, now=clock.move(seconds=1)).transaction_id)
        assert posted is not None
        assert told[row] == (f"`{posted.kind}`", write_posted(posted, Side.DEBIT), write_posted(posted, Side.CREDIT))
    left = {}
    for account in Account.objects.all():
        minor = account.posted_debits_minor - account.posted_credits_minor
        minor = minor if account.normal == "D" else -minor
        if minor:
            left[f"{account.code}{':' if account.owner_id else ''}{account.owner_id}"] = format_minor(minor)
    assert {name: yuan for name, yuan, _ in read_table("account", "yuan")} == left


def test_every_other_row_is_what_its_rule_posts() -> None:
    told = {row: (kind, debit, credit) for row, _, kind, debit, credit in read_table("row")}
    assert set(told) == set(ROWS)
    for row in set(ROWS) - set(STORY):
        event = ROWS[row][0]
        debit, credit = (to_yuan(write_legs(event.legs(), side)) for side in Side)
        assert told[row] == (f"`{event.kind}`", debit, credit), row


def test_the_order_that_is_followed_adds_up() -> None:
    [*parts, total] = read_table("where it came from")
    came = {name: Decimal(yuan) for name, yuan, _, _ in parts}
    went = {name: Decimal(yuan) for _, _, name, yuan in parts}
    assert sum(came.values()) == sum(went.values()) == Decimal(total[1]) == Decimal(total[3])
    released = ROWS["B"][0].to_payload()
    net, vat = released["commission_minor"] - released["commission_vat_minor"], released["commission_vat_minor"]
    assert [int(100 * yuan) for yuan in went.values()] == [ROWS["C2"][0].to_payload()["amount_minor"], net, vat]
    paid, subsidised = ROWS["L1"][0].to_payload(), ROWS["L2"][0].to_payload()
    assert [int(100 * yuan) for yuan in came.values()] == [
        paid["amount_minor"],
        subsidised["coupon_minor"],
        subsidised["points_minor"],
    ]


def test_the_chart_of_accounts_is_the_one_that_is_used() -> None:
    told = list(read_table("code", "name"))
    assert [row[0] for row in told] == [code.value for code in CHART]
    for code, name, chinese, whose, normal, notes in told:
        line = next(line for line in CHART.values() if line.code == code)
        owner = OWNERS.get(line.owner_kind, line.owner_kind.value)
        assert [name, whose, normal] == [line.name, owner, line.normal.name.lower()]
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert ("clears" in notes) == line.clears
        assert ("only by refunds and disputes" in notes) == line.guarded
        assert ("never below zero" in notes) == (line.floor is FloorKind.ZERO)
        assert ("book custody" in notes) == (line.book is Book.CUSTODY)


def test_the_page_says_which_kinds_are_posted_today() -> None:
    """A feature that begins to post a kind has to say so there."""
    sources = "\n".join(
        file.read_text(encoding="utf-8")
        for zone in ("billing", "tenants", "platform", "search", "storefront", "merchant_portal")
        for file in (ROOT / zone).rglob("*.py")
        if "billing/ledger/rules" not in file.as_posix()
    )
    sources = re.sub(r"^from \S+ import (?:\([^)]*\)|.*)", "", sources, flags=re.MULTILINE)
    used = {kind for kind, event in EVENT_KINDS.items() if re.search(rf"\b{event.__name__}\b", sources)}
    [sentence] = re.findall(r"Posted today are (.+?)\. The", PAGE, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", sentence)) == used
    assert PlanSold.kind not in used, "what only has rules is not posted: this check can tell"
