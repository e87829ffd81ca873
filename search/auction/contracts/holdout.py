"""Two groups of visitors, and what is between them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Visitors for whom a shop's ad won: those who bought there afterwards, their orders, the revenue in fen.

    Squares are summed over visitors, so that the spread is known.
    """

    visitors: int = 0
    buyers: int = 0
    orders: int = 0
    order_squares: int = 0
    revenue_minor: int = 0
    revenue_squares: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """What was ordered and earned because of ads, each with half of its interval of 95 %."""

    orders: float
    orders_error: float
    revenue_minor: int
    revenue_error_minor: int

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves nothing out."""
        return abs(self.revenue_minor) > self.revenue_error_minor
