"""The first page of the portal, and the search of its bar."""

from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from billing.checkout.selectors import count_shop_tabs, list_shop_sales, list_shop_shares, sum_awaited_minor
from billing.settlement.selectors import sum_unreleased_minor
from market.shops.contracts import ShopContext
from market.shops.tenancy import enter_shop
from merchant_portal.access import shop_required, visit_of
from merchant_portal.dashboard.page import (
    ShopState,
    compare,
    draw_sales,
    first_day_needed,
    list_first_tasks,
    list_tasks,
    sort_sales,
)
from merchant_portal.frame import render_page
from merchant_portal.orders.page import describe_share
from tenants.catalog.selectors import count_by_status
from tenants.inventory.selectors import count_low_stock
from tenants.shipping.selectors import get_terms


@require_GET
@shop_required()
def show_dashboard(request: HttpRequest) -> HttpResponse:
    """How the shop does, and what to do next."""
    visit, now = visit_of(request), timezone.now()
    shop_id = visit.shop.shop_id
    state = _read_shop(visit.shop)
    counts = count_shop_tabs(shop_id) if visit.may_orders else {}
    context: dict[str, object] = {
        "order_counts": counts,
        "low_stock": state.low_stock,
        "first_tasks": list_first_tasks(visit.shop, state) if visit.may_settings else [],
        "tasks": list_tasks(visit, state, counts),
        "products": sum(state.products.values()),
        "now": now,
    }
    if visit.may_orders:
        context["latest"] = [describe_share(share) for _, share in list_shop_shares(shop_id=shop_id, limit=5)]
    if visit.may_money:
        sales = sort_sales(list_shop_sales(shop_id=shop_id, since=first_day_needed(now)), now)
        context |= {
            "sales": sales,
            "chart": draw_sales(sales),
            "change": compare(sales.total_minor, sales.total_before_minor),
            "today_change": compare(sales.today_minor, sales.yesterday_minor),
            "awaited_minor": sum_awaited_minor(shop_id),
            "unreleased_minor": sum_unreleased_minor(shop_id),
        }
    return render_page(request, "portal/dashboard.html", context)


@require_GET
@shop_required()
def find(request: HttpRequest) -> HttpResponse:
    """The search of the bar: an order number leads to orders, everything else to goods."""
    words = request.GET.get("q", "").strip()[:80]
    is_number = len(words) >= 6 and words[:6].isdigit()
    place = "portal:orders" if is_number or not visit_of(request).may_goods else "portal:products"
    return redirect(f"{reverse(place)}?{urlencode({'q': words})}")


def _read_shop(shop: ShopContext) -> ShopState:
    with transaction.atomic(), enter_shop(shop):
        return ShopState(products=count_by_status(), low_stock=count_low_stock(), terms=get_terms())
