"""Writing wallets. Steps demand a transaction, which deals with one shop: two could wait for each other in a circle."""

from billing.wallets.services.available import collect_owed
from billing.wallets.services.bonuses import (
    MOST_BONUS_DAYS,
    MOST_BONUS_MINOR,
    BadExpiry,
    NoReason,
    expire_due_bonuses,
    grant_bonus,
    set_payment_order,
)
from billing.wallets.services.credits import MoreThanCharged, credit_charge
from billing.wallets.services.day_holds import (
    DayClosed,
    DayExceeded,
    DayNotHeld,
    charge_day,
    close_day_hold,
    hold_for_day,
)
from billing.wallets.services.from_sales import LessOwed, fill_wallets, set_auto_top_up, top_up_from_sales
from billing.wallets.services.locking import BadAmount, KeyReused, NotEnough
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
from billing.wallets.services.sales import charge_sale, credit_sale
from billing.wallets.services.top_ups import (
    LEAST_MINOR,
    MOST_MINOR,
    TooManyOpen,
    check_top_up_paid,
    close_due_top_ups,
    credit_top_up,
    is_top_up,
    open_top_up,
    settle_top_up,
    start_top_up,
)

__all__ = [
    "LEAST_MINOR",
    "MOST_BONUS_DAYS",
    "MOST_BONUS_MINOR",
    "MOST_MINOR",
    "BadAmount",
    "BadExpiry",
    "DayClosed",
    "DayExceeded",
    "DayNotHeld",
    "KeyReused",
    "LessOwed",
    "LotEnded",
    "LotExceeded",
    "LotNotHeld",
    "MoreThanCharged",
    "NoReason",
    "NotEnough",
    "TooManyOpen",
    "charge_day",
    "charge_sale",
    "check_top_up_paid",
    "close_day_hold",
    "close_due_top_ups",
    "collect_owed",
    "credit_charge",
    "credit_sale",
    "credit_top_up",
    "deliver_lot_part",
    "expire_due_bonuses",
    "fill_wallets",
    "grant_bonus",
    "hold_for_day",
    "hold_for_lot",
    "is_top_up",
    "open_top_up",
    "return_lot_part",
    "set_auto_top_up",
    "set_payment_order",
    "settle_top_up",
    "start_top_up",
    "top_up_from_sales",
    "void_lot_hold",
    "win_lot",
]
