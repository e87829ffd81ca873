"""Views of a shop's orders."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.checkout.contracts import ShareSummary
from billing.checkout.selectors import (
    TABS,
    ShareNotFound,
    count_shop_tabs,
    get_share_terms,
    get_shop_share,
    list_shop_shares,
)
from billing.checkout.services import mark_share_delivered, refund_share_as_shop, ship_share
from billing.settlement.selectors import find_release
from market.shops.tenancy import enter_shop
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.orders.forms import ShipForm, read_ship_form, start_ship_form
from merchant_portal.orders.page import (
    CARRIERS,
    describe_share,
    list_log,
    name_state,
    say_where_money_is,
    sum_earnings,
    sum_up,
    tone_of,
)
from tenants.orders.contracts import SELF_DELIVERY, OrderLine, OrderSheet, OrderState, PaymentMethod
from tenants.orders.rules import can_cancel, can_move, is_waiting_to_ship
from tenants.orders.selectors import get_order
from tenants.orders.services import BadParcel, WrongState
from web.paging import BadCursor, cut_page, decode_cursor
from web.shapes import Tab
from web.toasts import add_toast

PAGE = 30
MOST_REASON = 200


@require_GET
@shop_required("orders")
def show_orders(request: HttpRequest) -> HttpResponse:
    """The orders behind one tab, newest first, or those whose number begins so."""
    visit = visit_of(request)
    tab, words = request.GET.get("tab", "all"), request.GET.get("q", "").strip()[:40]
    if tab not in TABS:
        raise Http404
    scope = f"shop-orders:{visit.shop.shop_id}:{tab}:{words}"
    try:
        after = request.GET.get("after")
        before_id = decode_cursor(after, scope=scope, length=1)[0] if after else None
    except BadCursor as error:
        raise Http404 from error
    rows = list_shop_shares(
        shop_id=visit.shop.shop_id,
        tab=tab,
        before_id=before_id,  # type: ignore[arg-type]
        limit=PAGE + 1,
        search=words,
    )
    page = cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row[0]])
    counts = count_shop_tabs(visit.shop.shop_id)
    context = {
        "tabs": _list_tabs(counts, tab, words),
        "orders": [describe_share(share) for _, share in page.items],
        "next_cursor": page.next_cursor,
        "order_counts": counts,
        "tab": tab,
        "words": words,
    }
    return render_page(request, "portal/orders/list.html", context)


@require_GET
@shop_required("orders")
def show_order(request: HttpRequest, share_no: str) -> HttpResponse:
    """One order: where it goes, what is in it, its log and its money."""
    share = _find(request, share_no)
    order = _read(request, share)
    return _show(request, share, order, start_ship_form(_list_unsent(order)))


@require_POST
@shop_required("orders")
def ship(request: HttpRequest, share_no: str) -> HttpResponse:
    """Send a parcel with all or some of what is left."""
    visit, share = visit_of(request), _find(request, share_no)
    order = _read(request, share)
    form = read_ship_form(request.POST, _list_unsent(order))
    if form.wrongs:
        return _show(request, share, order, form, status=422)
    try:
        ship_share(
            shop_id=visit.shop.shop_id,
            share_no=share.share_no,
            carrier=form.sent_by,
            # A parcel's number is unique in its order; own delivery has none, so its parcels are counted.
            tracking_number=form.tracking_number or f"{SELF_DELIVERY}-{len(order.parcels) + 1}",
            contents=form.contents,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except WrongState:
        add_toast(
            request, gettext("The order has changed meanwhile, so nothing was sent. Here is how it stands."), bad=True
        )
    except BadParcel as error:
        sentence = {
            "tracking_number": gettext("This carrier and number are on another parcel of this order already."),
            "contents": gettext("Some of it has been sent meanwhile. Check how many pieces are left."),
        }.get(error.field, gettext("Enter which carrier takes the parcel."))
        link = "#tracking_number" if error.field == "tracking_number" else "#pieces"
        refused = ShipForm(form.carrier, form.other, form.tracking_number, form.pieces, ((link, sentence),))
        return _show(request, share, _read(request, share), refused, status=422)
    else:
        add_toast(request, gettext("Sent. The buyer sees the parcel in the order now."))
    return redirect("portal:order", share.share_no)


@require_POST
@shop_required("orders")
def mark_delivered(request: HttpRequest, share_no: str) -> HttpResponse:
    """All parcels have arrived."""
    visit, share = visit_of(request), _find(request, share_no)
    try:
        mark_share_delivered(
            shop_id=visit.shop.shop_id, share_no=share.share_no, actor_id=visit.user_id, now=timezone.now()
        )
    except WrongState:
        add_toast(request, gettext("Some of it is still to be sent, or the order is over."), bad=True)
    else:
        add_toast(request, gettext("Marked as delivered."))
    return redirect("portal:order", share.share_no)


@require_POST
@shop_required("orders")
def refund(request: HttpRequest, share_no: str) -> HttpResponse:
    """Give everything back."""
    visit, share = visit_of(request), _find(request, share_no)
    reason = request.POST.get("reason", "").strip()[:MOST_REASON]
    if not reason:
        wrongs = (("#reason", gettext("Say why: the buyer reads it in the order.")),)
        order = _read(request, share)
        form = start_ship_form(_list_unsent(order))
        return _show(request, share, order, form, refund_wrongs=wrongs, status=422)
    try:
        refund_share_as_shop(
            shop_id=visit.shop.shop_id,
            share_no=share.share_no,
            actor_id=visit.user_id,
            reason=reason,
            now=timezone.now(),
        )
    except WrongState:
        add_toast(request, gettext("This order cannot be given back any more."), bad=True)
    else:
        add_toast(request, gettext("Given back. The money returns to where it came from."))
    return redirect("portal:order", share.share_no)


def _show(
    request: HttpRequest,
    share: ShareSummary,
    order: OrderSheet,
    form: ShipForm,
    *,
    refund_wrongs: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> HttpResponse:
    visit, unsent = visit_of(request), _list_unsent(order)
    can_ship = bool(unsent) and (is_waiting_to_ship(order.state, order.method) or order.state is OrderState.SHIPPED)
    release = find_release(share.share_no)
    context: dict[str, object] = {
        "share": share,
        "order": order,
        "state": name_state(order.state, order.method),
        "tone": tone_of(order.state, order.method),
        "log": list_log(order),
        "sums": sum_up(order),
        "lines_by_id": {line.line_id: line for line in order.lines},
        "ship_form": form,
        "parcel_lines": [
            (line, form.typed.get(line.line_id, "0"), line.quantity - line.shipped_quantity) for line in unsent
        ],
        "carriers": CARRIERS,
        "self_delivery": SELF_DELIVERY,
        "can_ship": can_ship,
        "can_deliver": order.state is OrderState.SHIPPED and not unsent,
        "can_refund": _can_refund(order),
        "refund_is_cancelling": can_cancel(order.state, order.method),
        "refund_wrongs": refund_wrongs,
    }
    if visit.may_money:
        terms = get_share_terms(share_no=share.share_no, shop_id=visit.shop.shop_id)
        context["earnings"] = sum_earnings(terms, share.method, release)
        context["money_sentence"] = say_where_money_is(order, release)
    return render_page(request, "portal/orders/order.html", context, status=status)


def _can_refund(order: OrderSheet) -> bool:
    if order.state is OrderState.SUBMITTED:
        return order.method is PaymentMethod.COD
    return can_move(order.state, OrderState.REFUNDING, order.method)


def _list_unsent(order: OrderSheet) -> list[OrderLine]:
    return [line for line in order.lines if line.shipped_quantity < line.quantity]


def _find(request: HttpRequest, share_no: str) -> ShareSummary:
    try:
        return get_shop_share(share_no=share_no, shop_id=visit_of(request).shop.shop_id)
    except ShareNotFound as error:
        raise Http404 from error


def _read(request: HttpRequest, share: ShareSummary) -> OrderSheet:
    with transaction.atomic(), enter_shop(visit_of(request).shop):
        return get_order(share.share_no)


def _list_tabs(counts: dict[str, int], current: str, words: str) -> list[Tab]:
    labels = {
        "all": gettext("All"),
        "to_ship": gettext("To send"),
        "to_receive": gettext("On their way"),
        "to_pay": gettext("Not paid yet"),
        "done": gettext("Completed"),
        "after_sales": gettext("Refunds"),
        "cancelled": gettext("Cancelled"),
    }
    address = reverse("portal:orders")
    return [
        Tab(label, f"{address}?tab={name}", name == current and not words, counts[name])
        for name, label in labels.items()
    ]
