"""The sums of cells are what the events say: in any order and batches, counted by hand from what columns mean."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import given, settings
from hypothesis import strategies as st

from search.auction.contracts import TokenKind
from search.reports.contracts import Cell, Correction, CountedEvent, Sums
from search.reports.contracts.events import CELL_NAMES, SUM_NAMES
from search.reports.models import AdCount
from search.reports.rules.counting import add_up, list_differences
from search.reports.services.adding import add_sums
from search.spending.contracts import CorrectionKind
from tests.conftest import CommittedDatabase
from tests.search.reports.events import correct, make_cell, make_event


def recount(events: Sequence[CountedEvent], corrections: Sequence[Correction]) -> dict[tuple[Cell, str], int]:
    """Column by column, from the meaning of each; no cell knows of another column."""
    found: Counter[tuple[Cell, str]] = Counter()
    for name, kinds in (("view", {TokenKind.VIEW}), ("click", {TokenKind.CLICK, TokenKind.SALE})):
        of_kind = [event for event in events if event.kind in kinds]
        found.update((event.cell, f"{name}s") for event in of_kind if event.reason == "")
        found.update((event.cell, f"filtered_{name}s") for event in of_kind if event.reason != "")
        for event in of_kind:
            found[(event.cell, f"{name}_micro")] += event.billed_micro
        given_back = [one for one in corrections if one.event in kinds and one.kind is CorrectionKind.CREDITED]
        found.update((one.cell, f"credited_{name}s") for one in given_back)
    for event in events:
        found[(event.cell, "borne_micro")] += event.borne_micro
    for one in corrections:
        found[(one.cell, f"{one.kind.value}_micro")] += one.amount_micro
    return dict(+found)


def flatten(sums: dict[Cell, Sums]) -> dict[tuple[Cell, str], int]:
    return {(cell, name): value for cell, row in sums.items() for name in SUM_NAMES if (value := getattr(row, name))}


def read_counts() -> dict[Cell, Sums]:
    """What stands in the table."""
    rows = AdCount.objects.select_related("term")
    return {
        Cell(**{name: row.term.text if name == "term" else getattr(row, name) for name in CELL_NAMES}): Sums(
            **{name: getattr(row, name) for name in SUM_NAMES}
        )
        for row in rows
    }


@given(seed=st.integers(0, 2**32), count=st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_sums_are_what_brute_force_counts(seed: int, count: int) -> None:
    chance = random.Random(seed)
    events = [make_event(chance) for _ in range(count)]
    corrections = correct(chance, events)
    assert flatten(add_up(events, corrections)) == recount(events, corrections)


@given(seed=st.integers(0, 2**32), cuts=st.lists(st.integers(0, 60), max_size=4))
@settings(max_examples=60, deadline=None)
def test_batches_and_their_order_change_nothing(seed: int, cuts: list[int]) -> None:
    chance = random.Random(seed)
    events = [make_event(chance) for _ in range(60)]
    bounds = [0, *sorted(cuts), len(events)]
    batches = [add_up(events[start:end]) for start, end in pairwise(bounds)]
    chance.shuffle(batches)
    together: dict[Cell, Sums] = {}
    for batch in batches:
        for cell, sums in batch.items():
            together[cell] = together.get(cell, Sums()) + sums
    assert list_differences(together, add_up(events)) == []


def test_a_difference_names_its_cell() -> None:
    cells = [make_cell(random.Random(seed)) for seed in (1, 2)]
    counted, recounted = {cells[0]: Sums(clicks=2)}, {cells[0]: Sums(clicks=2), cells[1]: Sums(views=1)}
    assert list_differences(counted, recounted) == [cells[1]]
    assert list_differences(counted, {cells[0]: Sums(clicks=1)}) == [cells[0]]


@pytest.mark.django_db
def test_the_table_holds_what_was_added_batch_by_batch() -> None:
    chance = random.Random(4)
    events = [make_event(chance) for _ in range(600)]
    corrections = correct(chance, events)
    with transaction.atomic():
        for start in range(0, len(events), 70):
            add_sums(add_up(events[start : start + 70]))
        add_sums(add_up([], corrections))
    assert list_differences(read_counts(), add_up(events, corrections)) == []
    assert corrections


@pytest.mark.django_db
def test_more_is_never_taken_back_than_was_counted() -> None:
    cell = make_cell(random.Random(5))
    with pytest.raises(IntegrityError, match="ad_count_takes_back"), transaction.atomic():
        add_sums({cell: Sums(clicks=1, click_micro=5, credited_clicks=1, credited_micro=6)})
    assert not AdCount.objects.exists()


def test_sums_are_added_only_where_the_position_moves(committed_db: CommittedDatabase, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), pytest.raises(TransactionManagementError):
        add_sums({make_cell(random.Random(6)): Sums(views=1)})
