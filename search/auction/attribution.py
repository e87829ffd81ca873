"""Which ads an order is credited to: the last valid click of 7 days, views of 1 day apart, linear, 40/20/40."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from market.money import split
from search.auction.contracts import CountedRevenue, Credit, Model, OrderLine, Refund, Scope, Touch, TouchKind
from search.auction.contracts.units import DAY_US, PPM

WINDOW_US: Mapping[TouchKind, int] = {TouchKind.CLICK: 7 * DAY_US, TouchKind.VIEW: DAY_US}
LEAVES_WITHIN_US = 3 * DAY_US


def attribute(
    line: OrderLine, touches: Iterable[Touch], *, kind: TouchKind = TouchKind.CLICK, model: Model = Model.LAST
) -> list[Credit]:
    """A line's credits, oldest touch first; none where no ad of its shop was touched in time.

    Shares sum to a million and revenue to the line's, both by largest remainder. A touch counts from its own moment to
    the end of its window, the end not included. What gets no share (all but the last touch) is left out.
    """
    path = _list_path(line, touches, kind)
    if not path:
        return []
    weights = _WEIGHTS[model](len(path))
    shares, revenues = split(PPM, weights), split(line.revenue_minor, weights)
    return [
        Credit(touch, _scope(touch, line), share, revenue)
        for touch, share, revenue in zip(path, shares, revenues, strict=True)
        if share
    ]


def count_revenue(revenue_minor: int, ordered_us: int, refunds: Iterable[Refund]) -> CountedRevenue:
    """What is refunded within 72 hours leaves the line, later refunds are adjustments; together never more than it.

    Raises ValueError for a negative refund.
    """
    early = late = 0
    for refund in refunds:
        if refund.amount_minor < 0:
            raise ValueError(f"a refund of {refund.amount_minor}")
        if refund.at_us - ordered_us < LEAVES_WITHIN_US:
            early += refund.amount_minor
        else:
            late += refund.amount_minor
    counted = max(0, revenue_minor - early)
    return CountedRevenue(counted, min(counted, late))


def _list_path(line: OrderLine, touches: Iterable[Touch], kind: TouchKind) -> list[Touch]:
    return sorted(
        (
            touch
            for touch in touches
            if touch.kind is kind
            and touch.shop == line.shop
            and 0 <= line.ordered_us - touch.at_us < WINDOW_US[touch.kind]
        ),
        key=lambda touch: (touch.at_us, touch.id),
    )


def _scope(touch: Touch, line: OrderLine) -> Scope:
    return Scope.SAME_PRODUCT if touch.product == line.product else Scope.SAME_SHOP


def _weigh_last(count: int) -> Sequence[int]:
    return [0] * (count - 1) + [1]


def _weigh_alike(count: int) -> Sequence[int]:
    return [1] * count


def _weigh_position(count: int) -> Sequence[int]:
    """40 % each to the first and the last, 20 % to those between; two share alike."""
    if count < 3:
        return [1] * count
    return [2 * (count - 2), *[1] * (count - 2), 2 * (count - 2)]


_WEIGHTS: Mapping[Model, Callable[[int], Sequence[int]]] = {
    Model.LAST: _weigh_last,
    Model.LINEAR: _weigh_alike,
    Model.POSITION: _weigh_position,
}
