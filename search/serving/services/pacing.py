"""Throttles of campaigns: moved by what they spent everywhere and what this process was asked, kept in a table."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from market.money import MICRO_PER_MINOR
from search.auction.contracts import Pace, PacePlan, PaceState
from search.auction.contracts.units import PPM
from search.auction.pacing import move_rate, start_day
from search.campaigns.contracts import LiveCampaign
from search.serving.models import CampaignPace
from search.serving.rules.scene import Budget
from search.serving.rules.traffic import expect_day
from search.serving.selectors import find_usual_rate, map_paces
from search.serving.services.state import ServerState
from search.spending.selectors import sum_spent

RECENT = timedelta(days=1)
_KEEP = (
    "INSERT INTO serving_campaignpace (campaign_id, rate_ppm, admitted_ppm, yielded_micro, kept_at)"
    " SELECT *, %s FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[])"
    " ON CONFLICT (campaign_id) DO UPDATE SET rate_ppm = EXCLUDED.rate_ppm, admitted_ppm = EXCLUDED.admitted_ppm,"
    " yielded_micro = EXCLUDED.yielded_micro, kept_at = EXCLUDED.kept_at"
)


def open_throttles(*, campaign_ids: Collection[int], now: datetime) -> None:
    """Let campaigns begin with every request, as those do that never spent their budgets; what was learnt stays."""
    rows = [
        CampaignPace(campaign_id=pk, rate_ppm=PPM, admitted_ppm=0, yielded_micro=0, kept_at=now)
        for pk in sorted(campaign_ids)
    ]
    CampaignPace.objects.bulk_create(rows, ignore_conflicts=True)


def renew_budgets(state: ServerState, now: datetime) -> None:
    """What a page looks at, of all campaigns that have a lease: replaced whole. Reads what unknown throttles learnt."""
    money = state.money
    campaigns = {pk: campaign for pk in tuple(money.leases) if (campaign := state.index.find_campaign(pk))}
    unknown = [pk for pk in campaigns if pk not in money.paces]
    learnt = {**map_paces([pk for pk in unknown if pk not in money.kept]), **money.kept} if unknown else {}
    usual = _find_usual(now) if unknown else None
    for pk in unknown:
        money.paces[pk] = start_day(campaigns[pk].pace, learnt.get(pk, usual))
    state.budgets = {
        pk: Budget(
            lease_rest_micro=money.leases[pk].rest_micro,
            pass_rate_ppm=PPM if campaign.pace is Pace.FAST else money.paces[pk].rate_ppm,
        )
        for pk, campaign in campaigns.items()
    }


def move_paces(state: ServerState, now: datetime) -> int:
    """Move the throttles of campaigns that were asked since, and keep what they learnt. Returns how many moved."""
    money = state.money
    if money.day is None:
        return 0
    _count_asked(state)
    plans = {pk: _plan(state.index.find_campaign(pk), money.day.weekday()) for pk in money.asked if pk in money.paces}
    even = {pk: plan for pk, plan in plans.items() if plan is not None}
    if not even:
        return 0
    spent, second = sum_spent(list(even), day=money.day), find_second(now)
    moved: dict[int, PaceState] = {}
    for pk, plan in even.items():
        after = move_rate(money.paces[pk], plan, spent_micro=spent.get(pk, 0), second=second, requests=money.asked[pk])
        if after is not money.paces[pk]:
            moved[pk] = money.paces[pk] = after
            del money.asked[pk]
    if moved:
        _keep(moved, now)
    return len(moved)


def find_second(now: datetime) -> int:
    """The second of the business day."""
    local = now.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))
    midnight = datetime.combine(local.date(), time(), local.tzinfo)
    return int((local - midnight).total_seconds())


def _find_usual(now: datetime) -> PaceState | None:
    rate_ppm = find_usual_rate(since=now - RECENT)
    return None if rate_ppm is None else PaceState(rate_ppm=rate_ppm)


def _count_asked(state: ServerState) -> None:
    """Pages leave what they asked in a queue, so that none of them has to lock a counter."""
    asked: Counter[int] = Counter()
    while state.asked:
        asked.update(state.asked.popleft())
    state.money.asked.update(asked)


def _plan(campaign: LiveCampaign | None, weekday: int) -> PacePlan | None:
    if campaign is None or campaign.pace is Pace.FAST or (curve := expect_day(campaign.hours, weekday)) is None:
        return None
    return PacePlan(pace=campaign.pace, budget_micro=campaign.daily_budget_minor * MICRO_PER_MINOR, curve=curve)


def _keep(moved: dict[int, PaceState], now: datetime) -> None:
    rows = sorted(moved.items())
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                now,
                [pk for pk, _ in rows],
                [pace.rate_ppm for _, pace in rows],
                [pace.admitted_ppm for _, pace in rows],
                [pace.yielded_micro for _, pace in rows],
            ],
        )
