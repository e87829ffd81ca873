"""Bought words against asked words, and what a bid becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import Keyword, MatchType
from search.auction.matching import BadMultiplier, compute_effective_bid, find_match, is_excluded
from tests.search.auction.markets import steady


def match(bought: str, loosest: str, asked: str) -> str | None:
    found = find_match(Keyword(tuple(bought.split()), MatchType(loosest)), asked.split())
    return found.value if found else None


@pytest.mark.parametrize(
    ("bought", "loosest", "asked", "found"),
    [
        ("手机 壳", "exact", "手机 壳", "exact"),
        ("手机 壳", "exact", "手机 壳 透明", None),
        ("手机 壳", "exact", "壳 手机", None),
        ("手机 壳", "phrase", "透明 手机 壳", "phrase"),
        ("手机 壳", "phrase", "手机 壳", "exact"),
        ("手机 壳", "phrase", "手机 透明 壳", None),
        ("手机 壳", "broad", "壳 透明 手机", "broad"),
        ("手机 壳", "broad", "透明 手机 壳", "phrase"),
        ("手机 壳", "broad", "手机", None),
        ("手机 手机 壳", "phrase", "手机 壳", None),
        ("", "broad", "手机", None),
        ("", "broad", "", None),
        ("手机", "broad", "", None),
    ],
)
def test_words_match_as_tightly_as_they_can_and_no_looser_than_bought(
    bought: str, loosest: str, asked: str, found: str | None
) -> None:
    assert match(bought, loosest, asked) == found


def test_a_negative_word_excludes_by_its_own_match_type() -> None:
    cheap = Keyword(("便宜",), MatchType.BROAD)
    exact = Keyword(("手机",), MatchType.EXACT)
    assert is_excluded([cheap], ["便宜", "手机"])
    assert is_excluded([exact], ["手机"])
    assert not is_excluded([exact], ["手机", "壳"])
    assert not is_excluded([], ["手机"])


@pytest.mark.parametrize(
    ("bid", "kind", "page_bps", "effective"),
    [
        (100, "exact", 10_000, 100),
        (100, "phrase", 10_000, 80),
        (100, "broad", 10_000, 60),
        (37, "broad", 10_000, 22),
        (37, "phrase", 5_000, 14),
        (33, "phrase", 60_000, 158),
        (1, "broad", 10_000, 0),
    ],
)
def test_match_and_page_multiply_the_bid_and_a_part_of_a_fen_is_dropped(
    bid: int, kind: str, page_bps: int, effective: int
) -> None:
    assert compute_effective_bid(bid, MatchType(kind), page_bps) == effective


@pytest.mark.parametrize("page_bps", [4_999, 60_001, 0, -1])
def test_a_multiplier_is_between_a_half_and_six(page_bps: int) -> None:
    with pytest.raises(BadMultiplier):
        compute_effective_bid(100, MatchType.EXACT, page_bps)


@steady
@given(st.integers(1, 10**8), st.sampled_from(MatchType), st.integers(5_000, 60_000))
def test_a_tighter_match_never_bids_less(bid: int, kind: MatchType, page_bps: int) -> None:
    effective = compute_effective_bid(bid, kind, page_bps)
    assert effective <= compute_effective_bid(bid, MatchType.EXACT, page_bps) <= 6 * bid
