"""How fast ads are decided on and clicks are billed, beside a loop over all campaigns as one would first write it.

A market of 2,000 merchants with 20,000 words in the memory of one process. Questions are of two words, so that some 200
ads take part, and are asked by 1, 8 and 32 threads at once, which take turns: what one waits is in its time. Then
clicks into a fresh database, how fast reports count them, and the same over HTTP (`ads_web`). Counters: winners that
the loop would not have, prices out of bounds, clicks that are lost or billed beyond their lease, and cells of reports
that a recount contradicts.
"""

import gc
import os
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import django
from django.utils import timezone

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from django.db import connections  # noqa: E402

from search.auction.contracts import Candidate, Terms  # noqa: E402
from search.auction.keyword import hold_auction  # noqa: E402
from search.auction.versions import get_rules, get_weights  # noqa: E402
from search.campaigns.contracts import LiveCampaign, PageKind  # noqa: E402
from search.serving.contracts import AdAsk, Goods, Product, QualityTable  # noqa: E402
from search.serving.rules.choosing import choose_for_words  # noqa: E402
from search.serving.rules.finding import find_offers  # noqa: E402
from search.serving.rules.index import AdIndex, list_products  # noqa: E402
from search.serving.rules.scene import Budget, Scene  # noqa: E402
from search.serving.rules.scoring import Scores  # noqa: E402
from search.serving.services.turnstile import Turnstile  # noqa: E402
from tests.bench.ads_clicks import bill_clicks, count_missing, count_overdrawn, count_wrong_cells, make_tokens  # noqa: E402
from tests.bench.ads_web import advertising_market  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import fresh_database  # noqa: E402
from tests.bench.load import percentile  # noqa: E402
from tests.search.reports.counting_on import count_all  # noqa: E402
from tests.search.serving import naive  # noqa: E402
from tests.search.serving.markets import DAY, FLOORS, VOCABULARY, make_campaign, make_goods  # noqa: E402

QUICK = bool(os.environ.get("JISHI_BENCH_QUICK"))
MERCHANTS, WORDS_EACH = (200, 10) if QUICK else (2_000, 10)
CLIENTS = (1, 8, 32)
PLACES = 4
ASKED, ASKED_OF_ALL, COMPARED = (60, 4, 4) if QUICK else (640, 32, 16)
CANDIDATES, AUCTIONS = 200, 300
CLICKS = 200 if QUICK else 2_000
TURN_SECONDS = 60.0
_turns = Turnstile()  # as in a web process; for the loop too, so that what differs is the deciding


@dataclass(frozen=True)
class Market:
    """Live campaigns with their goods, as an index and as a list to go through."""

    campaigns: Mapping[int, LiveCampaign]
    goods: Mapping[Product, Goods]
    index: AdIndex
    words: Sequence[str]
    scene: Scene
    index_mb: float


@contextmanager
def prepared() -> Iterator[Callable[[], list[BenchRow]]]:
    """A market over HTTP for all rounds; each call measures one round, of it and in this process."""
    with advertising_market() as measure_http:
        yield lambda: [*measure_process(), *measure_http()]


def measure_process() -> list[BenchRow]:
    """What needs no web server."""
    chance = random.Random(9)
    market = make_market(chance)
    gc.freeze()  # as a server does that has loaded its index
    measured = time_auctions(chance)
    for clients in CLIENTS:
        measured += time_decisions(market, chance, clients)
    measured.append(BenchRow("ads: memory of the index", market.index_mb, "MB"))
    gc.unfreeze()
    return [*measured, *time_clicks()]


def make_market(chance: random.Random) -> Market:
    """So many merchants with so many words each, all for everybody at any time, all with money."""
    words = [f"{word}{number}" for word in VOCABULARY for number in range(3)]
    campaigns = {
        number: make_campaign(chance, number, shop_id=number, words=WORDS_EACH, plain=True, vocabulary=words)
        for number in range(1, MERCHANTS + 1)
    }
    goods = {one: replace(make_goods(chance, one), text="\n".join(words)) for one in list_products(campaigns.values())}
    tracemalloc.start()
    index = AdIndex()
    for campaign in campaigns.values():
        index.put(campaign, goods)
    index_mb = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    scene = Scene(
        request="r",
        day=DAY,
        hour_of_week=60,
        rules=get_rules(),
        floors=FLOORS,
        reserves={},
        scores=Scores(QualityTable()),
        budgets=dict.fromkeys(campaigns, Budget(lease_rest_micro=1_000_000)),
        is_late=lambda: False,
    )
    return Market(campaigns, goods, index, words, scene, index_mb)


