"""Which report somebody asked for, read out of an address and written back into one."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.urls import reverse

from billing.settlement.services.days import business_date
from merchant_portal.frame import read_number
from search.auction.contracts import Model
from search.reports.contracts import Dimension, ReportAsk

SPANS = (1, 7, 30, 90)
"""Days that a report can be asked for, today included."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A report as it stands in an address."""

    today: date
    days: int
    by: Dimension
    model: Model
    campaign_id: int | None

    @property
    def since(self) -> date:
        return self.today - timedelta(days=self.days - 1)

    def ask(self, shop_id: int, *, by: Dimension | None = None, back: int = 0) -> ReportAsk:
        """What is asked of reports; `back` goes so many days into the past."""
        return ReportAsk(
            shop_id=shop_id,
            since=self.since - timedelta(days=back),
            until=self.today - timedelta(days=back),
            by=by or self.by,
            model=self.model,
            campaign_id=self.campaign_id,
        )

    def href(self, *, days: int | None = None, by: Dimension | None = None, place: str = "portal:ads-reports") -> str:
        """The address of this report, or of one that differs in this."""
        other = replace(self, days=days or self.days, by=by or self.by)
        parts = {"days": str(other.days), "by": other.by.value, "model": other.model.value}
        if other.campaign_id is not None:
            parts["campaign"] = str(other.campaign_id)
        return f"{reverse(place)}?{urlencode(parts)}"


def read_asked(data: QueryDict, *, now: datetime) -> Asked:
    """The report in an address. Raises `Http404` for words that name none."""
    days = read_number(data.get("days") or "7")
    campaign_id = read_number(data.get("campaign", ""))
    if days not in SPANS:
        raise Http404
    try:
        by, model = Dimension(data.get("by") or Dimension.CAMPAIGN), Model(data.get("model") or Model.LAST)
    except ValueError as error:
        raise Http404 from error
    return Asked(business_date(now), days, by, model, campaign_id or None)
