"""A page's ads out of a real market: chosen, signed, stored, paid for, and never in the page's way."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from billing.checkout.contracts import Offer
from market.shops.contracts import ShopContext
from market.shops.tenancy import enter_shop
from search.auction.ad_tokens import read_token
from search.auction.contracts import FrequencyCap, Pace, Price, TokenKind, Window
from search.auction.pricing import is_reproducible
from search.auction.records import read_record
from search.campaigns.contracts import CampaignKind, CampaignState, Charge, PageKind, Targeting
from search.campaigns.rules.tokens import tokenize_words
from search.campaigns.services import set_campaign_state, set_daily_budget, stop_advertiser
from search.listings.services import refresh_listings
from search.serving.contracts import NO_ADS, AdAsk, PageAds
from search.serving.services import (
    choose_ads,
    count_views,
    forget_pause,
    forget_server,
    get_server,
    open_throttles,
    refreshing,
)
from search.serving.services import seen as seen_module
from search.serving.services import server as server_module
from search.serving.services.choosing import MOST_SLOW
from search.spending.contracts import StoredDecision
from search.spending.models import AdEvent, Decision, Lease
from search.spending.rules.days import name_day
from search.spending.services import DECISIONS_AT_ONCE, get_key_ring, note_rendered, record_click
from tenants.inventory.contracts import Wanted
from tenants.inventory.services import hold_stock
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.ads import visitor
from tests.fixtures.api import forget_everything, list_product
from tests.fixtures.serving import advertise, warm_up

KEYWORD, DISPLAY = CampaignKind.KEYWORD, CampaignKind.DISPLAY


@dataclass
class Street:
    """Three shops with a mug each."""

    shops: list[ShopContext]
    offers: list[Offer]
    listing_ids: list[int]
    clock: Clock

    @property
    def now(self) -> datetime:
        return self.clock.now

    def ask(self, words: str = "马克杯", **changes: object) -> AdAsk:
        asked = {"places": {KEYWORD: 2}, "tokens": tokenize_words(words), "query": words, "network": "10.0.0.0/24"}
        return AdAsk(page=PageKind.SEARCH, **{**asked, **changes})  # type: ignore[arg-type]

    def choose(self, words: str = "马克杯", **changes: object) -> PageAds:
        return choose_ads(ask=self.ask(words, **changes), now=self.now)


@pytest.fixture
def street(committed_db, make_shop: Callable[..., ShopContext], clock: Clock, monkeypatch) -> Street:
    forget_everything(monkeypatch)
    shops = [make_shop(slug, owner_id=900_001 + number) for number, slug in enumerate(("alpha", "beta", "gamma"))]
    made = [list_product(shop, sku="MUG", price_minor=1_000, pieces=10, title="青釉马克杯") for shop in shops]
    return Street(shops, [offer for offer, _ in made], [listing for _, listing in made], clock)


def test_the_highest_score_wins_pays_what_the_next_one_forces_and_is_signed(street: Street) -> None:
    for offer, bid in zip(street.offers, (100, 200, 150), strict=True):
        advertise(offer, "马克杯", bid_minor=bid, now=street.now)
    warm_up(street.now)
    first, second = street.choose().lines
    assert [first.listing_id, second.listing_id] == [street.listing_ids[1], street.listing_ids[2]]
    assert [first.place, second.place] == [1, 2]
    click = read_token(first.click_token, get_key_ring(), now_second=int(street.now.timestamp()))
    view = read_token(first.view_token, get_key_ring(), now_second=int(street.now.timestamp()))
    assert (click.kind, click.price_micro, click.ad) == (TokenKind.CLICK, 151 * 1_000_000, first.ad_id)
    assert (view.kind, view.price_micro) == (TokenKind.VIEW, 0)
    assert click.lease == Lease.objects.get(campaign_id=first.campaign_id).pk
    assert name_day(click.day) == get_server().state.money.day


def test_a_decision_is_stored_with_the_inputs_of_its_prices_and_its_click_is_billed(street: Street) -> None:
    for offer, bid in zip(street.offers, (100, 200, 150), strict=True):
        advertise(offer, "马克杯", bid_minor=bid, now=street.now)
    warm_up(street.now)
    line = street.choose(person="p1").lines[0]
    note_rendered(tokens=[line.view_token], now=street.now)
    get_server().refresh(street.now, everything=False)
    stored = Decision.objects.get()
    assert (stored.page, stored.query, len(stored.lines)) == ("search", "马克杯", 2)
    prices = [read_record(Price, one["inputs"]) for one in stored.lines]
    assert all(is_reproducible(price) for price in prices)
    outcome = record_click(token=line.click_token, facts=visitor(), now=street.now + timedelta(seconds=5))
    assert outcome.billed and outcome.target is not None
    assert outcome.target.product_id == street.offers[1].product_id
    event = AdEvent.objects.get()
    assert (event.billed_micro, event.inputs) == (151 * 1_000_000, stored.lines[0]["inputs"])


def test_a_campaign_that_is_paused_or_blocked_or_has_nothing_to_sell_leaves_within_a_round(street: Street) -> None:
    campaigns = [advertise(offer, "马克杯", bid_minor=100, now=street.now) for offer in street.offers]
    warm_up(street.now)
    assert len(street.choose(places={KEYWORD: 3}).lines) == 3
    set_campaign_state(
        shop_id=street.shops[0].shop_id, campaign_ids=[campaigns[0]], state=CampaignState.PAUSED, actor_id=1,
        now=street.now,
    )  # fmt: skip
    get_server().refresh(street.now)
    assert {line.campaign_id for line in street.choose(places={KEYWORD: 3}).lines} == set(campaigns[1:])
    sell_out(street, 1)
    get_server().refresh(street.now)
    assert {line.campaign_id for line in street.choose(places={KEYWORD: 3}).lines} == {campaigns[2]}
    stop_advertiser(shop_id=street.shops[2].shop_id, reason="test", actor_id=1, now=street.now)
    get_server().refresh(street.now)
    assert street.choose() == NO_ADS


def test_nothing_is_shown_without_money_and_a_lease_is_asked_for(street: Street) -> None:
    advertise(street.offers[0], "马克杯", money_minor=0, now=street.now)
    rich = advertise(street.offers[1], "马克杯", now=street.now)
    get_server().refresh(street.now)
    assert street.choose() == NO_ADS, "nobody had asked for their money before"
    get_server().refresh(street.now)
    assert [line.campaign_id for line in street.choose().lines] == [rich]
    assert get_server().state.money.dry_until.keys().isdisjoint({rich})


def test_a_small_budget_is_shared_by_many_processes(street: Street) -> None:
    by_click = advertise(street.offers[0], "马克杯", bid_minor=100, daily_budget_minor=2_000, now=street.now)
    by_view = advertise(
        street.offers[1], charge=Charge.MILLE, bid_minor=2_400, daily_budget_minor=2_000, now=street.now
    )
    for _ in range(6):
        forget_server()
        warm_up(street.now)
        assert get_server().state.money.leases.keys() == {by_click, by_view}
    granted = sum(Lease.objects.filter(campaign_id=by_click).values_list("granted_micro", flat=True))
    assert granted <= 2_000 * 1_000_000


def test_after_midnight_nothing_is_shown_for_yesterdays_money(street: Street) -> None:
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    assert street.choose().lines
    street.clock.move(hours=8)
    assert street.choose() == NO_ADS
    warm_up(street.now)
    (line,) = street.choose().lines
    assert read_token(line.click_token, get_key_ring(), now_second=int(street.now.timestamp())).lease == (
        Lease.objects.order_by("-pk").first().pk
    )


def test_a_person_sees_a_capped_campaign_no_oftener_than_it_says_also_on_two_pages_at_once(street: Street) -> None:
    targeting = Targeting(frequency_caps=(FrequencyCap(Window.DAY, 2),))
    capped = advertise(street.offers[0], "马克杯", bid_minor=300, targeting=targeting, now=street.now)
    other = advertise(street.offers[1], "马克杯", bid_minor=100, now=street.now)
    warm_up(street.now)
    person = f"person-{street.shops[0].schema}-{time.time_ns()}"
    shown = [[line.campaign_id for line in street.choose(person=person).lines] for _ in range(3)]
    assert shown == [[capped, other], [capped, other], [other]], "the third page at once shows it no more"
    street.clock.move(seconds=31)
    assert street.choose(person=person).lines[0].campaign_id == capped, "two that nobody looked at were let go"
    for _ in range(2):
        count_views(viewer=person, campaign_ids=[capped], now=street.now)
    street.clock.move(seconds=31)
    assert [line.campaign_id for line in street.choose(person=person).lines] == [other]
    assert street.choose(person=f"{person}-b").lines[0].campaign_id == capped
    street.clock.move(hours=24)
    warm_up(street.now)
    assert street.choose(person=person).lines[0].campaign_id == capped, "the next day it may be seen again"


def test_without_valkey_capped_campaigns_are_not_shown_and_others_are(street: Street, settings) -> None:
    targeting = Targeting(frequency_caps=(FrequencyCap(Window.DAY, 2),))
    advertise(street.offers[0], "马克杯", targeting=targeting, now=street.now)
    other = advertise(street.offers[1], "马克杯", now=street.now)
    warm_up(street.now)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    seen_module._client.cache_clear()
    try:
        assert [line.campaign_id for line in street.choose(person="p").lines] == [other]
    finally:
        seen_module._client.cache_clear()


def test_display_ads_are_billed_by_the_view_or_by_the_click(street: Street) -> None:
    by_view = advertise(street.offers[0], charge=Charge.MILLE, bid_minor=5_000, now=street.now)
    by_click = advertise(street.offers[1], charge=Charge.CLICK, bid_minor=80, now=street.now)
    warm_up(street.now)
    ads = choose_ads(ask=AdAsk(page=PageKind.HOME, places={DISPLAY: 3}, network="10.0.0.0/24"), now=street.now)
    assert [line.campaign_id for line in ads.lines] == [by_view, by_click], "50.00 and 80 fen at 5 % are 40.00"
    now = int(street.now.timestamp())
    views, clicks = (
        [read_token(getattr(line, f"{kind}_token"), get_key_ring(), now_second=now).price_micro for line in ads.lines]
        for kind in ("view", "click")
    )
    assert views == [4_010 * 1_000, 0], "a thousand views for 40.10"
    assert clicks == [0, 4 * 1_000_000], "alone above the floor of 2.00: 4 fen a click"


def test_one_merchant_has_one_ad_a_page_over_both_kinds(street: Street) -> None:
    advertise(street.offers[0], "马克杯", now=street.now)
    advertise(street.offers[0], charge=Charge.MILLE, bid_minor=5_000, now=street.now)
    warm_up(street.now)
    assert [line.kind for line in street.choose(places={KEYWORD: 2, DISPLAY: 2}).lines] == [KEYWORD]


def test_an_even_campaign_is_let_through_less_and_keeps_what_it_learnt(street: Street) -> None:
    even = advertise(street.offers[0], "马克杯", pace=Pace.EVEN, now=street.now)
    warm_up(street.now)
    shown = sum(bool(street.choose().lines) for _ in range(300))
    assert 10 <= shown <= 55, "the first day begins with a tenth"
    get_server().refresh(street.now)
    before = get_server().state.money.paces[even].rate_ppm
    assert before != 100_000, "200 requests have moved it"
    forget_server()
    warm_up(street.now)
    assert get_server().state.money.paces[even].rate_ppm == before


def test_a_lowered_budget_holds_for_what_this_process_was_lent(street: Street) -> None:
    campaign_id = advertise(
        street.offers[0], "马克杯", daily_budget_minor=200_000, money_minor=1_000_000, now=street.now
    )
    warm_up(street.now)
    shop_id, money = street.offers[0].shop_id, get_server().state.money
    lent = money.leases[campaign_id]
    set_daily_budget(shop_id=shop_id, campaign_id=campaign_id, daily_budget_minor=1_000, actor_id=1, now=street.now)
    get_server().refresh(street.now, everything=True)
    held = money.leases[campaign_id]
    assert held.lease_id == lent.lease_id and held.rest_micro == 1_000 * 1_000_000 < lent.rest_micro


def test_what_was_lent_to_a_changed_campaign_is_looked_at_again_for_some_seconds(street: Street, monkeypatch) -> None:
    campaign_id = advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    looked: list[set[int]] = []
    monkeypatch.setattr(refreshing, "take_back_beyond", lambda campaign_ids: looked.append(set(campaign_ids)))
    set_daily_budget(
        shop_id=street.offers[0].shop_id, campaign_id=campaign_id, daily_budget_minor=5_000, actor_id=1, now=street.now
    )
    for _ in range(3):
        get_server().refresh(street.now)
    assert looked == [{campaign_id}] * 3, "a lease that was being taken is seen once it is committed"
    reading = get_server().state.reading
    reading.changed_until = dict.fromkeys(reading.changed_until, 0.0)
    get_server().refresh(street.now)
    assert len(looked) == 3 and not reading.changed_until


def test_a_new_campaign_begins_with_what_the_throttles_of_its_market_came_to(street: Street) -> None:
    campaigns = [advertise(street.offers[0], f"词{number}", pace=Pace.EVEN, now=street.now) for number in range(6)]
    warm_up(street.now)
    assert {pace.rate_ppm for pace in get_server().state.money.paces.values()} == {100_000}
    open_throttles(campaign_ids=campaigns[:4], now=street.now)
    forget_server()
    warm_up(street.now)
    assert get_server().state.money.paces[campaigns[5]].rate_ppm == 100_000, "four are too few to go by"
    open_throttles(campaign_ids=campaigns[:5], now=street.now)
    forget_server()
    warm_up(street.now)
    assert get_server().state.money.paces[campaigns[5]].rate_ppm == 1_000_000


def test_decisions_survive_the_loss_of_the_database_as_far_as_there_is_room(street: Street, monkeypatch) -> None:
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    server = get_server()

    def refuse(decisions: object, **more: object) -> int:
        raise DatabaseError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(server_module, "store_decisions", refuse)
        for _ in range(5):
            assert street.choose().lines
        with pytest.raises(DatabaseError):
            server.refresh(street.now)
        assert len(server.state.waiting) == 5
    server.refresh(street.now)
    assert Decision.objects.count() == 5
    assert server.get_health().decisions_lost == 0


def test_decisions_of_two_days_are_stored_though_a_part_fails_at_first(street: Street, monkeypatch) -> None:
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    assert street.choose().lines
    server, store, parts = get_server(), server_module.store_decisions, []
    decision = server.state.waiting.popleft()()
    for number in range(DECISIONS_AT_ONCE + 5):
        day = decision.day + timedelta(days=number % 2)
        server.state.keep_decision(partial(replace, decision, decision_id=uuid4(), day=day))

    def fail_second(decisions: Sequence[StoredDecision], **more: Any) -> int:
        parts.append(len(decisions))
        if len(parts) == 2:
            raise DatabaseError("gone")
        return store(decisions, **more)

    monkeypatch.setattr(server_module, "store_decisions", fail_second)
    with pytest.raises(DatabaseError):
        server.refresh(street.now)
    server.refresh(street.now)
    assert parts == [DECISIONS_AT_ONCE, 5, DECISIONS_AT_ONCE, 5]
    assert Decision.objects.count() == DECISIONS_AT_ONCE + 5
    networks = Decision.objects.exclude(network=None).values("network").distinct()
    assert networks.count() == 2, "each day has a salt of its own"
    assert server.get_health().decisions_lost == 0 and not server.state.waiting


def test_a_decision_that_cannot_be_written_is_lost_alone(street: Street, monkeypatch) -> None:
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    server = get_server()
    assert street.choose().lines
    server.state.keep_decision(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    assert street.choose().lines
    server.refresh(street.now)
    assert Decision.objects.count() == 2
    assert server.get_health().decisions_lost == 1


def test_memory_that_nobody_refreshed_serves_nothing(street: Street) -> None:
    advertise(street.offers[0], "马克杯", now=street.now)
    assert street.choose() == NO_ADS, "nothing was loaded yet"
    warm_up(street.now)
    assert street.choose().lines
    get_server().state.reading.leases_at -= server_module.STALE_SECONDS
    assert street.choose() == NO_ADS


def test_a_slow_or_failing_index_costs_a_page_its_ads_and_hardly_any_time(street: Street, monkeypatch) -> None:
    for offer in street.offers:
        advertise(offer, "马克杯", now=street.now)
    warm_up(street.now)
    index = get_server().state.index
    steps, step_seconds = 1_000, 0.005

    def crawl(tokens):
        for _ in range(steps):
            time.sleep(step_seconds)
            yield from type(index).find_words(index, tokens)

    with monkeypatch.context() as patched:
        asked: list[object] = []
        patched.setattr(index, "find_words", lambda tokens: asked.append(tokens) or crawl(tokens))
        began = time.monotonic()
        for _ in range(2 * MOST_SLOW):
            assert street.choose() == NO_ADS
        assert time.monotonic() - began < MOST_SLOW * steps * step_seconds / 10, "nobody waits for the index to end"
        assert len(asked) == MOST_SLOW, "the pages after those do not even ask"
        forget_pause()
        patched.undo()
        patched.setattr(index, "find_words", crawl)
        assert [street.choose() for _ in range(MOST_SLOW - 1)] == [NO_ADS] * (MOST_SLOW - 1)
        patched.undo()
        assert street.choose().lines, "one that stumbled only is asked again at once"
        get_server().state.forget_answers()
        patched.setattr(index, "find_words", lambda tokens: 1 / 0)
        assert street.choose() == NO_ADS
    forget_pause()
    assert street.choose().lines


def test_a_round_rests_after_its_statements_but_not_with_locks_or_before_somebody_who_waits(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    server = server_module.AdServer()
    monkeypatch.setattr(server_module.time, "sleep", rests.append)

    def ask() -> int:
        before = len(rests)
        with connection.execute_wrapper(server._rest_after), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return len(rests) - before

    assert ask() == 0, "the first pages wait for their ads"
    server.state.is_ready = True
    assert (ask(), rests) == (1, [server_module.REST_SECONDS])
    for _ in range(2 * server_module.WRITTEN_AT_ONCE):
        server._rest_between()
    assert rests[1:] == [server_module.SHORT_REST_SECONDS] * 2
    with transaction.atomic():
        assert ask() == 0
    server.state.wanted.add(1)
    assert ask() == 0
    for _ in range(server_module.WRITTEN_AT_ONCE):
        server._rest_between()
    assert len(rests) == 3, "nor while decisions are written"
    connection.close()


def test_a_forked_process_has_a_memory_of_its_own(street: Street) -> None:
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    worker = get_server().state.worker
    child = os.fork()
    if not child:  # no database here: the parent's connection is not ours
        own = get_server()
        os._exit(0 if own.pid == os.getpid() and own.state.worker != worker and not own.is_fresh else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert get_server().state.worker == worker and street.choose().lines


def test_switched_off_nothing_is_asked(street: Street, settings) -> None:
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    settings.ADS_ON = False
    assert street.choose() == NO_ADS


def test_what_a_process_loaded_is_put_out_of_the_collectors_way_once(monkeypatch: pytest.MonkeyPatch) -> None:
    server, told = server_module.AdServer(), []

    def refresh(now: datetime, *, everything: bool) -> None:
        told.append("round")
        server.state.is_ready = len(told) > 1
        server._woken.set()
        if told.count("round") == 4:
            server._stopped.set()

    monkeypatch.setattr(server, "refresh", refresh)
    monkeypatch.setattr(server_module.gc, "freeze", lambda: told.append("freeze"))
    monkeypatch.setattr(server_module.connections, "close_all", lambda: None)
    server._run()
    assert told == ["round", "round", "freeze", "round", "round"]


def sell_out(street: Street, number: int) -> None:
    """All pieces of a shop's mug are held for somebody, and the listing heard of it."""
    shop, offer = street.shops[number], street.offers[number]
    with transaction.atomic(), enter_shop(shop):
        hold_stock(
            hold_key="all", wanted=[Wanted(offer.variant_id, 10)], expires_at=street.now + timedelta(1), now=street.now
        )
    refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=street.now)
