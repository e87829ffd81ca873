"""Reads of orders, inside an entered shop."""

from tenants.catalog.contracts import Text
from tenants.orders.contracts import (
    OrderEvent,
    OrderLine,
    OrderSheet,
    OrderState,
    Parcel,
    PaymentMethod,
    ShipTo,
)
from tenants.orders.models import Order


class OrderNotFound(LookupError):
    """This shop has no such order."""


def get_order(share_no: str) -> OrderSheet:
    """An order whole, in five statements. Raises `OrderNotFound`."""
    order = Order.objects.filter(share_no=share_no).prefetch_related("lines", "parcels__contents", "events").first()
    if order is None:
        raise OrderNotFound(share_no)
    submitted = OrderEvent(OrderState.SUBMITTED.value, order.submitted_at, "buyer", {})
    events = sorted(order.events.all(), key=lambda event: event.pk)
    return OrderSheet(
        order_id=order.pk,
        share_no=order.share_no,
        purchase_no=order.purchase_no,
        buyer_id=order.buyer_id,
        state=OrderState(order.state),
        method=PaymentMethod(order.method),
        ship_to=ShipTo(order.recipient, order.phone, order.region, order.street, order.postcode),
        lines=_read_lines(order),
        parcels=_read_parcels(order),
        events=(submitted, *(OrderEvent(row.kind, row.at, row.actor, row.detail) for row in events)),
        goods_minor=order.goods_minor,
        freight_minor=order.freight_minor,
        total_minor=order.total_minor,
        currency=order.currency,
        note=order.note,
        version=order.version,
        submitted_at=order.submitted_at,
        paid_at=order.paid_at,
    )


def _read_lines(order: Order) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            line_id=line.pk,
            product_id=line.product_id,
            variant_id=line.variant_id,
            listing_id=line.listing_id,
            title=Text(line.title_zh, line.title_en),
            choices=Text(line.choices_zh, line.choices_en),
            sku=line.sku,
            picture_url=line.picture_url,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            shipped_quantity=line.shipped_quantity,
        )
        for line in sorted(order.lines.all(), key=lambda line: line.pk)
    )


def _read_parcels(order: Order) -> tuple[Parcel, ...]:
    return tuple(
        Parcel(
            parcel_id=parcel.pk,
            carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
            shipped_at=parcel.shipped_at,
            delivered_at=parcel.delivered_at,
            contents=tuple((row.line_id, row.quantity) for row in parcel.contents.all()),
        )
        for parcel in sorted(order.parcels.all(), key=lambda parcel: parcel.pk)
    )
