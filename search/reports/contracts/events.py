"""What is counted: an event of an ad, what was taken back of it later, and the cell in which both stand."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from search.auction.contracts import TokenKind
from search.spending.contracts import CorrectionKind


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Cell:
    """Where an event is counted. `keyword_id` is 0 for none; `region` and `term` are "" where nobody knows them.

    `day` is the decision's business day, whose budget pays; `hour` is the event's, 23 for one that came after midnight.
    """

    day: date
    hour: int
    shop_id: int
    campaign_id: int
    group_id: int
    ad_id: int
    keyword_id: int
    place: int
    page: str
    region: str
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEvent:
    """One event. `reason` says why it is not billed, "" for a valid one; the platform bears `borne_micro`."""

    cell: Cell
    kind: TokenKind
    billed_micro: int
    borne_micro: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is taken back of an event that was counted in this cell."""

    cell: Cell
    event: TokenKind
    kind: CorrectionKind
    amount_micro: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The columns of a cell. Valid and filtered stand side by side; what is taken back has columns of its own."""

    views: int = 0
    filtered_views: int = 0
    clicks: int = 0
    filtered_clicks: int = 0
    view_micro: int = 0
    click_micro: int = 0
    borne_micro: int = 0
    credited_views: int = 0
    credited_clicks: int = 0
    credited_micro: int = 0
    freed_micro: int = 0

    def __add__(self, other: Self) -> "Sums":
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in SUM_NAMES})

    @property
    def cost_micro(self) -> int:
        """What the merchant pays in the end."""
        return self.view_micro + self.click_micro - self.credited_micro - self.freed_micro


SUM_NAMES = tuple(field.name for field in fields(Sums))
CELL_NAMES = tuple(field.name for field in fields(Cell))
