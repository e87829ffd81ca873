"""Reads of the wallets, as contracts."""

from billing.wallets.selectors.invoices import InvoiceNotFound, get_invoice, list_invoices
from billing.wallets.selectors.sales import (
    get_owed_minor,
    list_owing_shops,
    map_sale_postings,
    map_sale_transactions,
    sum_owed,
)
from billing.wallets.selectors.top_ups import TopUpNotFound, find_auto_top_up, get_top_up, list_top_ups
from billing.wallets.selectors.wallets import (
    find_day_hold,
    find_lot_hold,
    get_wallet,
    is_cash_first,
    list_bonuses,
    list_wallets,
    map_credits,
    map_wallets,
    to_bonus_view,
)

__all__ = [
    "InvoiceNotFound",
    "TopUpNotFound",
    "find_auto_top_up",
    "find_day_hold",
    "find_lot_hold",
    "get_invoice",
    "get_owed_minor",
    "get_top_up",
    "get_wallet",
    "is_cash_first",
    "list_bonuses",
    "list_invoices",
    "list_owing_shops",
    "list_top_ups",
    "list_wallets",
    "map_credits",
    "map_sale_postings",
    "map_sale_transactions",
    "map_wallets",
    "sum_owed",
    "to_bonus_view",
]
