"""Writing wallets. Steps demand a transaction; a step that touches one shop needs nothing locked before."""

from billing.wallets.services.bonuses import BadExpiry, NoReason, expire_due_bonuses, grant_bonus
from billing.wallets.services.credits import MoreThanCharged, credit_charge
from billing.wallets.services.day_holds import (
    DayClosed,
    DayExceeded,
    DayNotHeld,
    charge_day,
    close_day_hold,
    hold_for_day,
)
from billing.wallets.services.locking import BadAmount, KeyReused, NotEnough, lock_wallets
from billing.wallets.services.lots import (
    LotEnded,
    LotExceeded,
    LotNotHeld,
    deliver_lot_part,
    hold_for_lot,
    return_lot_part,
    void_lot_hold,
    win_lot,
)

__all__ = [
    "BadAmount",
    "BadExpiry",
    "DayClosed",
    "DayExceeded",
    "DayNotHeld",
    "KeyReused",
    "LotEnded",
    "LotExceeded",
    "LotNotHeld",
    "MoreThanCharged",
    "NoReason",
    "NotEnough",
    "charge_day",
    "close_day_hold",
    "credit_charge",
    "deliver_lot_part",
    "expire_due_bonuses",
    "grant_bonus",
    "hold_for_day",
    "hold_for_lot",
    "lock_wallets",
    "return_lot_part",
    "void_lot_hold",
    "win_lot",
]
