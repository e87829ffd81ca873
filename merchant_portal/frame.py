"""Renders a page of the portal with what its frame shows: the counts on the rail."""

from typing import Any  # Any: template contexts are open by nature

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from billing.checkout.selectors import count_shop_tabs
from market.shops.tenancy import enter_shop
from merchant_portal.access import Visit, visit_of
from tenants.inventory.selectors import count_low_stock


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A whole page. Counts that the view has read already are taken from its context (`order_counts`, `low_stock`)."""
    visit = visit_of(request)
    context = dict(context or {})
    if "order_counts" not in context and visit.may_orders:
        context["order_counts"] = count_shop_tabs(visit.shop.shop_id)
    if "low_stock" not in context and visit.may_goods:
        context["low_stock"] = read_low_stock(visit)
    context["visit"] = visit
    return render(request, template, context, status=status)


def read_low_stock(visit: Visit) -> int:
    """How many levels are low in the chosen shop."""
    with transaction.atomic(), enter_shop(visit.shop):
        return count_low_stock()


def read_number(text: str, most_digits: int = 18) -> int:
    """The number in a field, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else 0
