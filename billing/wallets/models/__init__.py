"""Merchants' advertising wallets: top-ups, bonuses, what is held and charged a day, lots. Public schema."""

from billing.wallets.models.days import Charge, Credit, DayHold, DayIncrease
from billing.wallets.models.lots import LotHold, LotStep
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
    "TopUp",
    "Wallet",
]
