"""Which words suit goods, what they bring, what others bid for them. Pure; money in minor units.

What a merchant learns of others is never one other's bid. The usual bid is the mean of at least five, without the
highest and the lowest, in steps of five fen. Forecasts and hints, which can be asked again and again with other bids of
one's own, know others' bids only by a coarse ladder (E6 of IEC 60063: six rungs from ten to a hundred), rounded up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search.auction.contracts import Keyword, PastAuction, Terms
from search.auction.contracts.units import PPM
from search.auction.forecast import forecast_bid
from search.auction.matching import compute_effective_bid, find_match, is_excluded
from search.auction.versions import get_rules, get_weights
from search.campaigns.contracts.demand import (
    AskedQuery,
    Competition,
    DayForecast,
    OthersWord,
    WordFigures,
    WordHint,
)

DAYS = 28
LEAST_MERCHANTS = 5
STEP_MINOR = 5
PLACES = 4
USUAL_QUALITY = 600
"""Of everybody in a forecast: how good an ad is becomes known only once it is shown."""
USUAL_CLICK_RATE_PPM = 30_000
LEAST_SHARE_BPS = 5_000
"""At least so much of a query's words have to be said of the goods."""
_SOME, _MANY = 3, 8
_RUNGS = (10, 15, 22, 33, 47, 68)


@dataclass(frozen=True, slots=True)
class Asked:
    """Queries, most asked first, and by each of their tokens: thousands of them are looked through at once."""

    queries: tuple[AskedQuery, ...]
    by_token: Mapping[str, tuple[AskedQuery, ...]]

    def list_with(self, tokens: Sequence[str]) -> tuple[AskedQuery, ...]:
        """Queries that have the rarest of these tokens: all that a word of them could match, and some others."""
        return min((self.by_token.get(token, ()) for token in tokens), key=len, default=())


Others = Mapping[str, Sequence[OthersWord]]
"""Others' words by their first token: a word can match only a question that has it."""


def index_asked(queries: Iterable[AskedQuery]) -> Asked:
    """Queries made ready to be looked up."""
    kept = tuple(queries)
    by_token: dict[str, list[AskedQuery]] = defaultdict(list)
    for query in kept:
        for token in set(query.tokens):
            by_token[token].append(query)
    return Asked(kept, {token: tuple(found) for token, found in by_token.items()})


def index_others(words: Iterable[OthersWord]) -> Others:
    """Others' words made ready to be looked up."""
    by_first: dict[str, list[OthersWord]] = defaultdict(list)
    for word in words:
        by_first[word.tokens[0]].append(word)
    return by_first


def measure_word(text: str, word: Keyword, asked: Asked, others: Others) -> WordFigures:
    """Searches a day that a word meets, and how it stands among others."""
    searches = sum(query.searches for query in asked.list_with(word.tokens) if find_match(word, query.tokens))
    bids = list(find_bids(word.tokens, others).values())
    return WordFigures(text, round_up(searches, DAYS), name_competition(len(bids)), find_usual_bid(bids))


def find_bids(tokens: Sequence[str], others: Others) -> dict[int, int]:
    """The best effective bid of each other merchant for a question."""
    best: dict[int, int] = {}
    for other in (word for token in set(tokens) for word in others.get(token, ())):
        met = find_match(Keyword(other.tokens, other.match), tokens)
        if met:
            bid = compute_effective_bid(other.bid_minor, met)
            best[other.shop_id] = max(best.get(other.shop_id, 0), bid)
    return best


def find_hint(
    word: Keyword,
    bid_minor: int,
    figures: WordFigures,
    *,
    negatives: Iterable[Keyword],
    others: Others,
    floor_minor: int,
) -> WordHint | None:
    """What keeps a word from being shown to who asks just for it."""
    if is_excluded(negatives, word.tokens):
        return WordHint.EXCLUDED
    if bid_minor < floor_minor:
        return WordHint.BELOW_FLOOR
    if sum(blur_bid(bid) > bid_minor for bid in find_bids(word.tokens, others).values()) >= PLACES:
        return WordHint.OUTBID
    return None if figures.searches_a_day else WordHint.NOBODY_ASKS


