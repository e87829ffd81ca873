"""An order as the shop sees it: words, log, money."""

from django.utils.translation import get_language, gettext

from billing.checkout.contracts import ShareSummary, ShareTerms
from billing.payments.rules import provider_fee_minor
from billing.settlement.contracts import CommissionGroup, ReleaseState, ReleaseView
from market.money import format_minor, portion
from tenants.orders.contracts import SELF_DELIVERY, OrderEvent, OrderSheet, OrderState, PaymentMethod
from web.shapes import LogLine, SumRow

CARRIERS = ("顺丰", "中通", "圆通", "京东", "邮政EMS")


def name_state(state: OrderState, method: PaymentMethod) -> str:
    """What the shop calls a state."""
    if state is OrderState.SUBMITTED:
        return gettext("To send") if method is PaymentMethod.COD else gettext("Not paid yet")
    return {
        OrderState.PAID: gettext("To send"),
        OrderState.SHIPPED: gettext("Shipped"),
        OrderState.DELIVERED: gettext("Delivered"),
        OrderState.COMPLETED: gettext("Completed"),
        OrderState.CANCELLED: gettext("Cancelled"),
        OrderState.REFUNDING: gettext("Refund under way"),
        OrderState.REFUNDED: gettext("Refunded"),
    }[state]


def tone_of(state: OrderState, method: PaymentMethod) -> str:
    """The badge's tone; a word always stands in it."""
    if state is OrderState.PAID or (state is OrderState.SUBMITTED and method is PaymentMethod.COD):
        return "warn"
    if state in (OrderState.COMPLETED, OrderState.DELIVERED):
        return "good"
    return "choice" if state is OrderState.SHIPPED else "bad" if state is OrderState.REFUNDING else ""


def name_carrier(carrier: str) -> str:
    """A parcel's carrier; the shop's own delivery has a word instead of a code."""
    return gettext("Own delivery") if carrier == SELF_DELIVERY else carrier


def describe_share(share: ShareSummary) -> dict[str, object]:
    """What a row of the order table shows."""
    english = (get_language() or "zh").startswith("en")
    first, second = ("en", "zh") if english else ("zh", "en")
    lines = [
        {
            **line,
            "title": line[f"title_{first}"] or line[f"title_{second}"],
            "choices": line[f"choices_{first}"] or line[f"choices_{second}"],
        }
        for line in share.lines
    ]
    return {
        "share": share,
        "lines": lines,
        "more": max(0, len(lines) - 1),
        "state": name_state(share.state, share.method),
        "tone": tone_of(share.state, share.method),
        "to_send": tone_of(share.state, share.method) == "warn",
    }


def sum_up(order: OrderSheet) -> list[SumRow]:
    """What the buyer pays."""
    paid = order.paid_at is not None or order.state is OrderState.COMPLETED
    return [
        SumRow(gettext("Goods"), order.goods_minor),
        SumRow(gettext("Freight"), order.freight_minor),
        SumRow(gettext("Buyer paid") if paid else gettext("Buyer pays"), order.total_minor, kind="total"),
    ]


def sum_earnings(terms: ShareTerms, method: PaymentMethod, release: ReleaseView | None) -> list[SumRow]:
    """From the price to what reaches the shop, with the commission as it was agreed."""
    cash_fee = release.cash_fee_minor if release else 0
    provider_fee = provider_fee_minor(method.value, terms.total_minor)
    rows = [SumRow(gettext("Buyer's payment"), terms.total_minor), *list_commission(terms)]
    if provider_fee:
        rows.append(SumRow(gettext("WeChat Pay's fee"), -provider_fee, kind="less"))
    if cash_fee:
        rows.append(SumRow(gettext("Carrier's fee for the cash"), -cash_fee, kind="less"))
    net_minor = terms.total_minor - terms.commission_minor - provider_fee - cash_fee
    rows.append(SumRow(gettext("For the shop"), net_minor, kind="total"))
    return rows


