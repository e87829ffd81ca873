"""Amounts read from and written as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.money import CURRENCIES, MAX_AMOUNT_MINOR, AmountProblem, BadAmount, format_minor, parse_minor


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123450, "CNY", "1,234.50"),
        (5, "CNY", "0.05"),
        (-5, "USD", "-0.05"),
        (0, "EUR", "0.00"),
        (1234, "JPY", "1,234"),
    ],
)
def test_amounts_are_written_with_grouping_and_the_currencys_decimals(amount: int, currency: str, text: str) -> None:
    assert format_minor(amount, currency) == text


@given(st.integers(0, MAX_AMOUNT_MINOR), st.sampled_from(sorted(CURRENCIES)))
def test_what_is_written_reads_back_the_same(amount: int, currency: str) -> None:
    assert parse_minor(format_minor(amount, currency), currency) == amount
    assert parse_minor(format_minor(amount, currency).replace(",", ""), currency) == amount


@pytest.mark.parametrize(
    ("text", "amount"), [("12.34", 1234), (" 12.3 ", 1230), ("12", 1200), ("+1.500", 150), ("-0", 0), ("007", 700)]
)
def test_usual_ways_of_writing_are_read(text: str, amount: int) -> None:
    assert parse_minor(text) == amount


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", AmountProblem.EMPTY),
        ("  ", AmountProblem.EMPTY),
        ("abc", AmountProblem.NOT_A_NUMBER),
        ("1e3", AmountProblem.NOT_A_NUMBER),
        ("1_000", AmountProblem.NOT_A_NUMBER),
        ("12,34", AmountProblem.NOT_A_NUMBER),
        ("1.2.3", AmountProblem.NOT_A_NUMBER),
        (".5", AmountProblem.NOT_A_NUMBER),
        ("NaN", AmountProblem.NOT_A_NUMBER),
        ("١٢", AmountProblem.NOT_A_NUMBER),
        ("12\n13", AmountProblem.NOT_A_NUMBER),
        ("1.234", AmountProblem.TOO_MANY_DECIMALS),
        ("-1", AmountProblem.NEGATIVE),
        ("10000000000000.01", AmountProblem.TOO_LARGE),
        ("9" * 5000, AmountProblem.TOO_LARGE),
    ],
)
def test_what_is_not_an_amount_is_refused_with_the_reason(text: str, problem: AmountProblem) -> None:
    with pytest.raises(BadAmount) as refused:
        parse_minor(text)
    assert refused.value.problem == problem
    assert len(str(refused.value)) < 120


def test_yen_have_no_decimals() -> None:
    assert parse_minor("1,200", "JPY") == 1200
    with pytest.raises(BadAmount):
        parse_minor("12.5", "JPY")


@given(st.text(max_size=40))
def test_any_text_is_either_an_amount_or_a_named_problem(text: str) -> None:
    try:
        amount = parse_minor(text)
    except BadAmount:
        return
    assert 0 <= amount <= MAX_AMOUNT_MINOR