def blur_bid(bid_minor: int) -> int:
    """The next rung of the ladder at or above a bid: 10, 15, 22, 33, 47, 68, 100, 150 fen and so on."""
    scale = 1
    while bid_minor > _RUNGS[-1] * scale:
        scale *= 10
    return next(rung * scale for rung in _RUNGS if rung * scale >= bid_minor)


def find_usual_bid(bids: Sequence[int]) -> int | None:
    """The mean of bids without the highest and the lowest; None of fewer than five merchants."""
    if len(bids) < LEAST_MERCHANTS:
        return None
    middle = sorted(bids)[1:-1]
    steps = (2 * sum(middle) + len(middle) * STEP_MINOR) // (2 * len(middle) * STEP_MINOR)
    return max(1, steps) * STEP_MINOR


def name_competition(merchants: int) -> Competition:
    """How many others bid, in words."""
    if merchants >= _MANY:
        return Competition.MANY
    return Competition.SOME if merchants >= _SOME else Competition.FEW


def choose_queries(
    queries: Iterable[AskedQuery], said: frozenset[str], *, without: frozenset[tuple[str, ...]], most: int
) -> list[AskedQuery]:
    """Queries that suit goods of which these words are said: all of a query's words first, then by how often asked."""
    found = []
    for query in queries:
        met = sum(token in said for token in query.tokens)
        if query.tokens not in without and met * 10_000 >= LEAST_SHARE_BPS * len(query.tokens) and met:
            found.append((-(met * 10_000 // len(query.tokens)), -query.searches, query.text, query))
    return [query for *_, query in sorted(found, key=lambda one: one[:3])][:most]


def forecast_day(
    bought: Sequence[tuple[Keyword, int]],
    asked: Asked,
    others: Others,
    *,
    floor_minor: int,
    budget_minor: int,
    click_rate_ppm: int = USUAL_CLICK_RATE_PPM,
    share_ppm: int = PPM,
) -> DayForecast:
    """What words at their bids would have brought on a day of the last 28, against what others bid now.

    `share_ppm` is the part of all people that the campaign is for.
    """
    terms = Terms(places=PLACES, rules=get_rules(), weights=get_weights(), quality_version=0)
    searches = clicks_micro = cost_micro = 0
    for bid, past in _group_auctions(bought, asked, others, floor_minor).items():
        part = forecast_bid(past, terms, bid_minor=bid, quality=USUAL_QUALITY, click_rate_ppm=click_rate_ppm)
        searches += part.auctions
        clicks_micro += part.clicks_micro
        cost_micro += part.cost_micro
    searches, clicks_micro, cost_micro = (part * share_ppm // PPM for part in (searches, clicks_micro, cost_micro))
    budget_micro = budget_minor * DAYS * 1_000_000
    limited = cost_micro > budget_micro
    if limited:
        clicks_micro, cost_micro = clicks_micro * budget_micro // cost_micro, budget_micro
    return DayForecast(round_up(searches, DAYS), clicks_micro // DAYS, cost_micro // DAYS, limited)


def list_met(asked: Asked, words: Iterable[Keyword]) -> list[AskedQuery]:
    """Queries that any of these words matches, each once."""
    found: dict[str, AskedQuery] = {}
    for word in words:
        for query in asked.list_with(word.tokens):
            if find_match(word, query.tokens):
                found[query.text] = query
    return list(found.values())


def round_up(number: int, by: int) -> int:
    """A quotient, rounded up: something that is asked at all is not nothing."""
    return -(-number // by)


def _group_auctions(
    bought: Sequence[tuple[Keyword, int]],
    asked: Asked,
    others: Others,
    floor_minor: int,
) -> Mapping[int, list[PastAuction]]:
    """The auctions of 28 days by the bid that would have been made in them: the best of all words that match.

    Who bids below the floor takes part in none.
    """
    grouped: dict[int, list[PastAuction]] = defaultdict(list)
    for query in list_met(asked, (word for word, _ in bought)):
        bids = [compute_effective_bid(bid, met) for word, bid in bought if (met := find_match(word, query.tokens))]
        if bids:
            rivals = (blur_bid(bid) for bid in find_bids(query.tokens, others).values() if bid >= floor_minor)
            scores = sorted((bid * USUAL_QUALITY for bid in rivals), reverse=True)
            past = PastAuction(times=query.searches, scores=tuple(scores), reserve_minor=floor_minor, places=PLACES)
            grouped[max(bids)].append(past)
    return grouped
