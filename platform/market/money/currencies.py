"""The currencies that can be traded in, with their exponents (ISO 4217)."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Currency:
    """`exponent` is the number of decimals: 2 for fen and cents, 0 for yen."""

    code: str
    exponent: int
    symbol: str

    @property
    def minor_per_unit(self) -> int:
        return int(10**self.exponent)


DEFAULT_CURRENCY = "CNY"

CURRENCIES = MappingProxyType(
    {
        currency.code: currency
        for currency in (
            Currency("CNY", 2, "¥"),
            Currency("USD", 2, "$"),
            Currency("EUR", 2, "€"),
            Currency("HKD", 2, "HK$"),
            Currency("JPY", 0, "JP¥"),
        )
    }
)


class UnknownCurrency(ValueError):
    """A code that is not in the table."""


def get_currency(code: str) -> Currency:
    """The currency of a code such as `CNY`. Raises `UnknownCurrency`."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrency(f"{code!r} is not a currency that is traded here") from None
