"""Writes of orders: steps inside an entered shop and the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from tenants.orders.contracts import OrderDraft, OrderState, PaymentMethod
from tenants.orders.models import Order, OrderEvent, OrderLine, Parcel, ParcelLine
from tenants.orders.rules import can_move
from tenants.orders.selectors import OrderNotFound

MAX_CARRIER, MAX_TRACKING = 40, 60
MAX_PARCELS = 50


class WrongState(RuntimeError):
    """The order is not in a state from which this can be done; `state` is the one it is in."""

    def __init__(self, state: OrderState) -> None:
        super().__init__(state.value)
        self.state = state


class BadParcel(ValueError):
    """A parcel without carrier, number or contents, or with more than is left to send; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def open_order(*, draft: OrderDraft, now: datetime) -> int:
    """Write an order with its lines: two statements. Returns its id."""
    order = Order.objects.create(
        share_no=draft.share_no,
        purchase_no=draft.purchase_no,
        buyer_id=draft.buyer_id,
        method=draft.method.value,
        recipient=draft.ship_to.recipient,
        phone=draft.ship_to.phone,
        region=draft.ship_to.region,
        street=draft.ship_to.street,
        postcode=draft.ship_to.postcode,
        note=draft.note,
        goods_minor=draft.goods_minor,
        freight_minor=draft.freight_minor,
        total_minor=draft.total_minor,
        currency=draft.currency,
        submitted_at=now,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product_id=line.product_id,
            variant_id=line.variant_id,
            listing_id=line.listing_id,
            title_zh=line.title.zh,
            title_en=line.title.en,
            choices_zh=line.choices.zh,
            choices_en=line.choices.en,
            sku=line.sku,
            picture_url=line.picture_url,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
        )
        for line in draft.lines
    )
    return order.pk


def move_order(
    *,
    share_no: str,
    to: OrderState,
    actor: str,
    actor_id: int | None,
    now: datetime,
    detail: dict[str, str] | None = None,
) -> int:
    """Bring an order to another state and log it. Returns its new version.

    Raises `OrderNotFound`, `WrongState`.
    """
    order = _lock(share_no)
    if not can_move(OrderState(order.state), to, PaymentMethod(order.method)):
        raise WrongState(OrderState(order.state))
    return _move(order, to, actor, actor_id, now, detail or {})


def ship_parcel(
    *,
    share_no: str,
    carrier: str,
    tracking_number: str,
    contents: Sequence[tuple[int, int]],
    actor_id: int | None,
    now: datetime,
) -> tuple[int, list[tuple[int, int]]]:
    """Send a parcel with (line id, pieces) inside; no contents means all that is left.

    Returns the order's version and the (variant id, pieces) that left the shelf.
    Raises `OrderNotFound`, `WrongState`, `BadParcel`.
    """
    carrier, tracking_number = carrier.strip(), tracking_number.strip()
    if not 1 <= len(carrier) <= MAX_CARRIER:
        raise BadParcel("carrier")
    if not 1 <= len(tracking_number) <= MAX_TRACKING:
        raise BadParcel("tracking_number")
    order = _lock(share_no)
    state, method = OrderState(order.state), PaymentMethod(order.method)
    lines = {line.pk: line for line in order.lines.select_for_update(no_key=True).order_by("id")}
    left = {pk: line.quantity - line.shipped_quantity for pk, line in lines.items()}
    chosen = dict(contents) or {pk: pieces for pk, pieces in left.items() if pieces}
    first = can_move(state, OrderState.SHIPPED, method)
    if not first and not (state is OrderState.SHIPPED and any(left.values())):
        raise WrongState(state)
    if not chosen or any(not 0 < pieces <= left.get(pk, 0) for pk, pieces in chosen.items()):
        raise BadParcel("contents")
    if Parcel.objects.filter(order=order).count() >= MAX_PARCELS:
        raise BadParcel("contents")
    parcel, made = Parcel.objects.get_or_create(
        order=order, carrier=carrier, tracking_number=tracking_number, defaults={"shipped_at": now}
    )
    if not made:
        raise BadParcel("tracking_number")
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line_id=pk, quantity=pieces) for pk, pieces in chosen.items()
    )
    for pk, pieces in chosen.items():
        lines[pk].shipped_quantity += pieces
    OrderLine.objects.bulk_update([lines[pk] for pk in chosen], ["shipped_quantity"])
    detail = {"carrier": carrier, "tracking_number": tracking_number}
    version = _move(order, OrderState.SHIPPED, "shop", actor_id, now, detail)
    return version, [(lines[pk].variant_id, pieces) for pk, pieces in chosen.items()]


def deliver_parcels(*, share_no: str, actor: str, actor_id: int | None, now: datetime) -> int:
    """All parcels have arrived. Raises `OrderNotFound`, `WrongState` (also while pieces are not sent yet)."""
    order = _lock(share_no)
    state = OrderState(order.state)
    unsent = any(line.shipped_quantity < line.quantity for line in order.lines.all())
    if unsent or not can_move(state, OrderState.DELIVERED, PaymentMethod(order.method)):
        raise WrongState(state)
    order.parcels.filter(delivered_at__isnull=True).update(delivered_at=now)
    return _move(order, OrderState.DELIVERED, actor, actor_id, now, {})


def _lock(share_no: str) -> Order:
    try:
        return Order.objects.select_for_update(no_key=True).get(share_no=share_no)
    except Order.DoesNotExist as error:
        raise OrderNotFound(share_no) from error


def _move(order: Order, to: OrderState, actor: str, actor_id: int | None, now: datetime, detail: dict[str, str]) -> int:
    order.state = to.value
    order.version += 1
    if to is OrderState.PAID:
        order.paid_at, order.ended_at = now, None
    if to in (OrderState.CANCELLED, OrderState.REFUNDED, OrderState.COMPLETED):
        order.ended_at = now
    order.save(update_fields=["state", "version", "paid_at", "ended_at"])
    OrderEvent.objects.create(order=order, kind=to.value, at=now, actor=actor, actor_id=actor_id, detail=detail)
    return order.version
