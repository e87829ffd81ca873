"""However many want the last pieces, and whatever order things happen in, nothing is sold twice."""

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from market.shops.tenancy import enter_shop
from tenants.inventory import selectors, services
from tenants.inventory.contracts import HoldState, StockCount, Wanted
from tenants.inventory.models import Hold, StockLevel
from tests.fixtures.forks import fork
from tests.tenants.inventory.buyers import Plan, buy
from tests.tenants.inventory.test_stock import make_variants

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def run_buyers(committed_db, shop, variants, *, names, tries, lines=1, beat_seconds=0.0):
    plans = [
        Plan(shop, variants, name, tries, lines, seed, beat_seconds, time.time() + 2) for seed, name in enumerate(names)
    ]
    buyers = [fork(buy, plan, database=committed_db.name) for plan in plans]
    return [sum(column) for column in zip(*[buyer.finish() for buyer in buyers], strict=True)]


@pytest.fixture
def stocked(committed_db, shop_a, clock):
    def make(*on_hand):
        with transaction.atomic(), enter_shop(shop_a):
            return make_variants(clock, *on_hand)

    return make


def sums(shop):
    with transaction.atomic(), enter_shop(shop):
        levels = [(row.on_hand, row.held) for row in StockLevel.objects.order_by("pk")]
        return levels, sum(Hold.objects.filter(state="held").values_list("quantity", flat=True))


def test_processes_that_want_the_last_pieces_get_exactly_those(committed_db, shop_a, stocked):
    variants = stocked(20)
    taken, refused, _ = run_buyers(committed_db, shop_a, variants, names=["a", "b", "c", "d"], tries=25, lines=1)
    assert (taken, refused) == (20, 80)
    assert sums(shop_a) == ([(20, 20)], 20)


def test_of_single_pieces_wanted_at_the_same_instant_each_is_sold_once(committed_db, shop_a, stocked):
    variants = stocked(*[1] * 60)
    names = ["a", "b", "c", "d"]
    taken, refused, _ = run_buyers(committed_db, shop_a, variants, names=names, tries=60, beat_seconds=0.03)
    assert (taken, refused) == (60, 180)
    levels, held = sums(shop_a)
    assert levels == [(1, 1)] * 60 and held == 60


def test_baskets_that_cross_neither_deadlock_nor_oversell(committed_db, shop_a, stocked):
    variants = stocked(15, 15, 15, 15)
    taken, refused, _ = run_buyers(committed_db, shop_a, variants, names=["a", "b", "c"], tries=30, lines=3)
    levels, held = sums(shop_a)
    assert taken + refused == 90 and held == taken * 3
    assert sum(h for _, h in levels) == held and all(h <= n for n, h in levels)
    # Baskets stop only because at most two of the four are left.
    assert sum(n == h for n, h in levels) >= 2


def test_the_same_keys_from_several_processes_hold_once(committed_db, shop_a, stocked):
    variants = stocked(1000, 1000)
    taken, refused, clashes = run_buyers(committed_db, shop_a, variants, names=["", "", ""], tries=30, lines=2)
    assert refused == 0 and taken + clashes == 90
    assert sums(shop_a) == ([(1000, 30), (1000, 30)], 60)


