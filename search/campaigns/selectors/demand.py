"""Suggested words and forecasts, out of what was asked in the last 28 days and what others bid now."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from billing.settlement.services.days import business_date
from search.auction.contracts import Keyword, MatchType
from search.campaigns import models
from search.campaigns.contracts import (
    CampaignKind,
    CampaignState,
    Charge,
    KeywordView,
    NegativeView,
    PageKind,
    PartState,
    StudiedWord,
    WordDraft,
)
from search.campaigns.contracts.demand import AskedQuery, DayForecast, OthersWord, WordFigures
from search.campaigns.rules import demand
from search.campaigns.rules.tokens import tokenize_bought, tokenize_words
from search.campaigns.selectors.limits import get_floors
from search.listings.contracts import ListingDocument
from search.listings.keeping import Memory
from search.listings.selectors import list_listings, map_listing_ids
from search.signals.selectors import list_positions, list_queries

MOST_QUERIES = 3_000
MOST_OTHERS = 5_000
MOST_SUGGESTIONS = 30
LEAST_VISITORS = 5
"""What fewer people asked on any day of 28 is nobody else's business."""
LEAST_SHOWN = 1_000
_KEPT = timedelta(minutes=10)
_asked: Memory[demand.Asked] = Memory(2)


def suggest_words(
    *, shop_id: int, product_ids: Collection[int], seeds: str, now: datetime, without: Iterable[str] = ()
) -> list[WordFigures]:
    """Words for goods, best first: what is asked that fits them, then what they are called. At most 30.

    Asked words fit in any language. `seeds` is what the merchant typed. Four statements, or three with a known log.
    """
    listing_ids = list(map_listing_ids(shop_id=shop_id, product_ids=product_ids).values())
    documents = list_listings(sorted(listing_ids)) if listing_ids else []
    names = {name for document in documents for name in _list_names(document)}
    said = frozenset(token for text in (*names, seeds) for token in tokenize_words(text))
    offered = dict.fromkeys(name for document in documents for name in _list_names(document, offered=True))
    bought = frozenset(tokenize_words(text) for text in without)
    chosen = demand.choose_queries(read_asked(now).queries, said, without=bought, most=MOST_SUGGESTIONS)
    texts = [query.text for query in chosen]
    known = {query.tokens for query in chosen} | bought
    for name in (seeds, *offered):
        tokens = tokenize_bought(name)
        if tokens and len(tokens) <= 3 and tokens not in known:
            texts.append(" ".join(name.split()))
            known.add(tokens)
    return measure_words(shop_id=shop_id, texts=texts[:MOST_SUGGESTIONS], now=now)


def measure_words(*, shop_id: int, texts: Sequence[str], now: datetime) -> list[WordFigures]:
    """Traffic, competition and usual bid of words as phrases, without those that are none: a statement or two."""
    words = [(text, Keyword(tokens, MatchType.PHRASE)) for text in texts if (tokens := tokenize_bought(text))]
    asked = read_asked(now)
    others = _list_others(shop_id, {token for _, word in words for token in word.tokens})
    return [demand.measure_word(text, word, asked, others) for text, word in words]


def study_words(
    *,
    shop_id: int,
    words: Sequence[KeywordView],
    bid_minor: int,
    negatives: Iterable[NegativeView],
    now: datetime,
) -> dict[int, StudiedWord]:
    """Figures of the words of one group and what stands in their way, by id: two statements or three.

    `negatives` are those of the group and its campaign.
    """
    asked = read_asked(now)
    cut = {word.keyword_id: Keyword(tokenize_words(word.text), word.match) for word in words}
    others = _list_others(shop_id, {token for word in cut.values() for token in word.tokens})
    away = [Keyword(tokenize_words(one.text), one.match) for one in negatives]
    floor = get_floors().find(PageKind.SEARCH, Charge.CLICK)
    studied = {}
    for word in words:
        bought = cut[word.keyword_id]
        figures = demand.measure_word(word.text, Keyword(bought.tokens, MatchType.PHRASE), asked, others)
        bid = bid_minor if word.bid_minor is None else word.bid_minor
        hint = demand.find_hint(bought, bid, figures, negatives=away, others=others, floor_minor=floor)
        studied[word.keyword_id] = StudiedWord(figures, hint)
    return studied