def time_auctions(chance: random.Random) -> list[BenchRow]:
    """An auction of 200 candidates, alone."""
    terms = Terms(places=PLACES, rules=get_rules(), weights=get_weights(), quality_version=1)
    times, wrong = [], 0
    for _ in range(AUCTIONS):
        candidates = [
            Candidate(
                ad=number,
                merchant=number,
                bid_minor=chance.randint(10, 900),
                quality=chance.randint(50, 1_000),
                reserve_minor=10,
                created_us=number,
            )
            for number in range(CANDIDATES)
        ]
        bids = {candidate.ad: candidate.bid_minor for candidate in candidates}
        began = time.perf_counter()
        awards = hold_auction(candidates, terms)
        times.append((time.perf_counter() - began) * 1_000)
        wrong += sum(not 10 <= award.price.amount_minor <= bids[award.ad] for award in awards)
    counters = {"prices out of bounds": wrong}
    name = f"ads: auction of {CANDIDATES} candidates"
    return [
        BenchRow(f"{name}, p50", percentile(times, 0.5), "ms", counters=counters),
        BenchRow(f"{name}, p99", percentile(times, 0.99), "ms"),
    ]


def time_decisions(market: Market, chance: random.Random, clients: int) -> list[BenchRow]:
    """The p99 of decisions out of the index, and of the same by a loop over all campaigns."""
    asks = [_make_ask(market, chance) for _ in range(ASKED)]
    times, seconds = _time_many(lambda ask: _decide(market, ask), asks, clients)
    looped, _ = _time_many(lambda ask: _loop(market, ask), asks[: max(ASKED_OF_ALL, clients)], clients)
    wrong = sum(_decide(market, ask) != _loop(market, ask) for ask in asks[:COMPARED])
    name = f"ads: decision, {clients} clients"
    base = BenchRow(f"ads: loop over all campaigns, {clients} clients, p99", percentile(looped, 0.99), "ms")
    p99 = percentile(times, 0.99)
    return [
        base,
        BenchRow(f"{name}, p50", percentile(times, 0.5), "ms"),
        BenchRow(f"{name}, p99", p99, "ms", base=base.name, ratio=p99 / base.value, counters={"other winners": wrong}),
        BenchRow(name, len(times) / seconds, "decisions/s"),
    ]


def time_clicks() -> list[BenchRow]:
    """Clicks of many merchants billed by eight threads, and how fast they are counted afterwards."""
    now = timezone.now()
    with fresh_database(as_owner=True, purpose="ads"):
        clicks = make_tokens(CLICKS, now)
        bill_clicks(clicks[: CLICKS // 10], now)
        began = time.perf_counter()
        billed = bill_clicks(clicks[CLICKS // 10 :], now)
        rate = billed / (time.perf_counter() - began)
        began = time.perf_counter()
        counting = count_all(now) / (time.perf_counter() - began)
        counters = {"lost or billed twice": count_missing(CLICKS), "wrong leases": count_overdrawn()}
        wrong = {"wrong cells": count_wrong_cells()}
        connections.close_all()
    return [
        BenchRow("ads: clicks billed, 8 threads", rate, "clicks/s", counters=counters),
        BenchRow("ads: events counted for reports", counting, "events/s", counters=wrong),
    ]


def _make_ask(market: Market, chance: random.Random) -> AdAsk:
    return AdAsk(page=PageKind.SEARCH, places={}, tokens=tuple(chance.sample(market.words, 2)))


def _decide(market: Market, ask: AdAsk) -> list[tuple[int, int]]:
    with _turns.passing(TURN_SECONDS):
        offers = find_offers(market.index, ask, market.scene).offers
        chosen = choose_for_words(offers, PLACES, market.scene)
    return [(winner.offer.held.ad.ad_id, winner.price_micro // 1_000_000) for winner in chosen.winners]


def _loop(market: Market, ask: AdAsk) -> list[tuple[int, int]]:
    with _turns.passing(TURN_SECONDS):
        awards = naive.choose_for_words(market.campaigns.values(), market.goods, ask, market.scene, PLACES)
    return [(award.ad, award.price.amount_minor) for award in awards]


def _time_many(ask_one: Callable[[AdAsk], object], asks: Sequence[AdAsk], clients: int) -> tuple[list[float], float]:
    """Milliseconds of each question, so many asked at once, and the seconds of all."""

    def take(ask: AdAsk) -> float:
        began = time.perf_counter()
        ask_one(ask)
        return (time.perf_counter() - began) * 1_000

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = list(pool.map(take, asks))
    return times, time.perf_counter() - began