class Stock(RuleBasedStateMachine):
    """The service beside a model that anyone can check by eye: on hand and held by variant."""

    shop = None

    @initialize(on_hand=st.lists(st.integers(0, 5), min_size=2, max_size=3))
    def open(self, on_hand):
        # One transaction a run, rolled back at its end: each example starts from an empty shop.
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.inner = enter_shop(self.shop)
        self.inner.__enter__()
        self.ids = make_variants(type("Clock", (), {"now": NOW}), *on_hand)
        self.on_hand = dict(zip(self.ids, on_hand, strict=True))
        self.holds = {}
        self.released = {}
        self.number = 0

    def free(self, variant_id):
        return self.on_hand[variant_id] - sum(hold.get(variant_id, 0) for hold in self.holds.values())

    def pick(self, index):
        return self.ids[index % len(self.ids)]

    @rule(wanted=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=3))
    def hold(self, wanted):
        self.number += 1
        key = f"k{self.number}"
        lines = [Wanted(self.pick(index), quantity) for index, quantity in wanted]
        total = {v: sum(w.quantity for w in lines if w.variant_id == v) for v in {w.variant_id for w in lines}}
        fits = all(self.free(v) >= quantity for v, quantity in total.items())
        try:
            services.hold_stock(hold_key=key, wanted=lines, expires_at=None, now=NOW)
        except services.OutOfStock as error:
            assert not fits
            short = {v: (q, self.free(v)) for v, q in total.items() if self.free(v) < q}
            assert {s.variant_id: (s.wanted, s.available) for s in error.shortages} == short
        else:
            assert fits
            self.holds[key] = total

    @precondition(lambda self: self.holds)
    @rule(choice=st.integers(0, 20))
    def hold_again(self, choice):
        key = sorted(self.holds)[choice % len(self.holds)]
        lines = [Wanted(v, q) for v, q in self.holds[key].items() if q]
        if lines:
            services.hold_stock(hold_key=key, wanted=lines, expires_at=None, now=NOW)

    @precondition(lambda self: self.holds)
    @rule(choice=st.integers(0, 20))
    def release(self, choice):
        key = sorted(self.holds)[choice % len(self.holds)]
        services.release_holds(hold_key=key, now=NOW)
        self.released[key] = self.holds.pop(key)

    @precondition(lambda self: self.released)
    @rule(choice=st.integers(0, 20))
    def retake(self, choice):
        key = sorted(self.released)[choice % len(self.released)]
        lines = self.released[key]
        # What was shipped of a hold before it was released stays shipped; the rest is wanted again only if nothing was.
        stored = [h for h in selectors.list_holds(key) if h.state is HoldState.RELEASED]
        if len(stored) != len(lines):
            return
        fits = all(self.free(v) >= q for v, q in lines.items())
        try:
            services.retake_stock(hold_key=key, now=NOW)
        except services.OutOfStock:
            assert not fits
        else:
            assert fits
            self.holds[key] = self.released.pop(key)

    @precondition(lambda self: self.holds)
    @rule(choice=st.integers(0, 20), pieces=st.integers(1, 3))
    def ship(self, choice, pieces):
        key = sorted(self.holds)[choice % len(self.holds)]
        held = {v: q for v, q in self.holds[key].items() if q}
        if not held:
            return
        variant_id = sorted(held)[0]
        try:
            services.consume_holds(hold_key=key, parcel=[Wanted(variant_id, pieces)], now=NOW)
        except services.NotHeld:
            assert pieces > held[variant_id]
        else:
            assert pieces <= held[variant_id]
            self.on_hand[variant_id] -= pieces
            self.holds[key] = {**held, variant_id: held[variant_id] - pieces}

    @rule(index=st.integers(0, 2), count=st.integers(0, 6))
    def count(self, index, count):
        variant_id = self.pick(index)
        held = self.on_hand[variant_id] - self.free(variant_id)
        try:
            services.count_stock(counts=[StockCount(variant_id, count)], now=NOW)
        except services.CountBelowHeld:
            assert count < held
        else:
            assert count >= held
            self.on_hand[variant_id] = count

    @invariant()
    def the_tables_say_what_the_model_says(self):
        if not hasattr(self, "ids"):
            return
        assert selectors.get_availability(self.ids) == {v: self.free(v) for v in self.ids}
        rows = {row.variant_id: (row.on_hand, row.held) for row in StockLevel.objects.all()}
        assert rows == {v: (self.on_hand[v], self.on_hand[v] - self.free(v)) for v in self.ids}

    def teardown(self):
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.inner.__exit__(None, None, None)
            self.outer.__exit__(None, None, None)


def test_any_order_of_events_keeps_stock_and_holds_equal(shop_a):
    machine = type("StockOfShop", (Stock,), {"shop": shop_a})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
