"""An amount together with its currency."""

from collections.abc import Sequence
from dataclasses import dataclass

from market.money.currencies import DEFAULT_CURRENCY, get_currency
from market.money.rounding import portion, split
from market.money.text import format_minor


class CurrencyMismatch(ValueError):
    """Two currencies in one sum or comparison."""


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (fen, cents) of a `currency`. Raises `UnknownCurrency`, and `TypeError` for a part of a unit."""

    minor: int
    currency: str = DEFAULT_CURRENCY

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is counted in whole minor units, not {type(self.minor).__name__}")
        get_currency(self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.minor * quantity, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{format_minor(self.minor, self.currency)} {self.currency}"

    def portion(self, bps: int) -> "Money":
        """See `market.money.rounding.portion`."""
        return Money(portion(self.minor, bps), self.currency)

    def split(self, weights: Sequence[int]) -> "list[Money]":
        """See `market.money.rounding.split`."""
        return [Money(part, self.currency) for part in split(self.minor, weights)]

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other}")
        return other.minor
