"""Views of a shopper's orders."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from billing.checkout.contracts import CartOwner, ShareSummary
from billing.checkout.selectors import (
    TABS,
    ShareNotFound,
    count_buyer_tabs,
    count_pieces,
    get_buyer_share,
    get_purchase,
    list_buyer_shares,
)
from billing.checkout.services import CartFull, add_line, cancel_share_as_buyer, confirm_receipt
from market.shops.selectors import map_shops
from market.shops.tenancy import enter_shop
from search.listings.selectors import list_offers
from storefront.cart.owner import remember
from storefront.orders.page import list_log, list_rows, list_steps, name_state, sum_up
from tenants.orders.contracts import SELF_DELIVERY, OrderSheet, OrderState, PaymentMethod
from tenants.orders.rules import can_cancel
from tenants.orders.selectors import get_order
from tenants.orders.services import WrongState
from web.access import sign_in_required
from web.paging import BadCursor, cut_page, decode_cursor
from web.shapes import Tab
from web.toasts import add_toast

PAGE = 20


@never_cache
@sign_in_required
@require_GET
def show_orders(request: HttpRequest) -> HttpResponse:
    """The orders behind one tab, newest first."""
    tab = request.GET.get("tab", "all")
    if tab not in TABS:
        raise Http404
    try:
        before = (
            decode_cursor(request.GET["after"], scope=f"orders:{tab}", length=1)[0] if "after" in request.GET else None
        )
    except BadCursor as error:
        raise Http404 from error
    rows = list_buyer_shares(buyer_id=_me(request), tab=tab, before_id=before, limit=PAGE + 1)  # type: ignore[arg-type]
    page = cut_page(rows, size=PAGE, scope=f"orders:{tab}", position=lambda row: [row[0]])
    context = {
        "tabs": _list_tabs(_me(request), tab),
        "orders": list_rows([share for _, share in page.items]),
        "next_cursor": page.next_cursor,
        "just_paid": "paid" in request.GET,
    }
    return render(request, "storefront/orders/list.html", context)


@never_cache
@sign_in_required
@require_GET
def show_order(request: HttpRequest, share_no: str) -> HttpResponse:
    """One order: state, parcels, log, sum."""
    share = _find(request, share_no)
    order = _read(request, share)
    can_confirm = share.state in (OrderState.SHIPPED, OrderState.DELIVERED)
    can_pay = share.state is OrderState.SUBMITTED and share.method is PaymentMethod.WECHATPAY
    purchase = get_purchase(purchase_no=share.purchase_no, buyer_id=_me(request)) if can_pay else None
    context = {
        "share": share,
        "order": order,
        "shop": map_shops(request.epochs).get(share.shop_id),  # type: ignore[attr-defined]
        "tabs": _list_tabs(_me(request), ""),
        "state": name_state(share.state, share.method),
        "steps": list_steps(order),
        "log": list_log(order),
        "sums": sum_up(order),
        "self_delivery": SELF_DELIVERY,
        "lines_by_id": {line.line_id: line for line in order.lines},
        "can_pay": can_pay,
        "together": len(purchase.shares) if purchase else 1,
        "to_pay_minor": purchase.total_minor if purchase else 0,
        "can_cancel": can_cancel(share.state, share.method) and not can_pay,
        "can_confirm": can_confirm and all(line.shipped_quantity == line.quantity for line in order.lines),
    }
    return render(request, "storefront/orders/order.html", context)


@sign_in_required
@require_POST
def confirm_order(request: HttpRequest, share_no: str) -> HttpResponse:
    """The shopper has everything."""
    try:
        confirm_receipt(share_no=share_no, buyer_id=_me(request), now=timezone.now())
    except ShareNotFound as error:
        raise Http404 from error
    except WrongState:
        add_toast(request, gettext("Some of it is still to be sent. Confirm once everything is there."), bad=True)
    else:
        add_toast(request, gettext("Receipt confirmed. The shop gets its money now."))
    return redirect("storefront:order", share_no)


@sign_in_required
@require_POST
def cancel_order(request: HttpRequest, share_no: str) -> HttpResponse:
    """Call an order off before it is sent."""
    reason = request.POST.get("reason", "")[:200]
    try:
        cancel_share_as_buyer(share_no=share_no, buyer_id=_me(request), reason=reason, now=timezone.now())
    except ShareNotFound as error:
        raise Http404 from error
    except WrongState:
        add_toast(request, gettext("The shop has sent it already, so it cannot be cancelled any more."), bad=True)
    else:
        add_toast(request, gettext("Cancelled. What you paid goes back to where it came from."))
    return redirect("storefront:order", share_no)


@sign_in_required
@require_POST
def buy_again(request: HttpRequest, share_no: str) -> HttpResponse:
    """Put what is still sold of an order into the cart."""
    share = _find(request, share_no)
    order = _read(request, share)
    offers = list_offers([(share.shop_id, line.variant_id) for line in order.lines], epochs=request.epochs)  # type: ignore[attr-defined]
    owner, added = CartOwner(user_id=_me(request)), 0
    for line in order.lines:
        offer = offers.get((share.shop_id, line.variant_id))
        if offer is None or offer.available <= 0:
            continue
        try:
            add_line(owner=owner, offer=offer.offer, quantity=line.quantity, now=timezone.now())
        except CartFull:
            break
        added += 1
    if not added:
        add_toast(request, gettext("None of it is sold any more."), bad=True)
        return redirect("storefront:order", share_no)
    response = redirect("storefront:cart")
    remember(response, owner, count_pieces(owner))
    return response


def _read(request: HttpRequest, share: ShareSummary) -> OrderSheet:
    shop = map_shops(request.epochs)[share.shop_id]  # type: ignore[attr-defined]
    with transaction.atomic(), enter_shop(shop):
        return get_order(share.share_no)


def _find(request: HttpRequest, share_no: str) -> ShareSummary:
    try:
        return get_buyer_share(share_no=share_no, buyer_id=_me(request))
    except ShareNotFound as error:
        raise Http404 from error


def _list_tabs(buyer_id: int, current: str) -> list[Tab]:
    counts = count_buyer_tabs(buyer_id)
    labels = {
        "all": gettext("All"),
        "to_pay": gettext("To pay"),
        "to_ship": gettext("To be sent"),
        "to_receive": gettext("To receive"),
        "done": gettext("Done"),
        "after_sales": gettext("Refunds"),
        "cancelled": gettext("Cancelled"),
    }
    address = reverse("storefront:orders")
    return [Tab(label, f"{address}?tab={name}", name == current, counts[name]) for name, label in labels.items()]


def _me(request: HttpRequest) -> int:
    assert request.user.is_authenticated
    return int(request.user.pk)
