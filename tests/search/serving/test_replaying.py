"""Decisions as pages made and stored them, held again: the same winners at the same prices, bit for bit."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from billing.settlement.services.days import business_date
from market.money import MICRO_PER_MINOR
from market.shops.contracts import ShopContext
from search.auction.contracts import Award, DisplayAward, Pace, TokenKind
from search.campaigns.contracts import CampaignKind, Charge, PageKind
from search.campaigns.rules.tokens import tokenize_words
from search.serving.contracts import AdAsk
from search.serving.services import choose_ads, get_server
from search.serving.services import choosing as choosing_module
from search.spending.contracts import DecisionLine, DecisionView
from search.spending.models import Decision
from search.spending.selectors import replay_decision, search_decisions
from tests.conftest import Clock
from tests.fixtures.api import forget_everything, list_product
from tests.fixtures.serving import advertise, warm_up

LONG = bool(os.environ.get("JISHI_LONG"))
DECISIONS = 100_000 if LONG else 400
STORED_EACH = 250
SHOPS = 7
WORDS = ("马克杯", "青釉", "青釉 马克杯", "茶杯", "礼盒")
PAGES = ((PageKind.SEARCH, CampaignKind.KEYWORD), (PageKind.HOME, CampaignKind.DISPLAY))

pytestmark = pytest.mark.timeout(7_200 if LONG else 300)


@pytest.fixture
def market(committed_db, make_shop: Callable[..., ShopContext], clock: Clock, monkeypatch) -> Clock:
    """Shops that bid for words and for places, some evenly over the day. A busy machine may take its time."""
    forget_everything(monkeypatch)
    monkeypatch.setattr(choosing_module, "LIMIT_SECONDS", 60.0)
    chance = random.Random(3)
    for number in range(SHOPS):
        shop = make_shop(f"shop-{number}", owner_id=900_001 + number)
        offer, _ = list_product(shop, sku="MUG", price_minor=1_000, pieces=10, title="青釉马克杯 茶杯 礼盒")
        words, bid_minor = chance.sample(WORDS, 3), chance.randint(50, 400)
        advertise(offer, *words, pace=chance.choice(list(Pace)), bid_minor=bid_minor, now=clock.now)
        charge = chance.choice(list(Charge))
        bid_minor = chance.randint(20, 60) * (50 if charge is Charge.MILLE else 1)
        advertise(offer, charge=charge, bid_minor=bid_minor, now=clock.now)
    warm_up(clock.now)
    return clock


def test_stored_decisions_come_out_again_with_the_same_winners_and_prices(market: Clock) -> None:
    chance, shown, began = random.Random(int(os.environ.get("JISHI_SEED", "1"))), 0, market.now
    while shown < DECISIONS:
        page, kind = chance.choice(PAGES)
        words = chance.choice(WORDS) if kind is CampaignKind.KEYWORD else ""
        ask = AdAsk(page=page, places={kind: chance.randint(1, 5)}, query=words, tokens=tokenize_words(words))
        shown += bool(choose_ads(ask=ask, now=market.move(microseconds=100)).lines)
        if len(get_server().state.waiting) >= STORED_EACH:
            get_server().refresh(market.now)
    while get_server().state.waiting:
        get_server().refresh(market.now)
    seen: Counter[str] = Counter()
    for decision in read_all(began):
        replay = replay_decision(decision)
        assert replay.is_same, (decision.decision_id, replay.problem)
        assert replay.again is not None
        awards = {(award.place, award.ad): award for award in replay.again.awards}
        for line in decision.lines:
            assert price_of(line, awards[(line.place, line.ad_id)]) == line.price_micro, decision.decision_id
        seen[type(replay.again).__name__] += 1
    print(f"{seen.total()} stored decisions held again: {dict(seen)}")
    assert seen.total() == Decision.objects.count() == shown
    assert min(seen["Decision"], seen["DisplayDecision"]) > DECISIONS // 10


def price_of(line: DecisionLine, award: Award | DisplayAward) -> int:
    if isinstance(award, Award):
        return award.price.amount_minor * MICRO_PER_MINOR
    return award.price.view_micro if line.kind is TokenKind.VIEW else award.price.click_minor * MICRO_PER_MINOR


def read_all(since: datetime) -> Iterator[DecisionView]:
    """All decisions, as staff page through them."""
    after = None
    while page := search_decisions(day=business_date(since), after=after, limit=200):
        yield from page
        after = page[-1].position
