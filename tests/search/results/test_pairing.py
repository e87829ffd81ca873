"""What a day of looks and a purchase say, however they are cut into batches."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from search.results.rules.pairing import (
    MOST_GOODS,
    MOST_LOOKS,
    WINDOW,
    WINDOW_LOOKS,
    Trail,
    grow_trail,
    list_pairs,
    pair_goods,
)

BEGIN = datetime(2026, 11, 22, 8, tzinfo=UTC)
LOOKS = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, 4 * 3600)).map(lambda one: (one[0], BEGIN + timedelta(seconds=one[1]))),
    max_size=60,
)


def looks_at(*listing_ids: int, every: timedelta = timedelta(seconds=10)) -> list[tuple[int, datetime]]:
    return [(listing_id, BEGIN + every * number) for number, listing_id in enumerate(listing_ids)]


@given(LOOKS, st.lists(st.integers(0, 60), max_size=6))
def test_a_day_says_the_same_however_it_is_cut(looks: list[tuple[int, datetime]], cuts: list[int]) -> None:
    whole = grow_trail(Trail(), looks)
    trail, pairs, listing_ids = Trail(), [], []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), 60], strict=True):
        growth = grow_trail(trail, looks[start:end])
        trail = growth.trail
        pairs.extend(growth.pairs)
        listing_ids.extend(growth.listing_ids)
    assert sorted(pairs) == sorted(whole.pairs)  # each once
    assert sorted(listing_ids) == sorted(whole.listing_ids)


@given(LOOKS)
def test_pairs_are_near_in_time_and_have_the_lower_id_first(looks: list[tuple[int, datetime]]) -> None:
    moments: dict[int, list[datetime]] = {}
    for listing_id, at in looks:
        moments.setdefault(listing_id, []).append(at)
    for low, high in grow_trail(Trail(), looks).pairs:
        assert low < high
        assert any(abs(one - other) <= WINDOW for one in moments[low] for other in moments[high])


def test_looking_at_the_same_again_and_again_says_nothing_new() -> None:
    assert grow_trail(Trail(), looks_at(1, 1, 1)).pairs == frozenset()
    assert grow_trail(Trail(), looks_at(1, 2, 1, 2, 1)).pairs == {(1, 2)}


def test_looks_far_apart_are_no_pair() -> None:
    late = timedelta(seconds=1)
    assert list_pairs(Trail(tuple(looks_at(1, 2, every=WINDOW)))) == {(1, 2)}
    assert list_pairs(Trail(tuple(looks_at(1, 2, every=WINDOW + late)))) == set()
    many = looks_at(*range(WINDOW_LOOKS + 2))
    assert (0, WINDOW_LOOKS) in list_pairs(Trail(tuple(many)))
    assert (0, WINDOW_LOOKS + 1) not in list_pairs(Trail(tuple(many)))


def test_whoever_looks_at_hundreds_of_goods_a_day_counts_no_further() -> None:
    growth = grow_trail(Trail(), looks_at(*range(MOST_LOOKS + 50), every=timedelta(seconds=1)))
    assert len(growth.trail.looks) == MOST_LOOKS
    assert max(growth.listing_ids) == MOST_LOOKS - 1
    assert grow_trail(growth.trail, looks_at(9_999)).pairs == frozenset()


@given(st.lists(st.sets(st.integers(1, 15), max_size=5), max_size=5))
def test_a_purchase_completed_shop_by_shop_makes_each_pair_once(parts: list[set[int]]) -> None:
    counted: list[int] = []
    kept: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for part in parts:
        kept |= part
        added, together = pair_goods(counted, kept)
        counted += added
        pairs.extend(together)
    assert sorted(pairs) == sorted(combinations(sorted(kept), 2))
    assert sorted(counted) == sorted(kept)


def test_a_shop_stocking_up_is_paired_in_part_only() -> None:
    added, pairs = pair_goods([], range(1, 500))
    assert len(added) == MOST_GOODS
    assert len(pairs) == MOST_GOODS * (MOST_GOODS - 1) // 2
    assert pair_goods(added, range(1, 500)) == ([], set())
