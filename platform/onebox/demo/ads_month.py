"""A month of made-up visits to pages with ads: auctions, tokens, views, clicks and charges as real ones leave them.

Nobody stands behind most of them: visitors are guests whose keys no browser can have. Before some of the demo's sales
their buyers click an ad of the shop, so that reports have orders to show. Pages of a demo say that this is made up.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from billing.checkout.selectors import list_buyer_shares
from billing.settlement.services.days import business_date
from market.shops.contracts import ShopContext
from onebox.demo.ads import give_bonus, load_campaigns
from onebox.demo.ads_first import DAYS, find_beginning, list_first_visits
from onebox.demo.ads_invalid import judge_frauds, list_frauds
from onebox.demo.ads_pages import Asked, Market, Shown, show_home, show_search
from onebox.demo.ads_visits import Visit
from search.reports.services import count_sale
from search.serving.services import open_throttles
from search.signals.services import name_person
from search.spending.contracts import VisitorFacts
from search.spending.selectors import list_events
from search.spending.services import (
    close_days,
    close_due_leases,
    close_hours,
    note_rendered,
    record_click,
    record_dwell,
    record_views,
    store_decisions,
)

FEWEST_A_DAY, MOST_A_DAY = 5, 11
VISITORS = 90
QUERIES = ("马克杯", "茶", "台灯", "笔记本", "花瓶", "绿茶", "mug", "陶瓷 马克杯", "茶 礼盒", "lamp", "notebook")
REGIONS = ("33", "31", "44", "11", "51", "32", "")
ON_HOME = 0.25
ROBOT, HASTY = 0.05, 0.04
CLICKED = (0.2, 0.14, 0.1)
"""How often the first, second and third place are clicked."""
BOUGHT_BY_AD = 0.35
LOOKED = timedelta(seconds=20)
CHARGED_AFTER = timedelta(hours=3)


def load_ads(
    shops: Sequence[ShopContext],
    *,
    buyer_ids: Sequence[int],
    staff_id: int,
    now: datetime,
    progress: Callable[[str, int, int], None],
) -> int:
    """Campaigns and the month that ends now, unless there is one already. Returns how many pages were shown."""
    ads = load_campaigns({shop.slug: shop for shop in shops}, staff_id=staff_id, now=now)
    began, today = find_beginning(now), business_date(now)
    shop_ids = {ad.shop_id for ad in ads}
    if any(list_events(shop_id=pk, since=business_date(began), until=today, limit=1) for pk in shop_ids):
        return 0
    chance = random.Random(20261129)
    market = Market(ads, {ad.ad_id: chance.randint(520, 930) for ad in ads})
    usual = [*_make_visits(now, chance), *_list_buyers(buyer_ids, shop_ids, chance), *list_frauds(now)]
    made = [*list_first_visits(now), *(one for one in usual if one.at > began)]
    visits = sorted(made, key=lambda one: one.at)
    for number, visit in enumerate(visits, start=1):
        _visit(visit, market, chance)
        following = visits[number].at if number < len(visits) else now
        if business_date(visit.at) != business_date(following):
            _end_day(following)
            if business_date(following) >= today.replace(day=1):  # the month before was paid with cash: an invoice
                for shop_id in shop_ids:
                    give_bonus(shop_id, staff_id=staff_id, now=following)
        progress("past ads", number, len(visits))
    _credit_sales(buyer_ids, shop_ids)
    judge_frauds(staff_id=staff_id, now=now)
    # A month in which nobody's budget was used up has taught every throttle to let all requests through.
    open_throttles(campaign_ids={ad.campaign_id for ad in ads}, now=now)
    return len(visits)


def _make_visits(now: datetime, chance: random.Random) -> Iterator[Visit]:
    """Some visits on each day, more the later the day, most of them in the evening."""
    often = [1 / (place + 2) for place in range(len(QUERIES))]
    for day in range(DAYS):
        for _ in range(FEWEST_A_DAY + (MOST_A_DAY - FEWEST_A_DAY) * day // DAYS):
            at = now - timedelta(days=DAYS - 1 - day, minutes=chance.triangular(5, 1_430, 500))
            visitor = chance.randrange(VISITORS)
            query = "" if chance.random() < ON_HOME else chance.choices(QUERIES, often)[0]
            yield Visit(at, name_person(guest_key=f"demo-visitor-{visitor}"), visitor, query)


def _list_buyers(buyer_ids: Sequence[int], shop_ids: set[int], chance: random.Random) -> Iterator[Visit]:
    """Before some sales, their buyers look for what they will buy."""
    for buyer_id in buyer_ids:
        for _, share in list_buyer_shares(buyer_id=buyer_id, limit=200):
            if share.shop_id in shop_ids and chance.random() < BOUGHT_BY_AD:
                at = share.placed_at - timedelta(minutes=chance.randint(20, 2_400))
                person = name_person(user_id=buyer_id)
                yield Visit(at, person, VISITORS + buyer_id % 50, chance.choice(QUERIES[:8]), share.shop_id)


def _visit(visit: Visit, market: Market, chance: random.Random) -> None:
    """Show a page, let its ads be seen, click some of them."""
    asked = Asked(UUID(int=chance.getrandbits(128)), visit.query, chance.choice(REGIONS), visit.wanted_shop, visit.at)
    shown = show_search(market, asked) if visit.query else show_home(market, asked)
    if shown is None:
        return
    store_decisions([shown.decision])
    tokens = [one.view_token for one in shown.ads]
    facts = VisitorFacts(
        person=visit.person,
        network=f"demo-network-{visit.number}",
        user_agent_is_robot=visit.is_usual and chance.random() < ROBOT,
    )
    note_rendered(tokens=tokens, now=visit.at + timedelta(seconds=1))
    record_views(tokens=tokens, facts=facts, now=visit.at + timedelta(seconds=3))
    for place, one in enumerate(shown.ads):
        if visit.is_fraud:
            _defraud(one, facts, visit)
        elif visit.clicks is not None:
            if place == visit.clicks:
                record_click(token=one.click_token, facts=facts, now=visit.at + LOOKED)
        elif visit.wanted_shop is not None or chance.random() < CLICKED[min(place, len(CLICKED) - 1)]:
            _click(one, facts, visit.at, chance)


def _click(one: Shown, facts: VisitorFacts, at: datetime, chance: random.Random) -> None:
    waited = timedelta(milliseconds=1_100) if chance.random() < HASTY else timedelta(seconds=chance.randint(6, 60))
    record_click(token=one.click_token, facts=facts, now=at + waited)


def _defraud(one: Shown, facts: VisitorFacts, visit: Visit) -> None:
    at = visit.at + timedelta(seconds=6)
    record_click(token=one.click_token, facts=facts, now=at)
    if visit.dwell_ms is not None:
        record_dwell(token=one.click_token, dwell_ms=visit.dwell_ms, now=at + timedelta(milliseconds=visit.dwell_ms))


def _end_day(following: datetime) -> None:
    """What the timers do while a market runs: leases end, hours are charged, days are closed."""
    after = following.replace(hour=0, minute=0, second=0, microsecond=0) + CHARGED_AFTER
    close_due_leases(after)
    close_hours(after)
    close_days(after)


def _credit_sales(buyer_ids: Sequence[int], shop_ids: set[int]) -> None:
    """While the names of days are kept; what is older finds no ad any more."""
    for buyer_id in buyer_ids:
        for _, share in list_buyer_shares(buyer_id=buyer_id, limit=200):
            if share.shop_id in shop_ids:
                count_sale(share_no=share.share_no, shop_id=share.shop_id)
