"""The money that a process serves by: leases of the day, taken when a campaign is first wanted, read each second."""

from datetime import datetime, timedelta

from billing.settlement.services.days import business_date
from market.money import MICRO_PER_MINOR
from search.auction.contracts.units import PER_THOUSAND
from search.campaigns.contracts import Charge, LiveAd, LiveCampaign
from search.serving.services.state import Money, ServerState
from search.spending.selectors import read_leases
from search.spending.services import extend_leases, forget_old_days, take_lease

LEAST_EVENTS = 2
"""A lease is for so many of the campaign's dearest clicks or views at least, else for a part of what is left: more
would lie idle in one process while another has nothing to serve by."""

DRY_SECONDS = 60
MOST_TAKEN_AT_ONCE = 50


def start_day(state: ServerState, now: datetime) -> bool:
    """Forget the leases and salts of another day: what is shown after midnight is the next day's money.

    Says whether it was.
    """
    today = business_date(now)
    if state.money.day == today:
        return False
    kept = {**state.money.kept, **state.money.paces}
    state.money = Money(day=today, kept=kept)
    state.budgets = {}
    state.salts = {}  # none is kept beyond its day
    forget_old_days(today)
    return True


def take_wanted(state: ServerState, now: datetime) -> int:
    """Leases for campaigns that lacked only money. Returns how many were given."""
    wanted, given = sorted(state.wanted)[:MOST_TAKEN_AT_ONCE], 0
    for campaign_id in wanted:
        state.wanted.discard(campaign_id)
        campaign = state.index.find_campaign(campaign_id)
        if campaign is None or not may_ask(state, campaign_id, now):
            continue
        lease = take_lease(
            campaign_id=campaign_id,
            shop_id=campaign.shop_id,
            day=business_date(now),
            worker=state.worker,
            least_micro=find_highest_bid(campaign) * LEAST_EVENTS,
            now=now,
        )
        if lease is None:
            state.money.dry_until[campaign_id] = now + timedelta(seconds=DRY_SECONDS)
        else:
            state.money.leases[campaign_id] = lease
            given += 1
    return given


def may_ask(state: ServerState, campaign_id: int, now: datetime) -> bool:
    """Whether asking for a lease makes sense: not within a minute after there was nothing."""
    until = state.money.dry_until.get(campaign_id)
    return until is None or now >= until


def read_held(state: ServerState) -> None:
    """What became of the leases: billed by anybody, filled up, emptied, closed."""
    held = state.money.leases
    seen = read_leases([lease.lease_id for lease in held.values()])
    for campaign_id, lease in list(held.items()):
        now_known = seen.get(lease.lease_id)
        if now_known is None or now_known.closed or now_known.rest_micro <= 0:
            del held[campaign_id]
        else:
            held[campaign_id] = now_known


def extend_shown(state: ServerState, now: datetime) -> None:
    """Keep leases open of which something was shown since the last time."""
    shown = dict(state.shown)
    if not shown:
        return
    extend_leases(worker=state.worker, shown=shown, now=now)
    for lease_id, at in shown.items():
        if state.shown.get(lease_id) == at:
            state.shown.pop(lease_id, None)


def find_highest_bid(campaign: LiveCampaign) -> int:
    """The most that one click or view of a campaign may cost before page multipliers, in micro-fen."""
    words = (word.bid_minor * MICRO_PER_MINOR for ad in campaign.ads for word in ad.keywords)
    return max((*words, *(_find_bid(ad) for ad in campaign.ads)), default=MICRO_PER_MINOR)


def _find_bid(ad: LiveAd) -> int:
    bid_micro = ad.bid_minor * MICRO_PER_MINOR
    return bid_micro if ad.charge is Charge.CLICK else bid_micro // PER_THOUSAND
