"""Orders and the ads before them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.attribution import attribute, count_revenue
from search.auction.contracts import CountedRevenue, Model, OrderLine, Refund, Scope, Touch, TouchKind
from search.auction.contracts.units import DAY_US
from tests.search.auction.markets import steady

NOW = 100 * DAY_US
LINE = OrderLine(shop=1, product=11, ordered_us=NOW, revenue_minor=10_001)


def touch(number: int, ago_us: int, **changed: object) -> Touch:
    made = Touch(id=number, kind=TouchKind.CLICK, at_us=NOW - ago_us, ad=number, shop=1, product=11)
    return replace(made, **changed)


def shares(touches: list[Touch], model: Model = Model.LAST) -> list[tuple[int, int, int]]:
    return [(c.touch.ad, c.share_ppm, c.revenue_minor) for c in attribute(LINE, touches, model=model)]


def test_the_last_click_of_seven_days_gets_all() -> None:
    assert shares([touch(1, DAY_US), touch(2, 5), touch(3, 2 * DAY_US)]) == [(2, 1_000_000, 10_001)]
    assert shares([touch(1, 5), touch(2, 5)]) == [(2, 1_000_000, 10_001)]


@pytest.mark.parametrize(("ago", "counts"), [(0, True), (7 * DAY_US - 1, True), (7 * DAY_US, False), (-1, False)])
def test_a_click_counts_from_its_moment_to_the_end_of_the_seventh_day(ago: int, counts: bool) -> None:
    assert bool(shares([touch(1, ago)])) is counts


def test_views_count_a_day_and_apart_from_clicks() -> None:
    touches = [
        touch(1, DAY_US - 1, kind=TouchKind.VIEW),
        touch(2, DAY_US, kind=TouchKind.VIEW),
        touch(3, 2 * DAY_US),
    ]
    assert [c.touch.ad for c in attribute(LINE, touches, kind=TouchKind.VIEW, model=Model.LINEAR)] == [1]
    assert [c.touch.ad for c in attribute(LINE, touches, model=Model.LINEAR)] == [3]


def test_linear_and_40_20_40_share_by_largest_remainder() -> None:
    four = [touch(number, 10 - number) for number in (1, 2, 3, 4)]
    assert shares(four[:3], Model.LINEAR) == [(1, 333_334, 3_334), (2, 333_333, 3_334), (3, 333_333, 3_333)]
    assert shares(four, Model.POSITION) == [
        (1, 400_000, 4_001),
        (2, 100_000, 1_000),
        (3, 100_000, 1_000),
        (4, 400_000, 4_000),
    ]
    assert shares(four[:3], Model.POSITION) == [(1, 400_000, 4_001), (2, 200_000, 2_000), (3, 400_000, 4_000)]
    assert shares(four[:2], Model.POSITION) == [(1, 500_000, 5_001), (2, 500_000, 5_000)]
    assert shares(four[:1], Model.POSITION) == [(1, 1_000_000, 10_001)]


def test_the_same_product_or_another_one_of_the_shop_but_never_of_another_shop() -> None:
    touches = [touch(1, 3), touch(2, 2, product=12), touch(3, 1, shop=2)]
    shared = attribute(LINE, touches, model=Model.LINEAR)
    assert [(c.touch.ad, c.scope) for c in shared] == [(1, Scope.SAME_PRODUCT), (2, Scope.SAME_SHOP)]
    assert attribute(LINE, [touch(3, 1, shop=2)]) == []


touches = st.lists(
    st.builds(
        touch,
        st.integers(1, 1_000),
        st.integers(-DAY_US, 9 * DAY_US),
        kind=st.sampled_from(TouchKind),
        shop=st.integers(1, 2),
        product=st.integers(11, 12),
    ),
    max_size=30,
)


@steady
@given(touches, st.sampled_from(Model), st.sampled_from(TouchKind), st.integers(0, 10**9))
def test_shares_make_one_and_revenue_makes_the_line(
    known: list[Touch], model: Model, kind: TouchKind, revenue: int
) -> None:
    line = replace(LINE, revenue_minor=revenue)
    shared = attribute(line, known, kind=kind, model=model)
    if shared:
        assert sum(credit.share_ppm for credit in shared) == 1_000_000
        assert sum(credit.revenue_minor for credit in shared) == revenue
    assert shared == attribute(line, known[::-1], kind=kind, model=model) or len({t.id for t in known}) < len(known)
    assert bool(shared) == any(
        t.kind is kind and t.shop == 1 and 0 <= NOW - t.at_us < (7 if kind is TouchKind.CLICK else 1) * DAY_US
        for t in known
    )


def test_early_refunds_leave_and_later_ones_adjust() -> None:
    early, late = Refund(NOW + 3 * DAY_US - 1, 2_000), Refund(NOW + 3 * DAY_US, 3_000)
    assert count_revenue(10_000, NOW, [early, late]) == CountedRevenue(8_000, 3_000)
    assert count_revenue(4_000, NOW, [early, late]) == CountedRevenue(2_000, 2_000)
    assert count_revenue(1_000, NOW, [early]) == CountedRevenue(0, 0)
    with pytest.raises(ValueError, match="-1"):
        count_revenue(1_000, NOW, [Refund(NOW, -1)])
