"""A person's shelf: the strongest first, never too much of one shop or one category."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from search.results.contracts import Bond, Footprint, Partner, Reason, ReasonKind, Step
from search.results.rules.choosing import (
    MOST_A_CATEGORY,
    MOST_A_SHOP,
    MOST_SEEDS,
    Candidate,
    Place,
    choose,
    follow_categories,
    follow_partners,
    pick_seeds,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
WHY = Reason(ReasonKind.YOU_LOOKED, listing_id=1)
CANDIDATES = st.lists(
    st.builds(Candidate, st.integers(1, 60), st.floats(0, 1, allow_nan=False), st.just(WHY)), max_size=120
)
PLACES = st.dictionaries(st.integers(1, 60), st.builds(Place, st.integers(1, 9), st.integers(1, 7)))


@given(CANDIDATES, PLACES, st.sets(st.integers(1, 60)))
def test_no_shelf_holds_too_much_of_a_shop_or_a_category(
    candidates: list[Candidate], places: dict[int, Place], without: set[int]
) -> None:
    shelf = [one.listing_id for one in choose(candidates, places, size=12, without=without)]
    assert len(shelf) == len(set(shelf)) <= 12
    assert set(shelf) <= places.keys() - without
    assert max(Counter(places[pk].shop_id for pk in shelf).values(), default=0) <= MOST_A_SHOP
    assert max(Counter(places[pk].category_id for pk in shelf).values(), default=0) <= MOST_A_CATEGORY


def test_what_several_things_speak_for_comes_first_with_its_strongest_reason() -> None:
    weak, strong = Reason(ReasonKind.YOU_LOOKED, 1), Reason(ReasonKind.YOU_BOUGHT, 2)
    candidates = [Candidate(7, 0.3, weak), Candidate(8, 0.5, weak), Candidate(7, 0.4, strong)]
    places = {7: Place(1, 1), 8: Place(2, 2)}
    first, second = choose(candidates, places, size=2)
    assert (first.listing_id, first.reason, second.listing_id) == (7, strong, 8)


def test_a_shelf_is_filled_up_behind_what_was_chosen() -> None:
    places = {pk: Place(shop_id=pk // 2, category_id=pk) for pk in range(1, 9)}
    own = choose([Candidate(2, 0.1, WHY), Candidate(3, 0.2, WHY)], places, size=12)
    filled = choose([Candidate(pk, 9.0, WHY) for pk in range(2, 9)], places, size=5, chosen=own)
    assert [one.listing_id for one in filled[:2]] == [3, 2]
    assert len(filled) == 5


def test_the_latest_of_a_history_counts_most_and_the_old_not_at_all() -> None:
    history = [Footprint(pk, Step.VIEWED, NOW - timedelta(hours=pk)) for pk in range(1, 40)]
    seeds = pick_seeds(history)
    assert [seed.listing_id for seed, _ in seeds] == list(range(1, MOST_SEEDS + 1))
    weights = [weight for _, weight in seeds]
    assert weights == sorted(weights, reverse=True)
    ((_, viewed),), ((_, carted),) = (pick_seeds([Footprint(1, step, NOW)]) for step in (Step.VIEWED, Step.CARTED))
    assert carted > viewed


def test_a_real_tie_counts_more_than_the_same_category() -> None:
    seeds = pick_seeds([Footprint(1, Step.VIEWED, NOW)])
    (tied,) = follow_partners(seeds, {1: [Partner(5, Bond.LOOKED, 0.2, 9)]})
    (alike,) = follow_categories(seeds, {1: [6]})
    assert tied.score > alike.score
    assert tied.reason == alike.reason == Reason(ReasonKind.YOU_LOOKED, listing_id=1)
