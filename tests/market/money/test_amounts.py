"""Money keeps its currency."""

import pytest

from market.money import CurrencyMismatch, Money, UnknownCurrency


def test_sums_stay_in_one_currency() -> None:
    assert Money(100) + Money(23) == Money(123)
    assert Money(100) - Money(123) == Money(-23)
    assert -Money(100) == Money(-100)
    assert Money(250) * 3 == Money(750)
    with pytest.raises(CurrencyMismatch):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(CurrencyMismatch):
        assert Money(1, "CNY") < Money(2, "USD")


def test_amounts_of_one_currency_compare() -> None:
    assert Money(1) < Money(2)
    assert Money(2) >= Money(2)
    assert not Money(0)


def test_a_fraction_and_an_unknown_currency_are_refused() -> None:
    with pytest.raises(TypeError):
        Money(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True)
    with pytest.raises(UnknownCurrency):
        Money(1, "XAU")


def test_an_amount_divides_by_rate_and_by_weights() -> None:
    assert Money(12000).portion(500) == Money(600)
    assert Money(3000, "USD").split((12000, 9000, 8000)) == [Money(1241, "USD"), Money(931, "USD"), Money(828, "USD")]
    assert str(Money(123450)) == "1,234.50 CNY"
