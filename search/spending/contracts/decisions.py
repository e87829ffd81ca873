"""A page's decision as it is stored for 35 days."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from search.auction.contracts import TokenKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A shown ad. `kind` is what is billed; `inputs` the price as `auction.records` writes it."""

    ad_id: int
    campaign_id: int
    group_id: int
    keyword_id: int | None
    shop_id: int
    product_id: int | None
    place: int
    kind: TokenKind
    price_micro: int
    inputs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """What was decided for one page. `auction` is its record, "" where there was none (ads that are paid per sale).

    `held_out`: the visitor was shown nothing of it, to be compared with those who are. `day` is the business day that
    the tokens carry; `page` a word of campaigns' `PageKind`; person and network are as in `VisitorFacts` and are hashed
    with the day's salt.
    """

    decision_id: UUID
    day: date
    decided_at: datetime
    page: str
    query: str
    region: str
    auction: str
    person: str
    network: str
    lines: tuple[DecisionLine, ...]
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class DecisionPosition:
    """Where a list of decisions goes on, the latest first. A page with places of two kinds stores two decisions of one
    moment, so the moment alone does not say."""

    decided_at: datetime
    decision_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """A stored decision as it is read: persons are hashes by then."""

    decision_id: UUID
    day: date
    decided_at: datetime
    page: str
    query: str
    region: str
    auction: str
    lines: tuple[DecisionLine, ...]
    held_out: bool = False

    @property
    def position(self) -> DecisionPosition:
        """A list goes on after it from here."""
        return DecisionPosition(self.decided_at, self.decision_id)

    @property
    def is_per_sale(self) -> bool:
        """Whether its ads are paid per sale: these are chosen without an auction. Without ads it is not."""
        return not self.auction and bool(self.lines) and all(line.kind is TokenKind.SALE for line in self.lines)
