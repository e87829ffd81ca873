"""One order as its page shows it: steps, log and sum in words."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext, pgettext

from billing.checkout.contracts import ShareSummary
from tenants.orders.contracts import SELF_DELIVERY, OrderEvent, OrderSheet, OrderState, PaymentMethod
from web.shapes import LogLine, Step, SumRow

_WAY = (OrderState.SUBMITTED, OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED)
_COD_WAY = (OrderState.SUBMITTED, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED)


def name_state(state: OrderState, method: PaymentMethod) -> str:
    """What an order's state is called on pages."""
    if state is OrderState.SUBMITTED:
        return gettext("To be sent") if method is PaymentMethod.COD else gettext("To be paid")
    return {
        OrderState.PAID: gettext("To be sent"),
        OrderState.SHIPPED: gettext("On its way"),
        OrderState.DELIVERED: gettext("Delivered"),
        OrderState.COMPLETED: gettext("Completed"),
        OrderState.CANCELLED: gettext("Cancelled"),
        OrderState.REFUNDING: gettext("Being refunded"),
        OrderState.REFUNDED: gettext("Refunded"),
    }[state]


def tone_of(state: OrderState) -> str:
    """The badge's tone; a word always stands in it."""
    if state in (OrderState.COMPLETED, OrderState.DELIVERED):
        return "good"
    if state in (OrderState.SUBMITTED, OrderState.REFUNDING):
        return "warn"
    return "choice" if state in (OrderState.PAID, OrderState.SHIPPED) else ""


def list_steps(order: OrderSheet) -> list[Step]:
    """The way of an order, with the instants it has reached."""
    reached = {event.kind: event.at for event in order.events}
    labels = {
        OrderState.SUBMITTED: pgettext("step", "Order"),
        OrderState.PAID: pgettext("step", "Payment"),
        OrderState.SHIPPED: pgettext("step", "Dispatch"),
        OrderState.DELIVERED: pgettext("step", "Delivery"),
        OrderState.COMPLETED: pgettext("step", "Receipt"),
    }
    way = _COD_WAY if order.method is PaymentMethod.COD else _WAY
    last = max((number for number, state in enumerate(way) if state.value in reached), default=0)
    steps = []
    for number, state in enumerate(way):
        done = number <= last
        steps.append(
            Step(labels[state], "done" if done else "now" if number == last + 1 else "next", reached.get(state.value))
        )
    return steps


def list_log(order: OrderSheet) -> list[LogLine]:
    """The log that shopper and shop both see, newest first."""
    return [
        LogLine(_describe(event, order.method), event.at, _name_actor(event.actor), _note(event))
        for event in reversed(order.events)
    ]


def sum_up(order: OrderSheet) -> list[SumRow]:
    """Goods, freight and what was paid."""
    label = gettext("To pay on delivery") if order.method is PaymentMethod.COD else gettext("Paid")
    if order.paid_at is None and order.method is not PaymentMethod.COD:
        label = gettext("Sum")
    return [
        SumRow(gettext("Goods"), order.goods_minor),
        SumRow(gettext("Freight"), order.freight_minor),
        SumRow(label, order.total_minor, kind="total"),
    ]


def list_rows(shares: Sequence[ShareSummary]) -> list[dict[str, object]]:
    """The rows of the order list. Orders that are paid in one go have one button: that of the first."""
    rows, first = [], dict[str, dict[str, object]]()
    for share in shares:
        row = describe_share(share)
        rows.append(row)
        if not row["can_pay"]:
            continue
        head = first.setdefault(share.purchase_no, row)
        waiting = [other for other in shares if other.purchase_no == share.purchase_no]
        row["pay_with"] = head is not row
        row["together"] = len(waiting)
        row["together_minor"] = sum(other.total_minor for other in waiting)
    return rows


def describe_share(share: ShareSummary) -> dict[str, object]:
    """What a row of the order list needs beside the share itself."""
    zh = not (get_language() or "zh").startswith("en")
    lines = [
        {
            **line,
            "title": (line["title_zh"] or line["title_en"]) if zh else (line["title_en"] or line["title_zh"]),
            "choices": (line["choices_zh"] or line["choices_en"]) if zh else (line["choices_en"] or line["choices_zh"]),
        }
        for line in share.lines
    ]
    return {
        "share": share,
        "lines": lines,
        "state": name_state(share.state, share.method),
        "tone": tone_of(share.state),
        "can_pay": share.state is OrderState.SUBMITTED and share.method is PaymentMethod.WECHATPAY,
        "can_confirm": share.state in (OrderState.SHIPPED, OrderState.DELIVERED),
    }


def _describe(event: OrderEvent, method: PaymentMethod) -> str:
    if event.kind == OrderState.PAID.value:
        return gettext("Paid by WeChat Pay")
    if event.kind == OrderState.SHIPPED.value:
        return gettext("The shop has sent a parcel")
    words = {
        OrderState.SUBMITTED.value: gettext("Order placed"),
        OrderState.DELIVERED.value: gettext("All parcels delivered"),
        OrderState.COMPLETED.value: gettext("Receipt confirmed"),
        OrderState.CANCELLED.value: gettext("Order cancelled"),
        OrderState.REFUNDING.value: gettext("Refund asked for"),
        OrderState.REFUNDED.value: gettext("Refund received, to where it was paid from"),
    }
    return words[event.kind]


def _note(event: OrderEvent) -> str:
    if "tracking_number" in event.detail:
        carrier = event.detail["carrier"]
        if carrier == SELF_DELIVERY:
            return gettext("The shop brings it itself")
        return f"{carrier} {event.detail['tracking_number']}"
    why = event.detail.get("why", "")
    known = {
        "expired": gettext("It was not paid in time."),
        "cancelled": gettext("You gave the purchase up."),
        "late": gettext("The money came after the time to pay, and the goods were sold."),
    }
    return known.get(why, why)


def _name_actor(actor: str) -> str:
    return {"buyer": gettext("Buyer"), "shop": gettext("Shop"), "system": gettext("Jishi")}.get(actor, "")