def forecast_words(
    *,
    shop_id: int,
    words: Sequence[WordDraft],
    bids_minor: Sequence[int],
    daily_budget_minor: int,
    now: datetime,
    share_ppm: int = 1_000_000,
) -> list[DayForecast]:
    """A day of words at each of several bids of their group; words with a bid of their own keep it: four statements.

    `share_ppm` is the part of all people that the campaign is for (`Reach`).
    """
    bought = [(Keyword(tokens, word.match), word.bid_minor) for word in words if (tokens := tokenize_bought(word.text))]
    asked = read_asked(now)
    met = demand.list_met(asked, (word for word, _ in bought))
    others = _list_others(shop_id, {token for query in met for token in query.tokens})
    floor, click_rate = get_floors().find(PageKind.SEARCH, Charge.CLICK), _find_click_rate(now)
    return [
        demand.forecast_day(
            [(word, bid if own is None else own) for word, own in bought],
            asked,
            others,
            floor_minor=floor,
            budget_minor=daily_budget_minor,
            click_rate_ppm=click_rate,
            share_ppm=share_ppm,
        )
        for bid in bids_minor
    ]


def read_asked(now: datetime) -> demand.Asked:
    """The most asked queries of 28 days, cut once and kept for ten minutes: a statement, or none."""
    key = int(now.timestamp() // _KEPT.total_seconds())
    known = _asked.find(key)
    if known is None:
        until = business_date(now)
        since = until - timedelta(days=demand.DAYS - 1)
        rows = list_queries(since=since, until=until, visitors_on_a_day=LEAST_VISITORS, limit=MOST_QUERIES)
        queries = (AskedQuery(row.query, tokenize_words(row.query), row.searches) for row in rows)
        known = _asked.keep(key, demand.index_asked(query for query in queries if query.tokens))
    return known


def _list_others(shop_id: int, tokens: Collection[str]) -> demand.Others:
    """Words with any of these tokens that other shops buy in what runs: one statement."""
    running = PartState.RUNNING.value
    rows = models.Keyword.objects.filter(
        state=running,
        tokens__overlap=sorted(tokens),
        group__state=running,
        group__campaign__state=CampaignState.RUNNING.value,
        group__campaign__kind=CampaignKind.KEYWORD.value,
    ).exclude(group__campaign__shop_id=shop_id)
    found = rows.order_by("-pk").values_list(
        "group__campaign__shop_id", "tokens", "match", "bid_minor", "group__bid_minor"
    )
    return demand.index_others(
        OthersWord(other, tuple(cut), MatchType(match), own if own is not None else bid)
        for other, cut, match, own, bid in found[:MOST_OTHERS]
    )


def _find_click_rate(now: datetime) -> int:
    """Clicks of a thousand thousand looks at the first hit, or the usual rate while few looked: one statement."""
    until = business_date(now)
    first = list_positions(since=until - timedelta(days=demand.DAYS - 1), until=until, most=1)
    if not first or first[0].shown < LEAST_SHOWN:
        return demand.USUAL_CLICK_RATE_PPM
    return max(1, min(1_000_000, round(first[0].click_through * 1_000_000)))


def _list_names(document: ListingDocument, *, offered: bool = False) -> list[str]:
    """How a product may be called: its titles, its categories from the nearest up, its brand.

    What is offered to be bought is in the language that shoppers ask in: English only where there is no Chinese title.
    """
    texts = [document.title, *(step.name for step in reversed(document.category_path))]
    chinese, english = [text.zh for text in texts], [text.en for text in texts]
    wanted = chinese if document.title.zh else english
    return [name for name in (*(wanted if offered else (*chinese, *english)), document.brand) if name]
