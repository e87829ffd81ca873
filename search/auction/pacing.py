"""Pacing by throttling (Agarwal et al., KDD 2014): bids are never touched, requests are let through or not.

A campaign's share spent follows the share of the day's expected traffic. Every 60 seconds or 200 requests its pass rate
moves by 1.1 or 0.9. Looked at is where spending will stand a little later if it goes on as it does: a throttle that
only asked where it stands now would swing ever wider about its plan.
"""

from hashlib import blake2b

from market.money import WHOLE_BPS
from search.auction.contracts import Pace, PacePlan, PaceState, TrafficCurve
from search.auction.contracts.units import PPM

MOVE_SECONDS = 60
MOVE_REQUESTS = 200
UP_BPS, DOWN_BPS = 11_000, 9_000
LEAST_RATE_PPM = 500
"""A throttle that is nearly shut still sees one request of 2,000, by which it can learn."""

LOOK_AHEAD_SECONDS = 600
"""Or until the traffic ends, where that is sooner."""

DAY_SECONDS = 86_400
SPARE_SECONDS = 900
"""The plan ends a quarter of an hour before the traffic: what is late is spent in it."""

FADE = 32
"""What a request costs is learnt from about so many moves."""


def plan_spend(budget_micro: int, curve: TrafficCurve, second: int) -> int:
    """What should be spent by a second of the day."""
    end = find_end(curve)
    whole = _sum_traffic(curve, end)
    if not whole or second >= end:
        return budget_micro
    return budget_micro * _sum_traffic(curve, second) // whole


def find_end(curve: TrafficCurve) -> int:
    """The second by which all should be spent: a little before the last slice that has traffic is over."""
    slices = max(number for number, requests in enumerate(curve.requests, 1) if requests)
    return slices * (DAY_SECONDS // len(curve.requests)) - SPARE_SECONDS


def start_day(pace: Pace, last: PaceState | None = None) -> PaceState:
    """A day begins with what the last one has learnt, the first one with a tenth of the requests."""
    if pace is Pace.FAST:
        return PaceState(rate_ppm=PPM)
    if last is None:
        return PaceState(rate_ppm=PPM // 10)
    return PaceState(rate_ppm=last.rate_ppm, admitted_ppm=last.admitted_ppm, yielded_micro=last.yielded_micro)


def draw(request: str, campaign: int) -> int:
    """A number below a million for this request and campaign: always the same, and even over requests."""
    digest = blake2b(f"{campaign}:{request}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) * PPM >> 64


def is_admitted(request: str, campaign: int, rate_ppm: int) -> bool:
    """Whether a campaign takes part in a request."""
    return draw(request, campaign) < rate_ppm


def move_rate(state: PaceState, plan: PacePlan, *, spent_micro: int, second: int, requests: int) -> PaceState:
    """The throttle after `requests` since its last move: the same one until a minute or 200 requests have passed.

    `spent_micro` is that of the day. A minute without requests says nothing and moves nothing.
    """
    elapsed = second - state.moved_second
    if plan.pace is Pace.FAST or not requests or (elapsed < MOVE_SECONDS and requests < MOVE_REQUESTS):
        return state
    admitted_ppm = state.admitted_ppm + requests * state.rate_ppm
    yielded_micro = state.yielded_micro + max(0, spent_micro - state.spent_micro)
    # What these requests would cost per second at this rate, and so where spending will stand.
    going_micro = yielded_micro * requests * state.rate_ppm // (admitted_ppm * max(1, elapsed))
    ahead = max(0, min(LOOK_AHEAD_SECONDS, find_end(plan.curve) + SPARE_SECONDS - second))
    expected_micro = spent_micro + going_micro * ahead
    behind = expected_micro < plan_spend(plan.budget_micro, plan.curve, second + ahead)
    return PaceState(
        rate_ppm=max(LEAST_RATE_PPM, min(PPM, state.rate_ppm * (UP_BPS if behind else DOWN_BPS) // WHOLE_BPS)),
        moved_second=second,
        spent_micro=spent_micro,
        admitted_ppm=admitted_ppm - admitted_ppm // FADE,
        yielded_micro=yielded_micro - yielded_micro // FADE,
    )


def _sum_traffic(curve: TrafficCurve, second: int) -> int:
    """Expected requests from midnight to a second, times the seconds of a slice (so that no part is lost)."""
    length = DAY_SECONDS // len(curve.requests)
    whole, part = divmod(min(max(second, 0), DAY_SECONDS), length)
    return sum(curve.requests[:whole]) * length + (curve.requests[whole] * part if part else 0)
