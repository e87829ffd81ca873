"""Suggested words and forecasts: out of what is asked, and never one rival's bid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import Keyword, MatchType
from search.auction.matching import find_match
from search.campaigns.contracts import Competition, WordDraft, WordFigures, WordHint
from search.campaigns.contracts.demand import AskedQuery, OthersWord
from search.campaigns.rules.demand import (
    DAYS,
    LEAST_MERCHANTS,
    Others,
    blur_bid,
    choose_queries,
    find_bids,
    find_hint,
    find_usual_bid,
    forecast_day,
    index_asked,
    index_others,
    list_met,
    measure_word,
    name_competition,
)
from search.campaigns.rules.tokens import tokenize_words
from search.campaigns.selectors import demand, forecast_words, measure_words, suggest_words
from search.listings.contracts import ListingCategory
from search.listings.selectors import list_listings, map_listing_ids
from search.signals.models import Query, QueryDay
from tenants.catalog.contracts import Text
from tests.conftest import Clock
from tests.search.campaigns.conftest import Advertiser

MUG = Keyword(("马克杯",), MatchType.PHRASE)


def _ask(text: str, *, searches: int, visitors: int = 50, day: int = 20) -> None:
    query, _ = Query.objects.get_or_create(key=text)
    QueryDay.objects.create(query=query, day=date(2026, 11, day), searches=searches, visitors=visitors)


def _others(*bids: int) -> Others:
    return index_others(OthersWord(100 + place, ("马克杯",), MatchType.EXACT, bid) for place, bid in enumerate(bids))


@given(st.lists(st.integers(1, 10_000), min_size=LEAST_MERCHANTS, max_size=40))
def test_the_usual_bid_lies_between_those_of_others(bids: list[int]) -> None:
    usual = find_usual_bid(bids)
    assert usual is not None and usual % 5 == 0
    assert min(bids) - 5 <= usual <= max(bids) + 5


@given(st.lists(st.integers(1, 10_000), max_size=LEAST_MERCHANTS - 1))
def test_few_merchants_bids_are_told_to_nobody(bids: list[int]) -> None:
    assert find_usual_bid(bids) is None


@given(st.lists(st.integers(100, 5_000), min_size=4, max_size=4), st.integers(100, 5_000), st.integers(100, 5_000))
def test_a_single_rival_at_the_edge_moves_nothing(middle: list[int], edge: int, further: int) -> None:
    """Whoever bids most cannot be read off the usual bid, however far above the others."""
    highest = max(middle)
    assert find_usual_bid([*middle, highest + edge]) == find_usual_bid([*middle, highest + further])


@given(
    st.lists(st.lists(st.sampled_from("杯碗茶壶盘"), min_size=1, max_size=4, unique=True), max_size=30),
    st.lists(st.sampled_from("杯碗茶壶盘"), min_size=1, max_size=3, unique=True),
    st.sampled_from(MatchType),
)
def test_looking_up_finds_what_looking_through_does(asked: list, word: list, match: MatchType) -> None:
    queries = [AskedQuery(f"{place} {' '.join(tokens)}", tuple(tokens), 1) for place, tokens in enumerate(asked)]
    bought = Keyword(tuple(word), match)
    met = list_met(index_asked(queries), [bought, bought])
    assert {query.text for query in met} == {query.text for query in queries if find_match(bought, query.tokens)}
    others = [OthersWord(place, tuple(tokens), match, 50) for place, tokens in enumerate(asked)]
    plain = {one.shop_id for one in others if find_match(Keyword(one.tokens, one.match), tuple(word))}
    assert find_bids(tuple(word), index_others(others)).keys() == plain


def test_many_words_of_one_merchant_are_one_merchant() -> None:
    others = [OthersWord(5, ("马克杯",), MatchType.EXACT, bid) for bid in (50, 90, 70)]
    assert find_bids(("马克杯",), index_others(others)) == {5: 90}


def test_competition_has_three_words() -> None:
    names = {Competition.FEW: 2, Competition.SOME: 7, Competition.MANY: 8}
    assert {name: name_competition(merchants) for name, merchants in names.items()} == {name: name for name in names}


def test_a_word_meets_the_questions_it_is_in() -> None:
    queries = [AskedQuery("马克杯", ("马克杯",), 280), AskedQuery("陶瓷 马克杯", ("陶瓷", "马克杯"), 28),
               AskedQuery("茶壶", ("茶壶",), 900)]  # fmt: skip
    figures = measure_word("马克杯", MUG, index_asked(queries), _others(50, 60, 70, 80, 90))
    assert (figures.searches_a_day, figures.competition, figures.usual_bid_minor) == (11, Competition.SOME, 70)


def test_a_forecast_is_an_auction_against_others() -> None:
    """280 searches in 28 days; alone at the floor of 10 fen: 10 a day at 3 % are 0.3 clicks of 10 fen."""
    queries = [AskedQuery("马克杯", ("马克杯",), 280)]
    alone = forecast_day([(MUG, 60)], index_asked(queries), {}, floor_minor=10, budget_minor=20_000)
    assert (alone.searches, alone.clicks_micro, alone.cost_micro, alone.limited) == (10, 300_000, 3_000_000, False)
    second = forecast_day([(MUG, 60)], index_asked(queries), _others(90, 40), floor_minor=10, budget_minor=20_000)
    assert second.clicks_micro == 204_000, "the second place has 68 % of the clicks"
    assert second.click_price_minor == 48, "a fen above the next one's rung, which is 47 for 40"
    below = forecast_day([(MUG, 60)], index_asked(queries), _others(9, 9, 9), floor_minor=10, budget_minor=20_000)
    assert below == alone, "who bids below the floor takes part in no auction"
    crowded = forecast_day(
        [(MUG, 60)], index_asked(queries), _others(90, 91, 92, 93), floor_minor=10, budget_minor=20_000
    )
    assert crowded.clicks_micro == 0 and crowded.is_known


@given(st.integers(11, 15), st.integers(11, 15), st.integers(48, 68), st.integers(48, 68), st.integers(10, 300))
def test_no_probing_tells_a_rivals_bid(low: int, other_low: int, high: int, other_high: int, own: int) -> None:
    """Whatever rivals bid between two rungs, every bid of one's own is foretold the same."""
    queries = [AskedQuery("马克杯", ("马克杯",), 28_000)]
    first, second = (
        forecast_day([(MUG, own)], index_asked(queries), _others(*bids), floor_minor=10, budget_minor=10**9)
        for bids in ((low, high), (other_low, other_high))
    )
    assert first == second


