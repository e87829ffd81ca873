"""Pure: the states of an order and the ways between them."""

from tenants.orders.contracts import OrderState, PaymentMethod

_S = OrderState
_MOVES: dict[OrderState, frozenset[OrderState]] = {
    _S.SUBMITTED: frozenset({_S.PAID, _S.SHIPPED, _S.CANCELLED}),
    _S.PAID: frozenset({_S.SHIPPED, _S.REFUNDING}),
    _S.SHIPPED: frozenset({_S.DELIVERED, _S.COMPLETED, _S.REFUNDING}),
    _S.DELIVERED: frozenset({_S.COMPLETED, _S.REFUNDING}),
    _S.COMPLETED: frozenset({_S.REFUNDING}),
    # Money that came after the end takes the stock again, or goes back.
    _S.CANCELLED: frozenset({_S.PAID, _S.REFUNDING}),
    _S.REFUNDING: frozenset({_S.REFUNDED}),
    _S.REFUNDED: frozenset(),
}


def can_move(now: OrderState, to: OrderState, method: PaymentMethod) -> bool:
    """Whether an order may go from one state to another.

    Only cash on delivery ships before it is paid, and it is paid when it is delivered.
    """
    if now is _S.SUBMITTED and to is _S.SHIPPED:
        return method is PaymentMethod.COD
    if method is PaymentMethod.COD and to in (_S.REFUNDING, _S.PAID):
        return False
    return to in _MOVES[now]


def is_waiting_to_ship(state: OrderState, method: PaymentMethod) -> bool:
    """Whether the shop has something to send."""
    return state is _S.PAID or (state is _S.SUBMITTED and method is PaymentMethod.COD)


def can_cancel(state: OrderState, method: PaymentMethod) -> bool:
    """Whether buyer or shop may still call it off without a return: before the first parcel."""
    return state in (_S.SUBMITTED, _S.PAID)
