"""What the page of reports shows: tiles, the chart of spend, rows with their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, pgettext

from market.money import MICRO_PER_MINOR, format_minor, round_micro
from merchant_portal.ads_reports.asking import Asked
from merchant_portal.ads_reports.words import name_keys
from search.auction.pacing import plan_spend
from search.campaigns.contracts import CampaignState, CampaignView
from search.campaigns.selectors import get_campaign, list_campaigns
from search.reports.contracts import Dimension, Figures, Report
from search.reports.selectors import get_report
from search.serving.rules.traffic import expect_day
from web.charts import Chart, draw_line
from web.figures import cut_price

HOURS, HOUR_SECONDS = 24, 3_600
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row with its name and its figures as they are printed. Amounts in yuan."""

    key: str
    name: str
    cells: "PrintedFigures"


@dataclass(frozen=True, slots=True)
class PrintedFigures:
    """The columns of a table, printed; a rate of nothing is a dash.

    Clicks that were given back later are among the clicks, filtered ones stand beside them.
    """

    cost: str
    views: str
    clicks: str
    clicks_back: str
    filtered: str
    click_rate: str
    click_price: str
    orders: str
    conversion: str
    revenue: str
    roas: str
    acos: str


def print_figures(figures: Figures) -> PrintedFigures:
    """The columns of one row."""
    sums, sold = figures.sums, figures.sold
    return PrintedFigures(
        cost=print_micro(figures.cost_micro),
        views=f"{sums.views:,}",
        clicks=f"{sums.clicks:,}",
        clicks_back=f"{sums.credited_clicks:,}",
        filtered=f"{sums.filtered_clicks:,}",
        click_rate=_print_share(figures.click_rate_ppm),
        click_price=NOTHING if figures.click_price_micro is None else print_micro(figures.click_price_micro),
        orders=_print_parts(sold.orders_ppm),
        conversion=_print_share(figures.conversion_rate_ppm),
        revenue=format_minor(figures.net_revenue_minor),
        roas=NOTHING if figures.roas_bps is None else f"{figures.roas_bps / 10_000:,.2f}",
        acos=NOTHING if figures.acos_bps is None else f"{figures.acos_bps / 100:,.1f}%",
    )


def name_rows(report: Report, by: Dimension, *, shop_id: int) -> list[NamedRow]:
    """The rows of a table. What has no name any more is shown by its number."""
    names = name_keys(by, [row.key for row in report.rows], shop_id=shop_id)
    return [NamedRow(row.key, names.get(row.key, f"#{row.key}"), print_figures(row.figures)) for row in report.rows]


def draw_spend(asked: Asked, *, shop_id: int, now: datetime) -> Chart:
    """Today by the hour against the plan, or days against the days before."""
    return _draw_today(asked, shop_id, now) if asked.days == 1 else _draw_days(asked, shop_id)


def print_micro(amount_micro: int) -> str:
    """Micro-fen as yuan with two decimals, rounded half up."""
    return format_minor(round_micro(amount_micro))


def print_exact(amount_micro: int) -> str:
    """The same, with the parts of a fen where there are some: a view costs 0.0185."""
    if amount_micro % MICRO_PER_MINOR == 0:
        return print_micro(amount_micro)
    return f"{amount_micro / MICRO_PER_MINOR / 100:.8f}".rstrip("0")


