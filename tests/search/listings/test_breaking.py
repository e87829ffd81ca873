"""When an engine is left alone, and when it is tried again."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.listings.contracts import BadQuery, Candidate, EngineAnswer, EngineDown, NoIndex, Question, SearchQuery
from search.listings.engines.guarded import GuardedEngine
from search.listings.rules.breaking import Breaker, BreakerLimits, Verdict

LIMITS = BreakerLimits(most_bad=3, among=5, pause_seconds=1.0, longest_pause_seconds=4.0)


def break_open(breaker: Breaker, now: float = 0.0) -> None:
    for _ in range(LIMITS.most_bad):
        breaker.record(now, is_bad=True)


def test_a_few_bad_answers_open_it_and_a_good_probe_closes_it() -> None:
    breaker = Breaker(LIMITS)
    breaker.record(0.0, is_bad=True)
    breaker.record(0.0, is_bad=True)
    assert breaker.decide(0.0) is Verdict.ASK
    breaker.record(0.0, is_bad=True)
    assert [breaker.decide(now) for now in (0.0, 0.99, 1.0, 1.0)] == ["refuse", "refuse", "probe", "refuse"]
    breaker.record_probe(1.2, is_bad=False)
    assert breaker.decide(1.2) is Verdict.ASK


def test_bad_answers_far_apart_do_not_open_it() -> None:
    breaker = Breaker(LIMITS)
    for number in range(100):
        breaker.record(float(number), is_bad=number % 3 == 0)  # at most two among any five
    assert not breaker.is_open


def test_each_bad_probe_doubles_the_pause_up_to_the_longest() -> None:
    breaker = Breaker(LIMITS)
    break_open(breaker)
    now, pauses = 0.0, []
    for _ in range(5):
        began = now
        while breaker.decide(now) is not Verdict.PROBE:
            now += 0.25
        pauses.append(now - began)
        breaker.record_probe(now, is_bad=True)
    assert pauses == [1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_probe_that_is_never_heard_of_is_followed_by_another() -> None:
    breaker = Breaker(LIMITS)
    break_open(breaker)
    assert [breaker.decide(now) for now in (1.0, 1.5, 2.0)] == ["probe", "refuse", "probe"]


def test_what_was_asked_before_it_opened_neither_closes_nor_prolongs_it() -> None:
    breaker = Breaker(LIMITS)
    break_open(breaker)
    breaker.record(0.9, is_bad=False)
    breaker.record(0.9, is_bad=True)
    assert breaker.decide(0.95) is Verdict.REFUSE
    assert breaker.decide(1.0) is Verdict.PROBE


def test_after_it_closed_old_failures_are_forgotten() -> None:
    breaker = Breaker(LIMITS)
    break_open(breaker)
    breaker.record_probe(1.0, is_bad=False)
    breaker.record(1.1, is_bad=True)
    breaker.record(1.1, is_bad=True)
    assert not breaker.is_open


@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from(["ask", "good", "bad", "good probe", "bad probe"]))))
def test_whatever_happens_it_is_asked_again_within_the_longest_pause(steps: list[tuple[float, str]]) -> None:
    breaker, now = Breaker(LIMITS), 0.0
    for pause, step in steps:
        now += pause
        if step == "ask":
            breaker.decide(now)
        elif step.endswith("probe"):
            breaker.record_probe(now, is_bad=step == "bad probe")
        else:
            breaker.record(now, is_bad=step == "bad")
    assert breaker.decide(now + LIMITS.longest_pause_seconds) is not Verdict.REFUSE


# ---- Around an engine -----------------------------------------------------------------------------


@dataclass
class Scripted:
    """An engine that does what it is told, and counts how often it is asked."""

    then: Callable[[], None] = lambda: None
    asked: list[str] = field(default_factory=list)
    name: str = "scripted"

    def read_generation(self) -> str:
        self.asked.append("generation")
        return "1"

    def search(self, question: Question, *, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        self.asked.append(threading.current_thread().name)
        self.then()
        return EngineAnswer((1,), 1)

    def list_candidates(self, question: Question, *, closed_shop_ids: frozenset[int]) -> Sequence[Candidate]:
        return ()

    def count_categories(self, *, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        return {}

    def list_versions(self) -> Mapping[int, int]:
        return {}


def fail() -> None:
    raise EngineDown("away")


def guard(engine: Scripted, *, pause: float = 0.05) -> GuardedEngine:
    limits = BreakerLimits(pause_seconds=pause, longest_pause_seconds=pause)
    return GuardedEngine(engine, slow_seconds=0.2, limits=limits)


def ask(engine: GuardedEngine, times: int = 1) -> list[bool]:
    """Whether each question was answered by the engine."""
    answered = []
    for _ in range(times):
        try:
            engine.search(Question(SearchQuery()), closed_shop_ids=frozenset())
            answered.append(True)
        except EngineDown:
            answered.append(False)
    return answered


def test_an_engine_that_fails_is_left_alone_and_comes_back_by_a_probe_that_nobody_waits_for() -> None:
    scripted = Scripted(then=fail)
    engine = guard(scripted)
    ask(engine, 30)
    assert len(scripted.asked) == 3
    with pytest.raises(EngineDown):
        engine.read_generation()
    scripted.then = lambda: None
    deadline = time.monotonic() + 20
    while engine.is_open:
        ask(engine)
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert ask(engine) == [True]
    assert "probe of the search engine" in scripted.asked


def test_an_engine_that_is_slow_is_left_alone() -> None:
    scripted = Scripted(then=lambda: time.sleep(0.25))
    engine = guard(scripted, pause=60)
    assert ask(engine, 3) == [True] * 3
    assert ask(engine, 3) == [False] * 3
    assert len(scripted.asked) == 3


def test_generations_that_are_remembered_do_not_hide_failures() -> None:
    scripted = Scripted(then=fail)
    engine = guard(scripted, pause=60)
    for _ in range(3):
        ask(engine)
        for _ in range(50):
            if not engine.is_open:
                engine.read_generation()
    assert engine.is_open


@pytest.mark.parametrize("error", [BadQuery("no"), NoIndex("none")])
def test_what_is_no_failure_of_the_engine_never_opens_it(error: Exception) -> None:
    def refuse() -> None:
        raise error

    engine = guard(Scripted(then=refuse))
    for _ in range(30):
        with pytest.raises(type(error)):
            engine.search(Question(SearchQuery()), closed_shop_ids=frozenset())
    assert not engine.is_open
