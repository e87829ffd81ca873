"""The order of candidates, and pages over its edge."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.listings.contracts import RANKED, Candidate, SearchQuery
from search.listings.engines.paging import Row, list_ranked_hits
from search.listings.rules.demand import MOST_APPEAL, grade_lift, weigh_demand
from search.listings.rules.ranking import AGREEING, SOUGHT, rank

candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 10_000),
        st.floats(0.1, 50),
        st.integers(0, 5),
        st.integers(0, MOST_APPEAL),
    ),
    max_size=60,
    unique_by=lambda one: one.listing_id,
).map(lambda some: sorted(some, key=lambda one: (-one.score, -one.listing_id)))


@given(candidates)
def test_ranking_loses_and_invents_nothing(some: list[Candidate]) -> None:
    assert sorted(one.candidate.listing_id for one in rank(some)) == sorted(one.listing_id for one in some)


@given(candidates)
def test_no_demand_lifts_a_product_over_one_that_is_clearly_more_relevant(some: list[Candidate]) -> None:
    most = (1 + AGREEING) * (1 + SOUGHT)
    order = [one.candidate for one in rank(some)]
    for place, one in enumerate(order):
        assert all(other.score <= one.score * most * 1.000001 for other in order[place:])


@given(candidates)
def test_more_demand_never_ranks_a_product_lower(some: list[Candidate]) -> None:
    for number, one in enumerate(some[:5]):
        sought = [*some[:number], one._replace(appeal=MOST_APPEAL), *some[number + 1 :]]
        assert _place(sought, one.listing_id) <= _place(some, one.listing_id)


def _place(some: Sequence[Candidate], listing_id: int) -> int:
    return [one.candidate.listing_id for one in rank(some)].index(listing_id)


def test_goods_of_the_category_that_is_meant_come_before_a_stray_one() -> None:
    bags = [Candidate(n, 10.0, 7, 0) for n in range(2, 9)]
    stray = Candidate(99, 10.1, 8, 0)
    assert rank([stray, *bags])[-1].candidate == stray


@given(st.integers(0, 10**9), st.integers(0, 500), st.integers(0, 10**6), st.integers(0, 100), st.booleans())
def test_demand_is_bounded_and_grows_with_sales(sold: int, rating: int, count: int, liked: int, stock: bool) -> None:
    def weigh(pieces: int) -> int:
        return weigh_demand(
            sold_30d=pieces, rating_hundredths=rating, rating_count=count, liked_percent=liked, in_stock=stock
        )

    assert 0 <= weigh(sold) <= weigh(sold * 10 + 10) <= MOST_APPEAL


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_clicks_never_mean_less_liked(one: int, other: int) -> None:
    assert grade_lift(10_000) == 50
    assert 0 <= grade_lift(min(one, other)) <= grade_lift(max(one, other)) <= 100


# ---- Pages ----------------------------------------------------------------------------------------


class Shelf:
    """An engine's order of so many documents, scores with many ties."""

    def __init__(self, count: int) -> None:
        scored = [Candidate(n, float(n * 7919 % 23), n % 4, n * 31 % MOST_APPEAL) for n in range(1, count + 1)]
        self.order = sorted(scored, key=lambda one: (-one.score, -one.listing_id))

    def list_behind(self, row: Row, skip: int, size: int) -> list[Row]:
        rows = [(one.score, one.listing_id) for one in self.order]
        return [one for one in rows if one < row][skip : skip + size]

    def page(self, query: SearchQuery) -> tuple[tuple[int, ...], str]:
        hits = list_ranked_hits(query, self.order[:RANKED], self.list_behind)
        return hits.listing_ids, hits.next_cursor


@pytest.mark.parametrize("count", [0, 1, RANKED - 1, RANKED, RANKED + 1, 2 * RANKED + 7])
@pytest.mark.parametrize("size", [1, 7, 50, 60])
def test_pages_go_over_the_edge_of_what_is_ranked_without_repeat_or_gap(count: int, size: int) -> None:
    shelf = Shelf(count)
    query = SearchQuery(words="x", size=size)
    walked: list[int] = []
    while True:
        ids, cursor = shelf.page(query)
        walked += ids
        if not cursor:
            break
        query = replace(query, after=cursor)
    assert sorted(walked) == list(range(1, count + 1))
    ranked = [one.candidate.listing_id for one in rank(shelf.order[:RANKED])]
    assert walked == [*ranked, *(one.listing_id for one in shelf.order[RANKED:])]
    numbered = [
        pk for page in range(1, count // size + 2) for pk in shelf.page(SearchQuery(words="x", size=size, page=page))[0]
    ]
    assert numbered == walked
