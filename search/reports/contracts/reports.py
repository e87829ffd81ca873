"""What a report is asked for, and what it answers."""

from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Self

from search.auction.contracts import Model
from search.reports.contracts.events import Sums


class Dimension(StrEnum):
    """What a report has one row for."""

    DAY = "day"
    HOUR = "hour"
    CAMPAIGN = "campaign"
    GROUP = "group"
    AD = "ad"
    KEYWORD = "keyword"
    TERM = "term"
    PLACE = "place"
    PAGE = "page"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAsk:
    """A shop's days, both included, one row for each value of a dimension. `campaign_id` narrows it."""

    shop_id: int
    since: date
    until: date
    by: Dimension
    model: Model = Model.LAST
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What ads are credited with. Orders are millionths of one, since several touches may share it.

    `revenue_minor` is net of what went back within 72 hours; `adjusted_minor` went back later; `halo_minor` is the part
    of the revenue that other goods of the shop made. Views after which was bought stand apart: they are never mixed.
    """

    orders_ppm: int = 0
    revenue_minor: int = 0
    adjusted_minor: int = 0
    halo_minor: int = 0
    view_orders_ppm: int = 0
    view_revenue_minor: int = 0

    def __add__(self, other: Self) -> "Sold":
        return Sold(**{name: getattr(self, name) + getattr(other, name) for name in SOLD_NAMES})


SOLD_NAMES = tuple(one.name for one in fields(Sold))


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a row, and what follows from them. A rate of nothing is None.

    `priced_clicks` are the clicks of cells in which one was billed: not those of ads that are paid by views or sales.
    """

    sums: Sums = field(default_factory=Sums)
    sold: Sold = field(default_factory=Sold)
    priced_clicks: int = 0

    @property
    def cost_micro(self) -> int:
        return self.sums.cost_micro

    @property
    def net_revenue_minor(self) -> int:
        return self.sold.revenue_minor - self.sold.adjusted_minor

    @property
    def click_rate_ppm(self) -> int | None:
        return _rate(self.sums.clicks * 1_000_000, self.sums.views)

    @property
    def conversion_rate_ppm(self) -> int | None:
        return _rate(self.sold.orders_ppm, self.sums.clicks)

    @property
    def click_price_micro(self) -> int | None:
        """What a click cost on average that was paid as a click; None where only views or sales are paid."""
        return _rate(self.sums.click_micro, self.priced_clicks)

    @property
    def thousand_views_micro(self) -> int | None:
        return _rate(self.cost_micro * 1_000, self.sums.views)

    @property
    def roas_bps(self) -> int | None:
        """Revenue over cost: 59,900 is 5.99 for each one spent."""
        return _rate(self.net_revenue_minor * 1_000_000 * 10_000, self.cost_micro)

    @property
    def acos_bps(self) -> int | None:
        """Cost over revenue: 1,669 is 16.69 %."""
        return _rate(self.cost_micro * 10_000, self.net_revenue_minor * 1_000_000)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One value of the dimension: a day in ISO form, an hour, an id, a page's or region's code, a searched text."""

    key: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """Rows in the order of days, hours or places, else the dearest first; `total` is of all, also of those cut off."""

    rows: tuple[ReportRow, ...]
    total: Figures
    is_cut: bool


@dataclass(frozen=True, slots=True)
class RevenueDay:
    """All shops on one day; `shops` is how many had a view or click."""

    day: date
    shops: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Advertiser:
    """A shop over some days."""

    shop_id: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class ReportsHealth:
    """How far counting has come: events counted since the beginning, and how many wait for their decision."""

    counted: int
    waiting: int


def _rate(part: int, whole: int) -> int | None:
    """Rounded half up; None of nothing."""
    return (2 * part + whole) // (2 * whole) if whole > 0 else None
