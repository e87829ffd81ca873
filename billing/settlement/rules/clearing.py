"""What has to clear, how long it may take, and how old is how old."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from billing.ledger.contracts import AccountRef, Code

# How long a balance may stand before somebody has to say why (money.md §4: zero, or a reason).
DUE_AFTER: Mapping[Code, timedelta] = MappingProxyType(
    {
        Code.PSP_RECEIVABLE: timedelta(days=3),  # a provider settles on the next working day, and a weekend is two
        Code.COD_RECEIVABLE: timedelta(days=15),  # carriers remit twice a month
        Code.DISPUTE_RECEIVABLE: timedelta(days=90),  # card schemes decide within that
        Code.ESCROW: timedelta(minutes=10),  # of an order that is released: the poster's time, generously
        Code.PAYOUT_IN_TRANSIT: timedelta(days=3),  # a bank transfer over a weekend
        Code.REFUND_PAYABLE: timedelta(days=7),  # to a card; a wallet takes minutes
        Code.SUSPENSE: timedelta(0),  # zero or explained
    }
)
UNKNOWN_ORDER_DUE_AFTER = timedelta(days=45)
"""Money held for an order that settlement has not heard of: it should be final, or given back, by then."""

REQUEST_DUE_AFTER = timedelta(minutes=10)
"""The poster takes a second; what takes longer than this does not go by itself."""

FEW_CODES = tuple(code for code in DUE_AFTER if code is not Code.ESCROW)
"""Codes with an account a provider, carrier or shop; escrow has one an order."""


@dataclass(frozen=True, slots=True)
class Age:
    """A range of ages, from `since_days` (included) to `until_days` (not included, None: without end)."""

    name: str
    since_days: int
    until_days: int | None

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime]:
        """After which instant, and until which, something of this age began."""
        oldest = None if self.until_days is None else now - timedelta(days=self.until_days)
        return oldest, now - timedelta(days=self.since_days)


AGES = (Age("day", 0, 1), Age("week", 1, 7), Age("month", 7, 30), Age("older", 30, None))


def name_age(since: datetime, now: datetime) -> str:
    """The range that an age falls into."""
    days = (now - since) / timedelta(days=1)
    return next(age.name for age in reversed(AGES) if days >= age.since_days or age.since_days == 0)


def find_overdue_at(code: Code, since: datetime, *, order_known: bool = True) -> datetime:
    """From when on a balance needs a reason."""
    if code is Code.ESCROW and not order_known:
        return since + UNKNOWN_ORDER_DUE_AFTER
    return since + DUE_AFTER[code]


def name_place(account: AccountRef) -> str:
    """An account in one word, the same from night to night."""
    owner = account.owner
    return f"{account.book}:{account.currency}:{account.code}:{owner.kind}:{owner.id}"


def name_request_place(request_id: int) -> str:
    """A posting request in one word."""
    return f"request:{request_id}"
