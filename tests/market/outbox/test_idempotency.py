"""A repeated request gets the first answer, and nothing is done twice."""

import threading

import pytest
from django.db import connections

from market.outbox.contracts import StoredResponse
from market.outbox.idempotency import LEASE_SECONDS, BadKey, KeyInFlight, KeyReused, run_once


def _run(clock, work, key="k1", request=b"{}"):
    return run_once(scope="user:1", key=key, request=request, now=clock.now, work=work)


def test_the_same_key_and_request_get_the_first_answer(db, clock):
    calls = []

    def work():
        calls.append(1)
        return StoredResponse(201, b'{"n": 1}', location="/x")

    assert _run(clock, work) == _run(clock, work) == StoredResponse(201, b'{"n": 1}', "application/json", "/x")
    assert len(calls) == 1


def test_the_same_key_for_another_request_is_an_error(db, clock):
    _run(clock, lambda: StoredResponse(200, b"a"))
    with pytest.raises(KeyReused):
        _run(clock, lambda: StoredResponse(200, b"b"), request=b"other")


def test_a_failure_gives_the_key_back(db, clock):
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _run(clock, fail)
    assert _run(clock, lambda: StoredResponse(500, b"")).status == 500
    assert _run(clock, lambda: StoredResponse(200, b"ok")).body == b"ok"


def test_a_key_in_flight_is_refused_until_its_lease_ends(db, clock):
    def nested():
        with pytest.raises(KeyInFlight):
            _run(clock, lambda: StoredResponse(200, b""))
        clock.move(seconds=LEASE_SECONDS)
        _run(clock, lambda: StoredResponse(200, b"second"))
        return StoredResponse(200, b"first")

    _run(clock, nested)


@pytest.mark.parametrize("key", ["", "x" * 101, "线", "a\nb"])
def test_a_bad_key_is_refused(db, clock, key):
    with pytest.raises(BadKey):
        _run(clock, lambda: StoredResponse(200, b""), key=key)


def test_of_many_at_once_one_does_the_work(committed_db, clock):
    calls, answers, lock = [], [], threading.Lock()
    start = threading.Barrier(8)

    def work():
        with lock:
            calls.append(1)
        return StoredResponse(200, b"done")

    def ask():
        try:
            start.wait(10)
            answer = _run(clock, work).body
        except KeyInFlight:
            answer = b"in flight"
        finally:
            connections.close_all()
        with lock:
            answers.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert len(calls) == 1 and set(answers) <= {b"done", b"in flight"} and len(answers) == 8
