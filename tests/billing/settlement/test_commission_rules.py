"""Which rule a line falls under and what an order pays, against a slow way of saying the same."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.settlement.contracts import CommissionRuleView, SoldLine
from billing.settlement.rules.commission import (
    choose_rule,
    clamp_commission,
    commission_of,
    default_rule,
    freeze_groups,
    read_groups,
)

PATHS = ("", "a", "a/b", "a/b/c", "ab", "a-b", "d", "d/b")
DEFAULT = default_rule(rate_bps=500, vat_bps=600, currency="CNY")


def rule(position: int = 1, **parts) -> CommissionRuleView:
    return replace(DEFAULT, **{"rule_id": position, "position": position, **parts})


@st.composite
def rules(draw) -> list[CommissionRuleView]:
    made = []
    for position in draw(st.permutations(range(1, 7)))[: draw(st.integers(0, 6))]:
        floor = draw(st.integers(0, 3_000))
        made.append(
            rule(
                position,
                version=draw(st.integers(1, 3)),
                category_path=draw(st.sampled_from(PATHS)),
                shop_id=draw(st.sampled_from([None, 1, 2])),
                rate_bps=draw(st.integers(0, 10_000)),
                floor_minor=floor,
                cap_minor=draw(st.none() | st.integers(floor, floor + 5_000)),
                vat_bps=draw(st.integers(0, 2_000)),
                active=draw(st.booleans()),
            )
        )
    return made


sold = st.lists(st.builds(SoldLine, st.sampled_from(PATHS), st.integers(0, 50_000)), min_size=1, max_size=8)


def choose_slowly(made: list[CommissionRuleView], shop_id: int, path: str) -> CommissionRuleView:
    above = ["/".join(path.split("/")[:depth]) for depth in range(path.count("/") + 2)]
    for one in sorted(made, key=lambda one: one.position):
        if one.active and one.shop_id in (None, shop_id) and one.category_path in above:
            return one
    return DEFAULT


def charge_slowly(one: CommissionRuleView, goods_minor: int) -> int:
    exact = Fraction(goods_minor * one.rate_bps, 10_000)
    whole = int(exact) + (1 if exact - int(exact) >= Fraction(1, 2) else 0)
    allowed = range(one.floor_minor, (one.cap_minor if one.cap_minor is not None else 10**9) + 1)
    if whole not in allowed:
        whole = allowed.start if whole < allowed.start else allowed.stop - 1
    return goods_minor if whole > goods_minor else whole


@given(made=rules(), shop_id=st.sampled_from([1, 2, 3]), lines=sold)
def test_an_order_pays_what_counting_by_hand_gives(made, shop_id, lines):
    goods: dict[int, int] = {}
    by_id = {one.rule_id: one for one in [DEFAULT, *made]}
    for line in lines:
        number = choose_slowly(made, shop_id, line.category_path).rule_id
        goods[number] = goods.get(number, 0) + line.goods_minor
    found = commission_of(lines, rules=made, default=DEFAULT, shop_id=shop_id)
    assert {group.rule_id: (group.goods_minor, group.commission_minor) for group in found.groups} == {
        number: (sum_minor, charge_slowly(by_id[number], sum_minor)) for number, sum_minor in goods.items()
    }
    assert found.commission_minor == sum(group.commission_minor for group in found.groups)


@given(made=rules(), lines=sold, most=st.none() | st.integers(0, 20_000))
def test_nothing_pays_more_than_its_goods_nor_all_more_than_the_limit(made, lines, most):
    free = commission_of(lines, rules=made, default=DEFAULT, shop_id=1)
    found = commission_of(lines, rules=made, default=DEFAULT, shop_id=1, most_minor=most)
    assert sum(group.goods_minor for group in found.groups) == sum(line.goods_minor for line in lines)
    for group, unlimited in zip(found.groups, free.groups, strict=True):
        assert 0 <= group.commission_vat_minor <= group.commission_minor <= group.goods_minor
        assert group.commission_minor <= unlimited.commission_minor
        assert group.limited == (group.commission_minor < unlimited.commission_minor)
    if most is not None:
        assert found.commission_minor == min(most, free.commission_minor)


@given(made=rules(), lines=sold)
def test_the_order_of_the_list_does_not_matter_but_positions_do(made, lines):
    forwards = commission_of(lines, rules=made, default=DEFAULT, shop_id=1)
    backwards = commission_of(lines[::-1], rules=made[::-1], default=DEFAULT, shop_id=1)
    assert forwards == backwards


@given(made=rules(), lines=sold)
def test_what_is_frozen_is_read_back_as_it_was(made, lines):
    found = commission_of(lines, rules=made, default=DEFAULT, shop_id=1, most_minor=1_000)
    assert read_groups(freeze_groups(found)) == found.groups
    assert read_groups(None) == ()


def test_a_category_covers_what_is_below_it_and_not_what_is_called_alike():
    mugs = rule(1, category_path="tableware/mugs")
    assert choose_rule([mugs], 1, "tableware/mugs") is mugs
    assert choose_rule([mugs], 1, "tableware/mugs/travel") is mugs
    assert choose_rule([mugs], 1, "tableware/mugs-and-more") is None
    assert choose_rule([mugs], 1, "tableware") is None
    assert choose_rule([mugs], 1, "") is None


def test_the_first_rule_wins_and_one_that_is_off_is_passed_over():
    wide, narrow = rule(2), rule(1, shop_id=7)
    assert choose_rule([wide, narrow], 7, "a") is narrow
    assert choose_rule([wide, narrow], 8, "a") is wide
    assert choose_rule([wide, replace(narrow, active=False)], 7, "a") is wide


def test_floor_cap_and_goods_bound_a_commission():
    bounded = rule(rate_bps=1_000, floor_minor=50, cap_minor=900)
    paid = {goods: clamp_commission(bounded, goods) for goods in (0, 30, 200, 5_000, 5_005, 100_000)}
    assert paid == {0: 0, 30: 30, 200: 50, 5_000: 500, 5_005: 501, 100_000: 900}


def test_a_floor_holds_once_an_order_and_not_once_a_line():
    lines = [SoldLine("a", 100), SoldLine("a/b", 100)]
    found = commission_of(lines, rules=[rule(category_path="a", floor_minor=80)], default=DEFAULT, shop_id=1)
    assert [group.commission_minor for group in found.groups] == [80]
