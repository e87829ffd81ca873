"""Reads of the wallets, as contracts."""

from billing.wallets.selectors.wallets import find_day_hold, find_lot_hold, get_wallet, list_bonuses, to_bonus_view

__all__ = ["find_day_hold", "find_lot_hold", "get_wallet", "list_bonuses", "to_bonus_view"]
