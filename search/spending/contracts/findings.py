"""What was found invalid later, what staff decide about it, and what went back for it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from search.auction.contracts import TokenKind

MOST_AT_ONCE = 200
"""Findings that are approved together."""
LONGEST_NOTE = 300


class FindingState(StrEnum):
    """found > approved > posted, or refused."""

    FOUND = "found"
    APPROVED = "approved"
    REFUSED = "refused"
    POSTED = "posted"


class GroupedBy(StrEnum):
    """What the clicks of a finding have in common."""

    NETWORK = "network"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """Clicks of one network or person that were found invalid later, as far as one shop paid for them.

    `evidence` are the numbers the rules looked at, over all shops; `who` is the hash of that day.
    """

    finding_id: int
    shop_id: int
    day: date
    grouped_by: GroupedBy
    who: UUID
    reasons: tuple[str, ...]
    rules_version: int
    evidence: dict[str, int]
    events: int
    amount_micro: int
    state: FindingState
    found_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """Which findings somebody wants; what is not said does not narrow. `day` is the day of the clicks."""

    states: tuple[FindingState, ...] = ()
    shop_id: int | None = None
    reason: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class FindingSum:
    """How many findings there are, how many views and clicks they hold, and what these cost."""

    findings: int = 0
    events: int = 0
    amount_micro: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditPostingView:
    """What went back to a shop for views or clicks of a day, in one posting; `key` names it in the ledger."""

    key: str
    kind: TokenKind
    day: date
    amount_minor: int
    posted_at: datetime
