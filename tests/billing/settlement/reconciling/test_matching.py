"""Matching: planted differences of every kind are reported once each, none is invented, order does not matter."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.settlement.contracts.reconciling import FindingKind, LineKind
from billing.settlement.rules.reconciling import Matching, OurItem, OurRole, TheirItem, match_items

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def theirs(ref: int, number: str, amount: int, *, fee: int = 0, currency: str = "CNY", **other: object) -> TheirItem:
    options = {"kind": LineKind.PAYMENT, "at": NOON + timedelta(seconds=ref), **other}
    return TheirItem(ref=ref, number=number, amount_minor=amount, fee_minor=fee, currency=currency, **options)


def ours(ref: int, number: str, amount: int, *, fee: int = 0, currency: str = "CNY", **other: object) -> OurItem:
    options = {"kind": LineKind.PAYMENT, "at": NOON, **other}
    return OurItem(ref=ref, number=number, amount_minor=amount, fee_minor=fee, currency=currency, **options)


def describe(result: Matching) -> list[tuple[object, ...]]:
    found = [("pair", pair.theirs.ref, pair.ours.ref, pair.difference) for pair in result.pairs]
    found += [
        ("left", item.kind, item.theirs and item.theirs.ref, item.ours and item.ours.ref) for item in result.unmatched
    ]
    found += [("theirs wait", item.ref) for item in result.waiting_theirs]
    found += [("ours wait", item.ref) for item in result.waiting_ours]
    return sorted(found, key=str)


def test_each_kind_of_difference_is_said_once() -> None:
    result = match_items(
        [
            theirs(1, "same", 100, fee=1),
            theirs(2, "extra", 200),
            theirs(3, "amount", 301),
            theirs(4, "currency", 400, currency="USD"),
            theirs(5, "same", 100, fee=1),
            theirs(6, "fee", 600, fee=5),
        ],
        [
            ours(1, "same", 100, fee=1),
            ours(2, "missing", 200),
            ours(3, "amount", 300),
            ours(4, "currency", 400),
            ours(6, "fee", 600, fee=4),
        ],
    )
    assert describe(result) == sorted(
        [
            ("pair", 1, 1, None),
            ("pair", 3, 3, FindingKind.AMOUNT),
            ("pair", 4, 4, FindingKind.CURRENCY),
            ("pair", 6, 6, FindingKind.AMOUNT),
            ("left", FindingKind.EXTRA, 2, None),
            ("left", FindingKind.DUPLICATE, 5, None),
            ("left", FindingKind.MISSING, None, 2),
        ],
        key=str,
    )


def test_an_unknown_line_that_comes_twice_is_one_extra_and_one_duplicate() -> None:
    result = match_items([theirs(1, "x", 1), theirs(2, "x", 1), theirs(3, "x", 2)], [])
    assert Counter(item.kind for item in result.unmatched) == {FindingKind.EXTRA: 1, FindingKind.DUPLICATE: 2}


def test_the_exact_one_of_two_lines_is_the_match() -> None:
    result = match_items([theirs(1, "a", 99), theirs(2, "a", 100)], [ours(1, "a", 100)])
    assert describe(result) == [("left", FindingKind.DUPLICATE, 1, None), ("pair", 2, 1, None)]


def test_near_midnight_ours_waits_and_what_another_file_has_is_not_missing() -> None:
    items = [
        ours(1, "edge", 1, role=OurRole.EDGE),
        ours(2, "known", 1, role=OurRole.KNOWN),
        ours(3, "taken", 1, role=OurRole.TAKEN),
    ]
    assert describe(match_items([], items)) == [("ours wait", 1)]
    again = match_items([theirs(1, "edge", 1), theirs(2, "known", 1), theirs(3, "taken", 1)], items)
    assert [item.kind for item in again.unmatched] == [FindingKind.DUPLICATE] and again.matched == 2


def test_a_line_left_from_an_earlier_file_is_found_again_or_stays_as_it_was() -> None:
    late = theirs(1, "late", 5, earlier=True)
    assert describe(match_items([late], [])) == []
    assert describe(match_items([late], [ours(1, "late", 5)])) == [("pair", 1, 1, None)]
    repeated = match_items([late, theirs(2, "late", 5)], [])
    assert [(item.kind, item.theirs.ref) for item in repeated.unmatched] == [(FindingKind.DUPLICATE, 2)]


def test_a_refund_under_way_waits() -> None:
    assert describe(match_items([theirs(1, "r", -5, pending=True)], [])) == [("theirs wait", 1)]


def test_a_settlement_is_found_by_its_amount_when_the_bank_has_another_number() -> None:
    lines = [theirs(n, f"W{n}", -600, kind=LineKind.SETTLEMENT) for n in (1, 2)]
    lines.append(theirs(3, "W1", -600, kind=LineKind.SETTLEMENT))
    far = ours(9, "bank-9", -600, kind=LineKind.SETTLEMENT, at=NOON + timedelta(days=30))
    near = ours(8, "bank-8", -600, kind=LineKind.SETTLEMENT, at=NOON + timedelta(days=2))
    result = match_items(lines, [far, near])
    assert describe(result) == sorted(
        [
            ("pair", 1, 8, None),
            ("left", FindingKind.EXTRA, 2, None),
            ("left", FindingKind.DUPLICATE, 3, None),
            ("left", FindingKind.MISSING, None, 9),
        ],
        key=str,
    )


NUMBERS = st.sampled_from(["a", "b", "c"])
AMOUNTS = st.sampled_from([100, 101])
CURRENCIES = st.sampled_from(["CNY", "USD"])
KINDS = st.sampled_from([LineKind.PAYMENT, LineKind.REFUND])


@st.composite
def two_sides(draw: st.DrawFn) -> tuple[list[TheirItem], list[OurItem]]:
    lines = [
        theirs(n, draw(NUMBERS), draw(AMOUNTS), currency=draw(CURRENCIES), kind=draw(KINDS))
        for n in range(draw(st.integers(0, 5)))
    ]
    items = [
        ours(n, draw(NUMBERS), draw(AMOUNTS), currency=draw(CURRENCIES), kind=draw(KINDS))
        for n in range(draw(st.integers(0, 5)))
    ]
    return lines, items


def _most_pairs(lines: list[TheirItem], items: list[OurItem]) -> tuple[int, int, int]:
    """Brute force: the most exact pairs, then the most of one currency, then the most at all, over every pairing."""
    padded = [*items, *([None] * len(lines))]
    best = (0, 0, 0)
    for chosen in set(permutations(range(len(padded)), len(lines))):
        exact = same = pairs = 0
        for line, index in zip(lines, chosen, strict=True):
            item = padded[index]
            if item is None or (line.kind, line.number) != (item.kind, item.number):
                continue
            pairs += 1
            same += line.currency == item.currency
            exact += (line.amount_minor, line.currency) == (item.amount_minor, item.currency)
        best = max(best, (exact, same, pairs))
    return best


@settings(max_examples=60, deadline=None)
@given(two_sides())
def test_against_brute_force_nothing_is_lost_doubled_or_paired_worse(sides: tuple[list, list]) -> None:
    lines, items = sides[0][:4], sides[1][:4]
    result = match_items(lines, items)
    seen_lines = [pair.theirs.ref for pair in result.pairs] + [i.theirs.ref for i in result.unmatched if i.theirs]
    seen_items = [pair.ours.ref for pair in result.pairs] + [i.ours.ref for i in result.unmatched if i.ours]
    assert sorted(seen_lines) == [line.ref for line in lines]
    assert sorted(seen_items) == [item.ref for item in items]
    kinds = Counter(pair.difference for pair in result.pairs)
    most_exact, _, _ = _most_pairs(lines, items)
    assert kinds[None] == most_exact
    for pair in result.pairs:
        assert (pair.theirs.kind, pair.theirs.number) == (pair.ours.kind, pair.ours.number)
        assert (pair.difference is FindingKind.CURRENCY) == (pair.theirs.currency != pair.ours.currency)
    for key in {(line.kind, line.number) for line in lines} | {(item.kind, item.number) for item in items}:
        here = sum((line.kind, line.number) == key for line in lines)
        there = sum((item.kind, item.number) == key for item in items)
        paired = sum((pair.theirs.kind, pair.theirs.number) == key for pair in result.pairs)
        assert paired == min(here, there)


@settings(max_examples=100, deadline=None)
@given(two_sides(), st.randoms(use_true_random=False))
def test_the_order_of_either_side_changes_nothing(sides: tuple[list, list], dice: random.Random) -> None:
    lines, items = sides
    first = describe(match_items(lines, items))
    dice.shuffle(lines)
    dice.shuffle(items)
    assert describe(match_items(lines, items)) == first


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_planted_faults_are_all_reported_and_none_is_invented(seed: int) -> None:
    dice = random.Random(seed)
    items = [ours(n, f"S{n}", dice.randrange(1, 10_000), fee=dice.randrange(60)) for n in range(dice.randrange(1, 60))]
    lines = [theirs(item.ref, item.number, item.amount_minor, fee=item.fee_minor) for item in items]
    planted: Counter[tuple[FindingKind, str]] = Counter()
    for item in dice.sample(items, min(len(items), 10)):
        fault = dice.choice(list(FindingKind))
        line = next(line for line in lines if line.ref == item.ref)
        if fault is FindingKind.MISSING:
            lines.remove(line)
        elif fault is FindingKind.DUPLICATE:
            lines.append(replace(line, ref=1_000 + line.ref))
        elif fault is FindingKind.AMOUNT:
            lines[lines.index(line)] = replace(line, amount_minor=line.amount_minor + dice.choice((-1, 1, 500)))
        elif fault is FindingKind.CURRENCY:
            lines[lines.index(line)] = replace(line, currency="USD")
        else:
            lines.append(theirs(2_000 + line.ref, f"X{line.ref}", 5))
            planted[fault, f"X{line.ref}"] += 1
            continue
        planted[fault, item.number] += 1
    dice.shuffle(lines)
    result = match_items(lines, items)
    found: Counter[tuple[FindingKind, str]] = Counter()
    for pair in result.pairs:
        if pair.difference is not None:
            found[pair.difference, pair.ours.number] += 1
    for left in result.unmatched:
        found[left.kind, (left.theirs or left.ours).number] += 1
    assert found == planted


def test_a_hundred_thousand_lines_take_seconds_not_minutes() -> None:
    count = 100_000
    items = [ours(n, f"S{n}", n) for n in range(count)]
    lines = [theirs(n, f"S{n}", n) for n in reversed(range(count))]
    started = datetime.now(UTC)
    assert match_items(lines, items).matched == count
    assert (datetime.now(UTC) - started).total_seconds() < 20
