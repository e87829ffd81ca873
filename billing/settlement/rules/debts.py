"""What is done about a shop's debt at the end of a day."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from billing.ledger.contracts import Balance

LOST_AFTER = timedelta(days=90)
"""How long a debt is waited for before staff may give it up (money.md §4, L6)."""


class DebtDeed(StrEnum):
    """A negative payable becomes a receivable; a receivable is taken out of what has come in."""

    MOVED = "moved"
    NETTED = "netted"


@dataclass(frozen=True, slots=True)
class DebtStep:
    """What is to be posted, in minor units."""

    deed: DebtDeed
    amount_minor: int


def plan_debt(*, payable: Balance, owed_minor: int, promised_minor: int = 0) -> DebtStep | None:
    """The step for one shop, or None.

    Only what is free pays a debt: not what is held (a reserve, a payout), nor `promised_minor` that will be held as
    soon as its release is in the books.
    """
    if payable.posted_minor < 0:
        return DebtStep(DebtDeed.MOVED, -payable.posted_minor)
    free_minor = payable.available_minor - promised_minor
    if owed_minor > 0 and free_minor > 0:
        return DebtStep(DebtDeed.NETTED, min(owed_minor, free_minor))
    return None


def find_lost_minor(*, owed_minor: int, younger_minor: int) -> int:
    """The part of a debt that is old enough to give up: payments clear the oldest part first."""
    return max(0, owed_minor - younger_minor)
