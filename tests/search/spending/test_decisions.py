"""Decisions are stored many at a time: copied where all are new, row by row where some are known."""

import uuid
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from billing.settlement.services.days import business_date
from search.spending.contracts import StoredDecision
from search.spending.models import Decision
from search.spending.services import DECISIONS_AT_ONCE, store_decisions
from tests.conftest import Clock, CommittedDatabase

MANY = DECISIONS_AT_ONCE + 5


def make_decisions(now: datetime, count: int) -> list[StoredDecision]:
    """With texts that a copy, JSON and SQL each have to write in a way of their own."""
    one = StoredDecision(
        decision_id=uuid.uuid4(), day=business_date(now), decided_at=now, page="search", query="茶\t\\壶\n'\"\0%s\\N",
        region="31", auction='{"context":"\\\\ \\t \\u0000"}', person="p", network="n", lines=(),
    )  # fmt: skip
    return [replace(one, decision_id=uuid.uuid4()) for _ in range(count)]


def read_all() -> list[tuple[object, ...]]:
    columns = ("day", "decided_at", "page", "query", "region", "auction", "person", "network", "lines", "held_out")
    return list(Decision.objects.order_by("decision_id").values_list("decision_id", *columns))


def test_what_is_copied_and_what_is_inserted_is_the_same(clock: Clock, db: None) -> None:
    decisions = make_decisions(clock.now, MANY)
    assert store_decisions(decisions) == MANY
    copied = read_all()
    assert {row[4] for row in copied} == {"茶\t\\壶\n'\"%s\\N"}
    assert {row[6] for row in copied} == {decisions[0].auction}
    Decision.objects.all().delete()
    assert store_decisions([decision for one in decisions for decision in (one, one)]) == MANY, "none was copied"
    assert read_all() == copied
    assert {row[7] for row in copied} != {None} and {row[8] for row in copied} != {None}


@pytest.mark.parametrize("inside", [True, False])
def test_those_that_are_known_are_passed_over_and_the_others_stored(
    clock: Clock, committed_db: CommittedDatabase, inside: bool
) -> None:
    decisions = make_decisions(clock.now, MANY)
    assert store_decisions(decisions[:3]) == 3
    if inside:
        with transaction.atomic():
            assert store_decisions(decisions) == MANY - 3
            assert Decision.objects.count() == MANY, "the transaction goes on"
    else:
        assert store_decisions(decisions) == MANY - 3
    assert store_decisions(decisions) == 0
    assert Decision.objects.count() == MANY
    connection.close()


def test_what_fails_in_between_stores_nothing_of_its_statement_and_says_so_in_djangos_words(
    clock: Clock, committed_db: CommittedDatabase
) -> None:
    first, second, third = make_decisions(clock.now, 3)
    with pytest.raises(DatabaseError):
        store_decisions([first, replace(second, page="x" * 1_000_000 + "\0"), third])
    told: list[None] = []

    def fail() -> None:
        told.append(None)
        if len(told) == 2:
            raise RuntimeError("told")

    with pytest.raises(RuntimeError, match="told"):
        store_decisions([first, second, third], after_each=fail)
    assert not Decision.objects.exists()
    assert store_decisions([first, second, third], after_each=lambda: told.append(None)) == 3
    assert len(told) == 2 + 3
    connection.close()
