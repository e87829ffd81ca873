"""What campaigns did today, beside each other: figures of reports, and what is left of budgets and wallet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from billing.wallets.contracts import WalletView
from billing.wallets.selectors import find_day_hold, get_wallet
from market.money import MICRO_PER_MINOR
from merchant_portal.ads_reports.page import PrintedFigures, print_figures
from search.campaigns.contracts import CampaignState, CampaignView
from search.reports.contracts import Dimension, Figures, ReportAsk
from search.reports.selectors import get_report
from search.spending.selectors import sum_spent


@dataclass(frozen=True, slots=True)
class Today:
    """The shop's day: its wallet, all campaigns together, each of them by id, and those whose budget is used up.

    `held_minor` is what is put aside for the day itself; `held_else_minor`, which is for bids at fixed places and for
    days that are not charged to their end, cannot be spent by it.
    """

    wallet: WalletView
    held_minor: int
    held_else_minor: int
    total: PrintedFigures
    budget_minor: int
    rows: dict[int, PrintedFigures]
    used_up: frozenset[int]
    is_empty: bool


def read_today(*, shop_id: int, campaigns: Sequence[CampaignView], day: date) -> Today:
    """Five statements, four where nothing is held.

    Spent is what leases say, which is known at once; figures follow within a minute.
    """
    report = get_report(ReportAsk(shop_id=shop_id, since=day, until=day, by=Dimension.CAMPAIGN))
    rows = {int(row.key): row.figures for row in report.rows if row.key.isdigit()}
    running = [one for one in campaigns if one.state is CampaignState.RUNNING]
    spent = sum_spent([one.campaign_id for one in running], day=day)
    wallet = get_wallet(shop_id)
    hold = find_day_hold(shop_id=shop_id, day=day) if wallet.held_minor else None
    held_minor = hold.left_minor if hold and not hold.closed else 0
    return Today(
        wallet=wallet,
        held_minor=held_minor,
        held_else_minor=wallet.held_minor - held_minor,
        total=print_figures(report.total),
        budget_minor=sum(one.daily_budget_minor for one in running),
        rows={one.campaign_id: print_figures(rows.get(one.campaign_id, Figures())) for one in campaigns},
        used_up=frozenset(one.campaign_id for one in running if _is_used_up(one, spent.get(one.campaign_id, 0))),
        is_empty=bool(running) and wallet.available_minor + held_minor <= 0,
    )


def suggest_budget(campaign: CampaignView) -> int:
    """Half as much again, in whole tens of yuan, and never more than the budget in all."""
    more = -(-campaign.daily_budget_minor * 3 // 2 // 1_000) * 1_000
    return min(more, campaign.total_budget_minor or more)


def _is_used_up(campaign: CampaignView, spent_micro: int) -> bool:
    """Less than half a per cent is left: no further click fits."""
    return spent_micro * 1_000 >= campaign.daily_budget_minor * MICRO_PER_MINOR * 995