def _draw_today(asked: Asked, shop_id: int, now: datetime) -> Chart:
    """Spend so far at each full hour, and now; the plan is the one that their paces follow."""
    report = get_report(asked.ask(shop_id, by=Dimension.HOUR))
    by_hour = {int(row.key): row.figures.cost_micro for row in report.rows}
    local = now.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))
    second = local.hour * HOUR_SECONDS + local.minute * 60 + local.second
    spent = [sum(by_hour.get(hour, 0) for hour in range(until)) for until in range(local.hour + 2)]
    campaigns = _list_planned(asked, shop_id)
    planned = _plan_hours(campaigns, local.weekday()) if any(one.daily_budget_minor for one in campaigns) else []
    parts = {
        "spent": cut_price(round_micro(spent[-1])).whole,
        "planned": cut_price(round_micro(_sum_plans(campaigns, local.weekday(), second))).whole,
        "budget": cut_price(round_micro(planned[-1] if planned else 0)).whole,
    }
    finding = gettext("Spent today: %(spent)s. Planned until now: %(planned)s, for the whole day: %(budget)s.")
    return draw_line(
        finding=finding % parts,
        labels=[f"{hour:02}:00" for hour in range(HOURS + 1)],
        values=_to_yuan(spent),
        before=_to_yuan(planned),
        texts=[print_micro(amount) for amount in spent[:-1]],
        before_texts=[print_micro(amount) for amount in planned],
        names=(pgettext("ads", "Spent"), gettext("Planned") if planned else ""),
        last_at=second / HOUR_SECONDS,
    )


def _draw_days(asked: Asked, shop_id: int) -> Chart:
    """Each day, and the same number of days before, dashed."""
    days = [asked.since + timedelta(days=number) for number in range(asked.days)]
    spent, before = (
        {row.key: row.figures.cost_micro for row in get_report(asked.ask(shop_id, by=Dimension.DAY, back=back)).rows}
        for back in (0, asked.days)
    )
    values = [spent.get(day.isoformat(), 0) for day in days]
    others = [before.get((day - timedelta(days=asked.days)).isoformat(), 0) for day in days]
    finding = gettext("Spent in %(days)s days: %(spent)s, in the %(days)s days before: %(before)s.") % {
        "days": asked.days,
        "spent": cut_price(round_micro(sum(values))).whole,
        "before": cut_price(round_micro(sum(others))).whole,
    }
    return draw_line(
        finding=finding,
        labels=[day.strftime("%m-%d") for day in days],
        values=_to_yuan(values),
        before=_to_yuan(others) if any(others) else (),
        texts=[print_micro(amount) for amount in values],
        before_texts=[print_micro(amount) for amount in others],
        names=(pgettext("ads", "Spent"), gettext("The days before") if any(others) else ""),
    )


def _list_planned(asked: Asked, shop_id: int) -> list[CampaignView]:
    """The campaigns of the report that may spend on one day."""
    if asked.campaign_id is not None:
        return [get_campaign(shop_id=shop_id, campaign_id=asked.campaign_id)]
    return list_campaigns(shop_id=shop_id, states=[CampaignState.RUNNING], limit=200)


def _plan_hours(campaigns: Sequence[CampaignView], weekday: int) -> list[int]:
    """What should be spent by each full hour, the last one included, in micro-fen."""
    return [_sum_plans(campaigns, weekday, hour * HOUR_SECONDS) for hour in range(HOURS + 1)]


def _sum_plans(campaigns: Sequence[CampaignView], weekday: int, second: int) -> int:
    """What should be spent by a second of the day: of each campaign in the hours that it chose."""
    curves = ((campaign, expect_day(campaign.targeting.hours, weekday)) for campaign in campaigns)
    return sum(
        plan_spend(campaign.daily_budget_minor * MICRO_PER_MINOR, curve, second) for campaign, curve in curves if curve
    )


def _to_yuan(amounts_micro: Sequence[int]) -> list[float]:
    return [amount / MICRO_PER_MINOR / 100 for amount in amounts_micro]


def _print_share(rate_ppm: int | None) -> str:
    return NOTHING if rate_ppm is None else f"{rate_ppm / 10_000:,.2f}%"


def _print_parts(parts_ppm: int) -> str:
    """Orders: whole ones without decimals."""
    return f"{parts_ppm // 1_000_000:,}" if parts_ppm % 1_000_000 == 0 else f"{parts_ppm / 1_000_000:,.2f}"
