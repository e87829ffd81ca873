"""Events are written with what happened, delivered at least once, and hold each other up never."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.db.transaction import TransactionManagementError
from django.utils.module_loading import import_string

from config.subscriptions import SUBSCRIPTIONS as CONSUMERS
from config.subscriptions import TIMERS
from market.outbox.contracts import StoredResponse, Timer
from market.outbox.idempotency import run_once
from market.outbox.models import Delivery, Event, IdempotencyKey
from market.outbox.relay import Relay
from market.outbox.selectors import get_health, list_troubled
from market.outbox.services import (
    LEASE_SECONDS,
    MAX_ATTEMPTS,
    deliver_due,
    fan_out,
    list_due_consumers,
    purge_delivered,
    record_event,
    unpark,
)
from market.outbox.tasks import purge

SUBSCRIPTIONS = {"product.changed": ("one", "two")}


def _record(clock, key="k", kind="product.changed"):
    with transaction.atomic():
        return record_event(kind=kind, shop_id=1, key=key, payload={"product_id": 7}, now=clock.now)


def test_an_event_outside_a_transaction_is_refused(committed_db, clock):
    with pytest.raises(TransactionManagementError):
        record_event(kind="x", shop_id=None, key="k", payload={}, now=clock.now)


def test_an_event_of_a_rolled_back_change_is_gone(committed_db, clock):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_event(kind="x", shop_id=None, key="k", payload={}, now=clock.now)
        raise ZeroDivisionError
    assert not Event.objects.exists()


def test_each_consumer_gets_each_event_once_when_all_goes_well(db, clock):
    for number in range(5):
        _record(clock, key=str(number))
    assert fan_out(subscriptions=SUBSCRIPTIONS, now=clock.now) == {"one", "two"}
    assert fan_out(subscriptions=SUBSCRIPTIONS, now=clock.now) == set()
    got = []
    assert deliver_due(consumer="one", call=lambda events: got.extend(e.key for e in events), now=clock.now) == 5
    assert deliver_due(consumer="one", call=lambda events: got.extend(e.key for e in events), now=clock.now) == 0
    assert got == ["0", "1", "2", "3", "4"]
    assert list_due_consumers(now=clock.now) == {"two"}


def test_one_bad_event_holds_up_no_other(db, clock):
    for key in ("good", "bad", "fine"):
        _record(clock, key=key)
    fan_out(subscriptions={"product.changed": ("one",)}, now=clock.now)
    done = []

    def consume(events):
        if any(event.key == "bad" for event in events):
            raise ValueError("cannot read this one")
        done.extend(event.key for event in events)

    deliver_due(consumer="one", call=consume, now=clock.now)
    assert sorted(done) == ["fine", "good"]
    (troubled,) = list_troubled()
    assert troubled["key"] == "bad" and "cannot read this one" in str(troubled["error"])


def test_a_failing_event_is_tried_later_each_time_and_parked_in_the_end(db, clock):
    _record(clock)
    fan_out(subscriptions={"product.changed": ("one",)}, now=clock.now)

    def fail(events):
        raise ValueError("no")

    tries = 0
    while list_due_consumers(now=clock.now):
        tries += deliver_due(consumer="one", call=fail, now=clock.now)
        clock.move(seconds=LEASE_SECONDS + 601)
        assert tries <= MAX_ATTEMPTS
    assert tries == MAX_ATTEMPTS
    assert get_health(now=clock.now).parked == 1
    delivery = Delivery.objects.get()
    assert unpark(delivery_id=delivery.pk, now=clock.now)
    assert deliver_due(consumer="one", call=lambda events: None, now=clock.now) == 1
    assert get_health(now=clock.now).parked == 0


def test_what_a_dead_worker_had_is_delivered_again_after_its_lease(db, clock):
    _record(clock)
    fan_out(subscriptions={"product.changed": ("one",)}, now=clock.now)

    def die(events):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_due(consumer="one", call=die, now=clock.now)
    assert deliver_due(consumer="one", call=lambda events: None, now=clock.now) == 0
    later = clock.move(seconds=LEASE_SECONDS)
    assert deliver_due(consumer="one", call=lambda events: None, now=later) == 1


def test_two_relays_and_two_workers_share_the_work(committed_db, clock):
    for number in range(60):
        _record(clock, key=str(number))
    got, lock = [], threading.Lock()

    def consume(events):
        with lock:
            got.extend(event.key for event in events)

    def work():
        try:
            for _ in range(40):
                fan_out(subscriptions={"product.changed": ("one",)}, now=clock.now, limit=7)
                deliver_due(consumer="one", call=consume, now=clock.now, limit=5)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert sorted(got, key=int) == [str(number) for number in range(60)]


def test_delivered_events_are_purged_and_waiting_ones_are_kept(db, clock):
    _record(clock, key="done")
    fan_out(subscriptions={"product.changed": ("one",)}, now=clock.now)
    deliver_due(consumer="one", call=lambda events: None, now=clock.now)
    _record(clock, key="waiting")
    purge_delivered(before=clock.now + timedelta(days=1))
    assert [event.key for event in Event.objects.all()] == ["waiting"]


def test_the_relay_does_the_work_itself_while_the_broker_is_down(db, clock):
    _record(clock)
    ran, woken = [], []

    def broken_broker(kind, name):
        woken.append(name)
        raise ConnectionError

    relay = Relay(
        subscriptions={"product.changed": ("one",)},
        timers=[Timer("often", 0.0), Timer("here", 0.0, inline=True)],
        wake=broken_broker,
        run=lambda kind, name: ran.append((kind, name)),
        clock=lambda: clock.now,
    )
    assert relay.step()
    assert ran == [("consumer", "one"), ("timer", "often"), ("timer", "here")]
    assert woken == ["one"], "a broker that is down is not asked again at once"


def test_a_task_that_fails_in_the_relay_stops_no_other(db, clock):
    ran = []

    def run(kind, name):
        ran.append(name)
        if name == "bad":
            raise ValueError

    relay = Relay({}, [Timer("bad", 0, inline=True), Timer("good", 0, inline=True)], print, run, lambda: clock.now)
    relay.step()
    assert ran == ["bad", "good"]


def test_every_timer_and_consumer_is_there():
    for path in [timer.task for timer in TIMERS] + [path for paths in CONSUMERS.values() for path in paths]:
        assert callable(import_string(path)), path


def test_old_answers_are_forgotten_and_young_ones_kept(db, clock):
    for age, key in ((25, "old"), (1, "young")):
        now = clock.now - timedelta(hours=age)
        run_once(scope="s", key=key, request=b"", now=now, work=lambda: StoredResponse(200, b""))
    purge(clock.now)
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]
