"""Money: integer minor units with an ISO 4217 currency, rounding, splitting, text. No tables."""

from market.money.amounts import CurrencyMismatch, Money
from market.money.currencies import CURRENCIES, DEFAULT_CURRENCY, Currency, UnknownCurrency, get_currency
from market.money.rounding import (
    MICRO_PER_MINOR,
    WHOLE_BPS,
    BadRate,
    BadWeights,
    included_portion,
    portion,
    round_micro,
    split,
)
from market.money.text import MAX_AMOUNT_MINOR, AmountProblem, BadAmount, format_minor, parse_minor

__all__ = [
    "CURRENCIES",
    "DEFAULT_CURRENCY",
    "MAX_AMOUNT_MINOR",
    "MICRO_PER_MINOR",
    "WHOLE_BPS",
    "AmountProblem",
    "BadAmount",
    "BadRate",
    "BadWeights",
    "Currency",
    "CurrencyMismatch",
    "Money",
    "UnknownCurrency",
    "format_minor",
    "get_currency",
    "included_portion",
    "parse_minor",
    "portion",
    "round_micro",
    "split",
]
