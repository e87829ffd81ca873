"""Micro-fen become fen once an hour, and none is lost."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.money import MICRO_PER_MINOR
from search.auction.charging import BadCharge, close_hour, list_breaks
from search.auction.contracts import HourCharge
from tests.search.auction.markets import steady

VAT_BPS = 600


def test_an_hour_of_37_clicks_is_posted_as_h4() -> None:
    clicks = [112 * MICRO_PER_MINOR] * 36 + [95 * MICRO_PER_MINOR]
    charge = close_hour(clicks, carry_in_micro=0, vat_bps=VAT_BPS)
    assert (charge.amount_minor, charge.net_minor, charge.vat_minor, charge.carry_out_micro) == (4_127, 3_893, 234, 0)


def test_12345_views_at_1850_carry_a_quarter_of_a_fen_as_h5() -> None:
    charge = close_hour([1_850_000] * 12_345, carry_in_micro=0, vat_bps=VAT_BPS)
    assert (charge.amount_minor, charge.net_minor, charge.vat_minor) == (22_838, 21_545, 1_293)
    assert charge.carry_out_micro == 250_000


def test_a_credit_of_322_has_18_of_vat_as_h6() -> None:
    charge = close_hour([322 * MICRO_PER_MINOR], carry_in_micro=0, vat_bps=VAT_BPS)
    assert (charge.net_minor, charge.vat_minor) == (304, 18)


hours = st.lists(st.lists(st.integers(0, 5_000_000), max_size=20), max_size=24)


@steady
@given(hours)
def test_a_chain_of_hours_charges_every_whole_fen_once(amounts: list[list[int]]) -> None:
    carry = 0
    charges: list[HourCharge] = []
    for hour in amounts:
        charges.append(close_hour(hour, carry_in_micro=carry, vat_bps=VAT_BPS))
        carry = charges[-1].carry_out_micro
    total = sum(map(sum, amounts))
    assert sum(charge.amount_minor for charge in charges) == total // MICRO_PER_MINOR
    assert carry == total % MICRO_PER_MINOR
    assert all(charge.net_minor + charge.vat_minor == charge.amount_minor for charge in charges)
    assert list_breaks(charges) == []


@steady
@given(hours.filter(lambda amounts: len(amounts) > 1), st.data())
def test_any_changed_number_breaks_the_chain_where_it_stands(amounts: list[list[int]], data: st.DataObject) -> None:
    carry = 0
    charges: list[HourCharge] = []
    for hour in amounts:
        charges.append(close_hour(hour, carry_in_micro=carry, vat_bps=VAT_BPS))
        carry = charges[-1].carry_out_micro
    at = data.draw(st.integers(0, len(charges) - 1))
    name = data.draw(st.sampled_from(["sum_micro", "amount_minor", "carry_in_micro", "carry_out_micro"]))
    by = data.draw(st.integers(1, 10**7))
    charges[at] = replace(charges[at], **{name: getattr(charges[at], name) + by})
    assert at in list_breaks(charges)


def test_a_carry_that_was_forgotten_is_found() -> None:
    first = close_hour([1_250_000], carry_in_micro=0, vat_bps=VAT_BPS)
    assert list_breaks([first, close_hour([5], carry_in_micro=0, vat_bps=VAT_BPS)]) == [1]
    assert list_breaks([first, close_hour([5], carry_in_micro=250_000, vat_bps=VAT_BPS)]) == []


@pytest.mark.parametrize(("amounts", "carry"), [([-1], 0), ([1], -1), ([1], MICRO_PER_MINOR)])
def test_what_cannot_be_charged_is_refused(amounts: list[int], carry: int) -> None:
    with pytest.raises(BadCharge):
        close_hour(amounts, carry_in_micro=carry, vat_bps=VAT_BPS)
