"""Threads that only compute take turns, in the order in which they came."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from search.serving.services.turnstile import NoTurn, Turnstile

PATIENCE_SECONDS = 20.0


@contextmanager
def held(turnstile: Turnstile) -> Iterator[None]:
    """Another thread is inside meanwhile."""
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with turnstile.passing(PATIENCE_SECONDS):
            inside.set()
            leave.wait(PATIENCE_SECONDS)

    thread = threading.Thread(target=stay)
    thread.start()
    assert inside.wait(PATIENCE_SECONDS)
    try:
        yield
    finally:
        leave.set()
        thread.join(PATIENCE_SECONDS)


def wait_for_waiting(turnstile: Turnstile, many: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while len(turnstile._waiting) < many:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_those_who_wait_pass_in_the_order_in_which_they_came() -> None:
    turnstile, passed = Turnstile(), []

    def go(number: int) -> None:
        with turnstile.passing(PATIENCE_SECONDS):
            passed.append(number)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(8)]
    with held(turnstile):
        for number, thread in enumerate(threads):
            thread.start()
            wait_for_waiting(turnstile, number + 1)
        assert passed == []
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert passed == list(range(8))


def test_never_two_are_inside_and_none_is_forgotten() -> None:
    turnstile, inside, most, times = Turnstile(), [], [], []

    def go() -> None:
        for _ in range(200):
            with turnstile.passing(PATIENCE_SECONDS):
                inside.append(1)
                most.append(len(inside))
                inside.pop()
            times.append(1)

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert (len(times), max(most)) == (1_600, 1)


def test_who_waited_too_long_goes_without_and_takes_nobodys_turn() -> None:
    turnstile = Turnstile()
    with held(turnstile), pytest.raises(NoTurn), turnstile.passing(0.01):
        raise AssertionError("it was not its turn")
    with turnstile.passing(0.0):
        assert not turnstile._waiting


def test_a_turn_is_handed_on_when_its_work_fails() -> None:
    turnstile = Turnstile()
    with pytest.raises(ZeroDivisionError), turnstile.passing(0.0):
        raise ZeroDivisionError
    with turnstile.passing(0.0):
        pass
