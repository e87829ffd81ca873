"""Simulated days: seconds with requests, an auction that is won, clicks that come some seconds later."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from market.money import MICRO_PER_MINOR
from search.auction.contracts import Pace, PacePlan, PaceState, TrafficCurve
from search.auction.pacing import DAY_SECONDS, is_admitted, move_rate, plan_spend, start_day

Traffic = Callable[[int], float]

EVEN_CURVE = TrafficCurve((1,) * 24)
EVENING_CURVE = TrafficCurve(
    (30, 20, 12, 8, 8, 10, 20, 35, 50, 60, 65, 70, 75, 70, 65, 65, 70, 75, 90, 120, 140, 130, 90, 55)
)


def flow(curve: TrafficCurve, mean: float = 2.0) -> Traffic:
    """Requests a second that follow a curve as it was expected."""
    scale = mean * len(curve.requests) / sum(curve.requests)
    return lambda second: curve.requests[second * len(curve.requests) // DAY_SECONDS] * scale


def with_surge(traffic: Traffic, begins: int, ends: int, times: float) -> Traffic:
    """The same with so many times the requests for a while that nobody expected."""
    return lambda second: traffic(second) * (times if begins <= second < ends else 1)


def with_gap(traffic: Traffic, begins: int, ends: int = DAY_SECONDS) -> Traffic:
    """The same without any request for a while."""
    return lambda second: 0 if begins <= second < ends else traffic(second)


@dataclass(frozen=True, slots=True)
class Day:
    """What became of a budget. Errors are parts of it: spent less planned, every ten seconds."""

    spent: float
    offered: float
    errors: list[tuple[int, float]]
    state: PaceState
    free_clicks: int

    def worst(self, begins: int = 0, ends: int = DAY_SECONDS) -> float:
        return max(abs(error) for second, error in self.errors if begins <= second < ends)

    def spent_by(self, second: int, budget_minor: int, curve: TrafficCurve) -> float:
        """The part of the budget that was spent by a second."""
        error = next(error for at, error in self.errors if at >= second)
        return error + plan_spend(budget_minor * MICRO_PER_MINOR, curve, second) / (budget_minor * MICRO_PER_MINOR)


def live_day(
    traffic: Traffic,
    curve: TrafficCurve,
    *,
    budget_minor: int = 100_000,
    pace: Pace = Pace.EVEN,
    seed: int = 1,
    last: PaceState | None = None,
    price_minor: int = 50,
    click_rate: float = 0.05,
) -> Day:
    """A day of one campaign. A click comes 1 to 40 seconds after its request and costs what is left at most."""
    chance = random.Random(seed)
    plan = PacePlan(pace=pace, budget_micro=budget_minor * MICRO_PER_MINOR, curve=curve)
    price, state = price_minor * MICRO_PER_MINOR, start_day(pace, last)
    spent = since = number = offered = free = 0
    coming: dict[int, int] = defaultdict(int)
    errors = []
    for second in range(DAY_SECONDS):
        rate = traffic(second)
        for _ in range(int(rate) + (chance.random() < rate % 1)):
            number, since = number + 1, since + 1
            clicked = chance.random() < click_rate
            offered += clicked * price
            if clicked and spent < plan.budget_micro and is_admitted(f"{seed}-{number}", 7, state.rate_ppm):
                coming[second + chance.randint(1, 40)] += 1
            moved = move_rate(state, plan, spent_micro=spent, second=second, requests=since)
            if moved is not state:
                state, since = moved, 0
        for _ in range(coming.pop(second, 0)):
            free += spent == plan.budget_micro
            spent += min(price, plan.budget_micro - spent)
        if second % 10 == 0:
            planned = plan_spend(plan.budget_micro, curve, second)
            errors.append((second, (spent - planned) / plan.budget_micro))
    return Day(spent / plan.budget_micro, offered / plan.budget_micro, errors, state, free)
