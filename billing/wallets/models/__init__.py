"""Merchants' advertising wallets: top-ups, bonuses, days, lots, commission on sales. Public schema."""

from billing.wallets.models.days import Charge, Credit, DayHold, DayIncrease
from billing.wallets.models.lots import LotHold, LotStep
from billing.wallets.models.sales import SaleCharge
from billing.wallets.models.top_ups import AutoTopUp, TopUp
from billing.wallets.models.wallets import Bonus, Wallet

__all__ = [
    "AutoTopUp",
    "Bonus",
    "Charge",
    "Credit",
    "DayHold",
    "DayIncrease",
    "LotHold",
    "LotStep",
    "SaleCharge",
    "TopUp",
    "Wallet",
]
