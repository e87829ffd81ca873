"""What the pages of advertisers show: a row each, and the figures of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext

from billing.wallets.contracts import WalletView
from billing.wallets.selectors import map_wallets
from console.advertising.amounts import print_micro
from console.advertising.spent import draw_spent
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops_by_ids
from search.campaigns.contracts import AdvertiserLimit, CampaignView
from search.campaigns.selectors import list_campaigns, map_limits
from search.campaigns.words import name_kind, name_state
from search.reports.contracts import Dimension, Figures, Report, ReportAsk, Sums
from search.reports.selectors import get_report, map_sums
from web.charts import Chart

DAYS = 28
MOST_CAMPAIGNS = 100
_TONES = {"running": "good", "paused": "warn"}


@dataclass(frozen=True, slots=True)
class AdvertiserRow:
    """A shop that advertises. Amounts in yuan; the share of invalid clicks is None where there were no clicks.

    Of the clicks some were given back; filtered ones stand beside them.
    """

    shop_id: int
    shop: ShopContext | None
    today: str
    span: str
    clicks: int
    clicks_back: int
    filtered: int
    all_clicks: int
    invalid_bps: int | None
    wallet: WalletView
    limit: AdvertiserLimit


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign with what came of it in the span."""

    campaign: CampaignView
    kind: str
    state: str
    tone: str
    cost: str
    clicks: int
    roas: str


def describe_advertisers(shop_ids: Sequence[int], *, today: date) -> list[AdvertiserRow]:
    """Rows in the order of the ids: five statements, however many."""
    shops, limits, wallets = list_shops_by_ids(shop_ids), map_limits(shop_ids), map_wallets(shop_ids)
    now = map_sums(shop_ids, since=today, until=today)
    span = map_sums(shop_ids, since=since_of(today), until=today)
    return [
        AdvertiserRow(
            shop_id=shop_id,
            shop=shops.get(shop_id),
            today=print_micro(now[shop_id].cost_micro),
            span=print_micro(span[shop_id].cost_micro),
            clicks=span[shop_id].clicks,
            clicks_back=span[shop_id].credited_clicks,
            filtered=span[shop_id].filtered_clicks,
            all_clicks=_count_all(span[shop_id]),
            invalid_bps=_share_invalid(span[shop_id]),
            wallet=wallets[shop_id],
            limit=limits[shop_id],
        )
        for shop_id in shop_ids
    ]


def list_campaign_rows(shop_id: int, *, today: date) -> list[CampaignRow]:
    """A shop's campaigns, the newest first, with the figures of the span."""
    report = get_report(ReportAsk(shop_id=shop_id, since=since_of(today), until=today, by=Dimension.CAMPAIGN))
    figures = {row.key: row.figures for row in report.rows}
    return [
        describe_campaign(one, figures.get(str(one.campaign_id), Figures()))
        for one in list_campaigns(shop_id=shop_id, limit=MOST_CAMPAIGNS)
    ]


def describe_campaign(campaign: CampaignView, figures: Figures) -> CampaignRow:
    """A campaign in words, with its figures."""
    return CampaignRow(
        campaign=campaign,
        kind=name_kind(campaign.kind),
        state=name_state(campaign.state),
        tone=_TONES.get(campaign.state.value, ""),
        cost=print_micro(figures.cost_micro),
        clicks=figures.sums.clicks,
        roas="–" if figures.roas_bps is None else f"{figures.roas_bps / 10_000:,.2f}",
    )


def draw_days(shop_id: int, *, today: date) -> Chart:
    """What the shop spent on each day of the span."""
    since = since_of(today)
    report: Report = get_report(ReportAsk(shop_id=shop_id, since=since, until=today, by=Dimension.DAY))
    spent = {date.fromisoformat(row.key): row.figures.cost_micro for row in report.rows}
    finding = gettext("The shop spent %(total)s in %(days)s days.")
    return draw_spent(spent, since=since, days=DAYS, finding=finding)


def since_of(today: date) -> date:
    """Where the span begins that ends today."""
    return today - timedelta(days=DAYS - 1)


def _count_all(sums: Sums) -> int:
    return sums.clicks + sums.filtered_clicks


def _share_invalid(sums: Sums) -> int | None:
    """Of 10,000 clicks, so many were filtered at once or given back later. The latter stay among the counted ones."""
    invalid, all_clicks = sums.filtered_clicks + sums.credited_clicks, _count_all(sums)
    return round(10_000 * invalid / all_clicks) if all_clicks else None
