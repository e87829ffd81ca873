"""Reads of pay per sale."""

from search.per_sale.selectors.health import get_per_sale_health
from search.per_sale.selectors.plans import PlanNotFound, get_bounds, get_plan, list_plans, list_versions
from search.per_sale.selectors.sales import SaleNotFound, get_sale, list_sales, map_plan_sums

__all__ = [
    "PlanNotFound",
    "SaleNotFound",
    "get_bounds",
    "get_per_sale_health",
    "get_plan",
    "get_sale",
    "list_plans",
    "list_sales",
    "list_versions",
    "map_plan_sums",
]
