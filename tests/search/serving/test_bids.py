"""Bids of 28 days: kept as spans, the same as a diary of every day would say."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from search.auction.contracts import KeywordBid, MatchType
from search.campaigns.contracts import LiveKeyword
from search.serving.models import BidSpan
from search.serving.services.bids import note_bids, read_bids

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)


@dataclass
class Shown:
    """As much of an ad as bids are read from."""

    keywords: tuple[LiveKeyword, ...]


@dataclass
class Running:
    """As much of a campaign."""

    shop_id: int
    ads: list[Shown] = field(default_factory=list)


def bid(shop_id: int, words: str, bid_minor: int) -> Running:
    return Running(shop_id, [Shown((LiveKeyword(1, tuple(words.split()), MatchType.BROAD, bid_minor),))])


def note(today: date, *bids: tuple[int, str, int]) -> None:
    note_bids([bid(*one) for one in bids], today)  # type: ignore[misc]


def test_a_bid_that_stays_is_one_span_and_one_that_moves_begins_another() -> None:
    for back in range(3):
        note(DAY + timedelta(days=back), (1, "马克杯", 100))
        note(DAY + timedelta(days=back), (1, "马克杯", 100))
    note(DAY + timedelta(days=3), (1, "马克杯", 120))
    spans = list(BidSpan.objects.order_by("first_day").values_list("bid_minor", "first_day", "last_day"))
    third, fourth = DAY + timedelta(days=2), DAY + timedelta(days=3)
    assert spans == [(100, DAY, third), (120, fourth, fourth)]


def test_whoever_paused_still_counts_for_28_days() -> None:
    note(DAY, *((shop, "茶 杯", 100 + shop) for shop in range(1, 6)))
    note(DAY + timedelta(days=1), *((shop, "茶 杯", 100 + shop) for shop in range(1, 5)))
    bids = read_bids(DAY + timedelta(days=1))[("茶", "杯")]
    assert Counter(one.merchant for one in bids) == {1: 2, 2: 2, 3: 2, 4: 2, 5: 1}
    note(DAY + timedelta(days=28), (1, "茶 杯", 101))
    assert read_bids(DAY + timedelta(days=28)) == {}, "only one bid within 28 days"


def test_spans_say_what_a_diary_of_every_day_says() -> None:
    chance, diary = random.Random(5), []
    for number in range(45):
        today = DAY + timedelta(days=number)
        bids = {(shop, chance.choice(("杯", "茶 杯")), chance.choice((80, 90, 100))) for shop in range(1, 8)}
        held = [one for one in bids if chance.random() < 0.8]
        if chance.random() < 0.9:  # some days nobody notes anything
            note(today, *held)
            diary += [(today, *one) for one in held]
        since = today - timedelta(days=28)
        for words in ("杯", "茶 杯"):
            kept = [(shop, amount) for day, shop, text, amount in diary if day > since and text == words]
            expected = kept if len({shop for shop, _ in kept}) >= 5 else []
            found = read_bids(today).get(tuple(words.split()), [])
            assert Counter(found) == Counter(KeywordBid(*one) for one in expected), (today, words)