def list_commission(terms: ShareTerms) -> list[SumRow]:
    """What Jishi keeps, a row for each rule that was agreed when the order was placed."""
    if not terms.commission_groups:
        rate = gettext("%(rate)s%% of the goods") % {"rate": f"{terms.commission_bps / 100:g}"}
        return [SumRow(gettext("Commission"), -terms.commission_minor, note=rate, kind="less")]
    alone = len(terms.commission_groups) == 1
    return [
        SumRow(
            gettext("Commission"),
            -group.commission_minor,
            note=say_commission(group, terms.currency, alone),
            kind="less",
        )
        for group in terms.commission_groups
    ]


def say_commission(group: CommissionGroup, currency: str, alone: bool) -> str:
    """How a commission comes about: its rate, of which goods, and what bounds it. `alone`: of all goods."""
    rate = f"{group.rate_bps / 100:g}"
    if alone:
        words = gettext("%(rate)s%% of the goods") % {"rate": rate}
    else:
        goods = format_minor(group.goods_minor, currency)
        words = gettext("%(rate)s%% of goods for ¥%(goods)s") % {"rate": rate, "goods": goods}
    if group.limited:
        return gettext("%(rate)s, at most what WeChat Pay lets us take") % {"rate": words}
    if group.commission_minor == group.floor_minor > portion(group.goods_minor, group.rate_bps):
        return gettext("%(rate)s, at least ¥%(floor)s") % {
            "rate": words,
            "floor": format_minor(group.floor_minor, currency),
        }
    if group.cap_minor is not None and group.commission_minor == group.cap_minor:
        return gettext("%(rate)s, at most ¥%(cap)s") % {"rate": words, "cap": format_minor(group.cap_minor, currency)}
    return words


def say_where_money_is(order: OrderSheet, release: ReleaseView | None) -> str:
    """In a sentence where the money of an order is."""
    if order.state in (OrderState.CANCELLED, OrderState.REFUNDED):
        return gettext("Nothing is paid out for this order.")
    if order.state is OrderState.REFUNDING:
        return gettext("The money is on its way back to the buyer.")
    if release and release.state is ReleaseState.RELEASED:
        return gettext("Paid out to the shop.")
    if order.method is PaymentMethod.COD:
        if order.state is OrderState.COMPLETED or (release and release.cash_at):
            return gettext("The cash is being settled with the carrier.")
        return gettext("The buyer pays on delivery.")
    if order.state is OrderState.SUBMITTED:
        return gettext("Not paid yet.")
    if order.state is OrderState.COMPLETED:
        return gettext("The sale is final; the payout is under way.")
    return gettext("Kept safe until the buyer confirms receipt, then paid out.")


def list_log(order: OrderSheet) -> list[LogLine]:
    """The log that buyer and shop both see, newest first."""
    return [
        LogLine(_describe(event), event.at, _name_actor(event.actor), _note(event)) for event in reversed(order.events)
    ]


def _describe(event: OrderEvent) -> str:
    words = {
        OrderState.SUBMITTED.value: gettext("Order placed"),
        OrderState.PAID.value: gettext("Paid by WeChat Pay"),
        OrderState.SHIPPED.value: gettext("Parcel sent"),
        OrderState.DELIVERED.value: gettext("All parcels delivered"),
        OrderState.COMPLETED.value: gettext("Receipt confirmed"),
        OrderState.CANCELLED.value: gettext("Order cancelled"),
        OrderState.REFUNDING.value: gettext("Refund started"),
        OrderState.REFUNDED.value: gettext("Refund reached the buyer"),
    }
    return words.get(event.kind, event.kind)


def _note(event: OrderEvent) -> str:
    if "tracking_number" in event.detail:
        carrier = event.detail["carrier"]
        return name_carrier(carrier) if carrier == SELF_DELIVERY else f"{carrier} {event.detail['tracking_number']}"
    why = event.detail.get("why", "")
    known = {
        "expired": gettext("It was not paid in time."),
        "cancelled": gettext("The buyer gave the purchase up."),
        "late": gettext("The money came after the time to pay, and the goods were sold."),
    }
    return known.get(why, why)


def _name_actor(actor: str) -> str:
    return {"buyer": gettext("Buyer"), "shop": gettext("Shop"), "system": gettext("Jishi")}.get(actor, "")
