"""Leases out of caps: whatever happens in whatever order, no cap is exceeded and nothing is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from market.money import MICRO_PER_MINOR
from search.auction.contracts import Cap, CapKind, Lease
from search.auction.contracts.units import HOUR_US, MINUTE_US, SECOND_US
from search.auction.leases import (
    LeaseOverdrawn,
    bill,
    compute_closing,
    compute_return,
    give_back,
    grant,
    size_grant,
    top_up,
)
from tests.search.auction.markets import LONG, steady

FEN = MICRO_PER_MINOR
KINDS = list(CapKind)


def make_caps(*limits_minor: int) -> list[Cap]:
    return [Cap(kind, limit * FEN) for kind, limit in zip(KINDS, limits_minor, strict=False)]


@pytest.mark.parametrize(
    ("limits", "least", "size"),
    [
        ((8_000, 80_000), 100, 1_000),
        ((80_000, 8_000), 100, 1_000),
        ((799, 900), 100, 100),
        ((60, 900), 100, 60),
        ((0, 9), 5, 0),
    ],
)
def test_a_grant_is_a_part_of_the_smallest_rest_and_never_more_than_it(
    limits: tuple[int, ...], least: int, size: int
) -> None:
    assert size_grant(make_caps(*limits), least_micro=least * FEN) == size * FEN


def test_a_lowered_limit_grants_nothing_more() -> None:
    assert size_grant([Cap(CapKind.WALLET, 100 * FEN, 120 * FEN)], least_micro=FEN) == 0


def test_the_last_bill_takes_what_is_left_and_the_platform_bears_the_rest() -> None:
    lease, first = bill(Lease(100 * FEN), 63 * FEN)
    lease, last = bill(lease, 63 * FEN)
    _, free = bill(lease, 63 * FEN)
    assert [(b.billed_micro, b.borne_micro) for b in (first, last, free)] == [
        (63 * FEN, 0),
        (37 * FEN, 26 * FEN),
        (0, 63 * FEN),
    ]


def test_a_lease_that_lacks_something_for_a_price_takes_it_from_the_caps() -> None:
    caps = [Cap(CapKind.CAMPAIGN_DAY, 100 * FEN, 90 * FEN), Cap(CapKind.WALLET, 500 * FEN, 90 * FEN)]
    same, lease = top_up(caps, Lease(50 * FEN), 50 * FEN)
    assert (same, lease) == (caps, Lease(50 * FEN))
    grown, lease = top_up(caps, Lease(50 * FEN, 45 * FEN), 12 * FEN)
    assert (lease.rest_micro, [cap.rest_micro for cap in grown]) == (12 * FEN, [3 * FEN, 403 * FEN])
    grown, lease = top_up(caps, Lease(50 * FEN, 45 * FEN), 60 * FEN)
    assert (lease.rest_micro, [cap.rest_micro for cap in grown]) == (15 * FEN, [0, 400 * FEN])
    _, lease = top_up([Cap(CapKind.WALLET, 5 * FEN + 1)], Lease(0), 60 * FEN)
    assert lease.rest_micro == 5 * FEN, "a click is billed in whole fen"
    _, lease = top_up([Cap(CapKind.WALLET, 5 * FEN)], Lease(0), FEN + 5)
    assert lease.rest_micro == FEN + 5, "a view is not"


def test_a_lease_closes_after_a_minute_or_when_its_last_ad_can_be_clicked_no_more() -> None:
    assert compute_closing(5, None) == 5 + MINUTE_US
    assert compute_closing(5, 5 + 59 * SECOND_US) == 5 + 59 * SECOND_US + 2 * HOUR_US


def test_more_than_was_granted_never_comes_back() -> None:
    assert compute_return(10, 10) == 0
    for granted, billed in ((10, 11), (10, -1)):
        with pytest.raises(LeaseOverdrawn):
            compute_return(granted, billed)
    with pytest.raises(LeaseOverdrawn):
        give_back([Cap(CapKind.WALLET, 100, 5)], Lease(6))
    with pytest.raises(ValueError, match="-1"):
        bill(Lease(5), -1)


@steady
@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=4), st.integers(1, 500), st.integers(1, 400))
def test_a_budget_that_is_asked_for_is_used_to_the_last_fen(limits: list[int], price: int, least: int) -> None:
    caps = make_caps(*limits)
    billed = grants = 0
    while size_grant(caps, least_micro=least * FEN):
        caps, lease = grant(caps, least_micro=least * FEN)
        grants += 1
        while lease.rest_micro:
            lease, paid = bill(lease, price * FEN)
            billed += paid.billed_micro
        caps = give_back(caps, lease)
    assert billed == min(limits) * FEN
    assert grants <= 8 * 12 + min(limits) // least + 1


class Workers(RuleBasedStateMachine):
    """Workers take leases, bill, end and die in any order, while limits are changed; caps are the only truth."""

    @initialize(limits=st.lists(st.integers(0, 3_000), min_size=4, max_size=4))
    def open(self, limits: list[int]) -> None:
        self.caps = make_caps(*limits)
        self.leases: list[Lease] = []
        self.billed = 0
        self.most = [cap.limit_micro for cap in self.caps]

    @rule(least=st.integers(1, 200))
    def take(self, least: int) -> None:
        self.caps, lease = grant(self.caps, least_micro=least * FEN)
        self.leases.append(lease)

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), price=st.integers(0, 90 * FEN), topped_up=st.booleans())
    def spend(self, data: st.DataObject, price: int, topped_up: bool) -> None:
        at = data.draw(st.integers(0, len(self.leases) - 1))
        if topped_up:
            self.caps, self.leases[at] = top_up(self.caps, self.leases[at], price)
        self.leases[at], paid = bill(self.leases[at], price)
        self.billed += paid.billed_micro
        assert paid.billed_micro + paid.borne_micro == price

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        self.caps = give_back(self.caps, self.leases.pop(data.draw(st.integers(0, len(self.leases) - 1))))

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), limit=st.integers(0, 3_000))
    def change_limit(self, data: st.DataObject, limit: int) -> None:
        at = data.draw(st.integers(0, 3))
        cap = self.caps[at]
        self.caps[at] = Cap(cap.kind, limit * FEN, cap.taken_micro)
        self.most[at] = max(self.most[at], limit * FEN)

    @invariant()
    def nothing_is_exceeded(self) -> None:
        if not hasattr(self, "caps"):
            return
        for cap, most in zip(self.caps, self.most, strict=True):
            assert self.billed <= cap.taken_micro <= most
            assert cap.taken_micro == self.billed + sum(lease.rest_micro for lease in self.leases)
        assert all(lease.rest_micro >= 0 for lease in self.leases)


def test_no_order_of_events_exceeds_a_cap() -> None:
    examples = settings(max_examples=2_000 if LONG else 60, stateful_step_count=60, deadline=None)
    run_state_machine_as_test(Workers, settings=examples)
