"""Figures as people read them: prices cut for setting, columns of money, counts. Pure: no Django."""

from dataclasses import dataclass

from market.money import DEFAULT_CURRENCY, format_minor, get_currency

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class PriceParts:
    """A price cut for setting: small symbol, large integer, small decimals."""

    minus: str
    symbol: str
    integer: str
    decimals: str

    @property
    def whole(self) -> str:
        """The price as one run of text, as a sentence wants it."""
        return f"{self.minus}{self.symbol}{self.integer}{self.decimals}"


def cut_price(amount_minor: int, currency: str = DEFAULT_CURRENCY, *, drop_zeros: bool = False) -> PriceParts:
    """Cut an amount in minor units. `drop_zeros` leaves out `.00`: cards may, totals never."""
    integer, point, decimals = format_minor(abs(amount_minor), currency).partition(".")
    if drop_zeros and not decimals.strip("0"):
        point = decimals = ""
    return PriceParts(MINUS if amount_minor < 0 else "", get_currency(currency).symbol, integer, f"{point}{decimals}")


def column_figure(amount_minor: int, currency: str = DEFAULT_CURRENCY) -> str:
    """An amount for a column whose head names the unit: `1,234.50`, a real minus before what is taken away."""
    parts = cut_price(amount_minor, currency)
    return f"{parts.minus}{parts.integer}{parts.decimals}"


def bubble_count(count: int) -> str:
    """A count in a bubble: nothing for zero, `99+` from a hundred on."""
    if count <= 0:
        return ""
    return str(count) if count <= 99 else "99+"
