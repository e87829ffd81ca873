"""Bought words against asked words, and what a match and a page make of a bid. Tokens are given in."""

from collections.abc import Iterable, Mapping, Sequence

from market.money import WHOLE_BPS
from search.auction.contracts import Keyword, MatchType

FACTOR_BPS: Mapping[MatchType, int] = {
    MatchType.EXACT: 10_000,
    MatchType.PHRASE: 8_000,
    MatchType.BROAD: 6_000,
}
LEAST_MULTIPLIER_BPS, LARGEST_MULTIPLIER_BPS = 5_000, 60_000

_BY_TIGHTNESS = (MatchType.EXACT, MatchType.PHRASE, MatchType.BROAD)


class BadMultiplier(ValueError):
    """A page multiplier outside 0.50 to 6.00."""


def find_match(keyword: Keyword, asked: Sequence[str]) -> MatchType | None:
    """The tightest way in which the words match, or None where that is looser than what was bought.

    Exact: the same words in the same order. Phrase: they stand together in it, in order. Broad: all of them are in it.
    """
    found = _find_tightest(keyword.tokens, asked)
    if found is None or _BY_TIGHTNESS.index(found) > _BY_TIGHTNESS.index(keyword.loosest):
        return None
    return found


def is_excluded(negatives: Iterable[Keyword], asked: Sequence[str]) -> bool:
    """Whether a negative keyword matches, each by its own match type."""
    return any(find_match(negative, asked) for negative in negatives)


def compute_effective_bid(bid_minor: int, match: MatchType, page_bps: int = WHOLE_BPS) -> int:
    """The bid times match factor and page multiplier, floored to a fen. Raises `BadMultiplier`."""
    if not LEAST_MULTIPLIER_BPS <= page_bps <= LARGEST_MULTIPLIER_BPS:
        raise BadMultiplier(f"{page_bps} is not between {LEAST_MULTIPLIER_BPS} and {LARGEST_MULTIPLIER_BPS}")
    return bid_minor * FACTOR_BPS[match] * page_bps // (WHOLE_BPS * WHOLE_BPS)


def _find_tightest(bought: Sequence[str], asked: Sequence[str]) -> MatchType | None:
    if not bought:
        return None
    bought, asked = tuple(bought), tuple(asked)
    if bought == asked:
        return MatchType.EXACT
    length = len(bought)
    if any(asked[start : start + length] == bought for start in range(len(asked) - length + 1)):
        return MatchType.PHRASE
    return MatchType.BROAD if set(bought) <= set(asked) else None