@given(st.integers(1, 10**8))
def test_a_rung_is_at_or_above_a_bid_and_never_far(bid: int) -> None:
    assert bid <= blur_bid(bid) <= max(10, bid * 8 // 5)


def test_hints_say_what_stands_in_the_way() -> None:
    asked, silent = WordFigures("马克杯", 9, Competition.FEW, None), WordFigures("马克杯", 0, Competition.FEW, None)

    def hint(bid: int, figures: WordFigures = asked, others: tuple[int, ...] = (), away: tuple[Keyword, ...] = ()):
        return find_hint(MUG, bid, figures, negatives=away, others=_others(*others), floor_minor=10)

    assert hint(60) is None
    assert hint(60, away=(MUG,)) is WordHint.EXCLUDED
    assert hint(9) is WordHint.BELOW_FLOOR
    assert hint(60, others=(90, 90, 90)) is None
    assert hint(60, others=(90, 90, 90, 90)) is WordHint.OUTBID
    assert hint(60, figures=silent) is WordHint.NOBODY_ASKS


@given(st.integers(10, 500), st.integers(10, 500), st.integers(1_000, 9_000))
def test_a_higher_bid_never_brings_fewer_clicks(low: int, more: int, searches: int) -> None:
    queries = [AskedQuery("马克杯", ("马克杯",), searches)]
    first, second = (
        forecast_day([(MUG, bid)], index_asked(queries), _others(50, 120, 300), floor_minor=10, budget_minor=10**9)
        for bid in (low, low + more)
    )
    assert second.clicks_micro >= first.clicks_micro


def test_a_forecast_never_costs_more_than_the_budget() -> None:
    queries = [AskedQuery("马克杯", ("马克杯",), 28_000_000)]
    day = forecast_day([(MUG, 600)], index_asked(queries), _others(500), floor_minor=10, budget_minor=1_000)
    assert day.limited and day.cost_minor == 1_000


def test_the_best_of_two_words_bids_for_a_question() -> None:
    queries = [AskedQuery("马克杯", ("马克杯",), 28 * DAYS)]
    both = [(MUG, 60), (Keyword(("马克杯",), MatchType.EXACT), 30)]
    one = forecast_day(both[:1], index_asked(queries), {}, floor_minor=10, budget_minor=10**6)
    assert forecast_day(both, index_asked(queries), {}, floor_minor=10, budget_minor=10**6) == one


def test_what_fits_whole_comes_before_what_is_asked_more() -> None:
    queries = [AskedQuery("青 马克杯", ("青", "马克杯"), 9), AskedQuery("马克杯", ("马克杯",), 5),
               AskedQuery("茶壶", ("茶壶",), 99)]  # fmt: skip
    said = frozenset({"马克杯"})
    assert [one.text for one in choose_queries(queries, said, without=frozenset(), most=9)] == ["马克杯", "青 马克杯"]
    assert [one.text for one in choose_queries(queries, said, without=frozenset({("马克杯",)}), most=9)] == [
        "青 马克杯"
    ]


def test_words_for_a_product_come_from_what_people_ask(alpha: Advertiser, beta: Advertiser, clock: Clock) -> None:
    _ask("马克杯", searches=280)
    _ask("马克杯 送礼", searches=56)
    for day in range(1, 21):
        _ask("马克杯 隐私", searches=56, visitors=4, day=day)
    _ask("茶壶", searches=900)
    beta.run()
    texts = [one.text for one in _suggest(alpha, clock)]
    assert texts[:2] == ["马克杯", "马克杯 送礼"]
    assert "茶壶" not in texts and "马克杯 隐私" not in texts, "what few asked stays with them"
    assert "青禾窑" in texts, "the brand, though nobody asked for it yet"
    assert "马克杯" not in [one.text for one in _suggest(alpha, clock, without=["马克杯"])]
    seeded = suggest_words(shop_id=alpha.shop.shop_id, product_ids=[], seeds="茶壶", now=clock.now)
    assert [(one.text, one.searches_a_day) for one in seeded] == [("茶壶", 33)]


def test_suggestions_are_in_the_language_that_shoppers_ask_in(
    alpha: Advertiser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ask("马克杯", searches=280)
    _ask("mug", searches=140)
    listing_ids = map_listing_ids(shop_id=alpha.shop.shop_id, product_ids=[alpha.product_id]).values()
    [document] = list_listings(list(listing_ids))
    plates = ListingCategory(7, "plates", Text("盘碗", "Plates and bowls"))
    chinese = replace(document, title=Text("青釉马克杯", "Celadon mug"), category_path=(plates,))
    monkeypatch.setattr(demand, "list_listings", lambda _: [chinese])
    offered = [one.text for one in _suggest(alpha, clock)]
    assert offered[:3] == ["马克杯", "mug", "青釉马克杯"] and "盘碗" in offered, (
        "asked ones come first, whatever their language"
    )
    assert "Plates and bowls" not in offered and "Celadon mug" not in offered
    foreign = replace(chinese, title=Text("", "Celadon mug"))
    monkeypatch.setattr(demand, "list_listings", lambda _: [foreign])
    named = [one.text for one in _suggest(alpha, clock)]
    assert {"Celadon mug", "Plates and bowls"} < set(named) and "盘碗" not in named


def test_the_words_of_anothers_product_are_not_given_away(alpha: Advertiser, beta: Advertiser, clock: Clock) -> None:
    foreign = [beta.product_id + 10_000] if beta.product_id == alpha.product_id else [beta.product_id]
    assert suggest_words(shop_id=alpha.shop.shop_id, product_ids=foreign, seeds="", now=clock.now) == []


def test_usual_bids_need_five_others(alpha: Advertiser, advertise: Callable, make_shop: Callable, clock: Clock) -> None:
    rivals = [advertise(make_shop(f"rival-{number}", owner_id=910_000 + number)) for number in range(5)]
    for number, rival in enumerate(rivals[:4]):
        rival.run(group={"bid_minor": 100 + number})
    alpha.run()
    (figures,) = measure_words(shop_id=alpha.shop.shop_id, texts=["马克杯"], now=clock.now)
    assert (figures.competition, figures.usual_bid_minor) == (Competition.SOME, None)
    rivals[4].run(group={"bid_minor": 110})
    (figures,) = measure_words(shop_id=alpha.shop.shop_id, texts=["马克杯"], now=clock.now)
    assert figures.usual_bid_minor == 100


def test_a_forecast_reads_the_log_and_the_rivals(alpha: Advertiser, beta: Advertiser, clock: Clock) -> None:
    _ask("马克杯", searches=28_000)
    beta.run(group={"words": (WordDraft("马克杯", MatchType.EXACT, 200),)})
    words = [WordDraft("马克杯", MatchType.EXACT), WordDraft("没人问")]
    day = _forecast(alpha, words, 100, clock)
    assert (day.searches, day.clicks, day.click_price_minor) == (1_000, 20, 10)
    above = _forecast(alpha, words, 300, clock)
    assert (above.clicks, above.click_price_minor) == (30, 221)
    assert not _forecast(alpha, words[1:], 100, clock).is_known


def test_words_are_cut_as_they_are_asked() -> None:
    assert tokenize_words("陶瓷 马克杯") == tokenize_words("陶瓷马克杯") == ("陶瓷", "马克杯")


def _suggest(who: Advertiser, clock: Clock, without: list[str] | None = None):
    return suggest_words(
        shop_id=who.shop.shop_id, product_ids=[who.product_id], seeds="", now=clock.now, without=without or []
    )


def _forecast(who: Advertiser, words: list[WordDraft], bid_minor: int, clock: Clock):
    (day,) = forecast_words(
        shop_id=who.shop.shop_id, words=words, bids_minor=[bid_minor], daily_budget_minor=50_000, now=clock.now
    )
    return day
