"""Amounts as people write them. No float and no locale: grouping by commas, a point before the decimals."""

import re
from enum import StrEnum

from market.money.currencies import DEFAULT_CURRENCY, get_currency

MAX_AMOUNT_MINOR = 10**15
"""No single amount is larger, in text or in the ledger: sums of thousands of them still fit 64 bits."""

_MAX_LENGTH = 32
_AMOUNT = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<decimals>[0-9]+))?")


class AmountProblem(StrEnum):
    """Why a text is no amount."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"


class BadAmount(ValueError):
    """A text that is not an amount of money; `problem` says why."""

    def __init__(self, problem: AmountProblem, text: str) -> None:
        super().__init__(f"{text[:_MAX_LENGTH]!r} is not an amount: {problem.value.replace('_', ' ')}")
        self.problem = problem


def format_minor(amount_minor: int, currency: str = DEFAULT_CURRENCY) -> str:
    """`123450` as `1,234.50`, without a symbol; a minus in front of a negative amount."""
    exponent = get_currency(currency).exponent
    whole, decimals = divmod(abs(amount_minor), 10**exponent)
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{whole:,}.{decimals:0{exponent}d}" if exponent else f"{sign}{whole:,}"


def parse_minor(text: str, currency: str = DEFAULT_CURRENCY) -> int:
    """`12.34` or `1,234.50` as minor units, from zero to `MAX_AMOUNT_MINOR`. Raises `BadAmount`.

    More decimals than the currency has are refused unless they are zeros: nothing is rounded here.
    """
    exponent = get_currency(currency).exponent
    stripped = text.strip() if len(text) <= 4 * _MAX_LENGTH else text
    if not stripped:
        raise BadAmount(AmountProblem.EMPTY, text)
    if len(stripped) > _MAX_LENGTH:
        raise BadAmount(AmountProblem.TOO_LARGE, text)
    found = _AMOUNT.fullmatch(stripped)
    if found is None:
        raise BadAmount(AmountProblem.NOT_A_NUMBER, text)
    decimals = (found["decimals"] or "").rstrip("0")
    if len(decimals) > exponent:
        raise BadAmount(AmountProblem.TOO_MANY_DECIMALS, text)
    amount_minor = int(found["whole"].replace(",", "") + decimals.ljust(exponent, "0"))
    if found["sign"] == "-" and amount_minor:
        raise BadAmount(AmountProblem.NEGATIVE, text)
    if amount_minor > MAX_AMOUNT_MINOR:
        raise BadAmount(AmountProblem.TOO_LARGE, text)
    return amount_minor
