"""What pay per sale does: plans, shelves, sales and their commission."""

from search.per_sale.services.attributing import follow_order, follow_sale
from search.per_sale.services.invalid_clicks import follow_invalid_clicks
from search.per_sale.services.plans import (
    NotSold,
    PlanChanged,
    WrongMove,
    change_plan,
    create_plan,
    set_bounds,
    set_plan_state,
)
from search.per_sale.services.proving import prove_sales
from search.per_sale.services.showing import SaleAsk, choose_sales

__all__ = [
    "NotSold",
    "PlanChanged",
    "SaleAsk",
    "WrongMove",
    "change_plan",
    "choose_sales",
    "create_plan",
    "follow_invalid_clicks",
    "follow_order",
    "follow_sale",
    "prove_sales",
    "set_bounds",
    "set_plan_state",
]
