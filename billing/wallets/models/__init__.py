"""Merchants' advertising wallets: bonuses, what is held and charged a day, lots. Public schema."""

from billing.wallets.models.days import Charge, Credit, DayHold, DayIncrease
from billing.wallets.models.lots import LotHold, LotStep
from billing.wallets.models.wallets import Bonus, Wallet

__all__ = ["Bonus", "Charge", "Credit", "DayHold", "DayIncrease", "LotHold", "LotStep", "Wallet"]
