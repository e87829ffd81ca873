"""What has not cleared, how old it is, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

OF_SHOPS = ("shop", "shop_psp", "order")


class ClearingKind(StrEnum):
    """An account that is not at zero, or a request that is not in the books."""

    ACCOUNT = "account"
    REQUEST = "request"


class ClearingState(StrEnum):
    """young: still within the time it may take. overdue ones need a reason; with one they are explained."""

    YOUNG = "young"
    OVERDUE = "overdue"
    EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class ClearingNoteView:
    """A reason that somebody wrote down."""

    reason: str
    written_by: int
    written_at: datetime


@dataclass(frozen=True, slots=True)
class ClearingItemView:
    """What had not cleared at a proof. `balance_minor` in the account's normal direction, 0 for a request.

    `since` is when the oldest part of the balance came, first in first out.
    """

    item_id: int
    kind: ClearingKind
    place: str
    code: str
    currency: str
    owner_kind: str
    owner_id: str
    request_id: int | None
    subject: str
    detail: str
    balance_minor: int
    since: datetime
    overdue_at: datetime
    state: ClearingState
    note: ClearingNoteView | None

    @property
    def shop_id(self) -> int | None:
        """The shop whose account it is."""
        first = self.owner_id.partition("/")[0]
        return int(first) if self.owner_kind in OF_SHOPS and first.isdigit() else None

    @property
    def owner_rest(self) -> str:
        """What the account is about within the shop: an order, a provider."""
        return self.owner_id.partition("/")[2] if self.shop_id is not None else self.owner_id


@dataclass(frozen=True, slots=True)
class ClearingProofView:
    """One look at every clearing account. `asked_by` None: the night's own."""

    proof_id: int
    business_date: date
    asked_by: int | None
    taken_at: datetime
    looked_at: int
    young: int
    explained: int
    overdue: int

    @property
    def items(self) -> int:
        return self.young + self.explained + self.overdue

    @property
    def cleared(self) -> bool:
        """Zero or explained, everywhere."""
        return self.overdue == 0


@dataclass(frozen=True, slots=True)
class Debt:
    """What a shop owes us. `since` is the oldest part, first in first out; `lost_minor` is old enough to give up."""

    shop_id: int
    currency: str
    owed_minor: int
    since: datetime
    lost_minor: int


@dataclass(frozen=True, slots=True)
class WriteOffView:
    """A debt that was given up."""

    reference: str
    shop_id: int
    amount_minor: int
    currency: str
    owed_since: datetime
    reason: str
    written_by: int
    written_at: datetime
