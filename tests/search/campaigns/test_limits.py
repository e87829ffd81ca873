"""Limits of advertisers and floors of pages."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection

from market.audit.selectors import list_entries
from search.campaigns.contracts import BadInput, Charge, PageKind
from search.campaigns.models import AdvertiserLimit
from search.campaigns.selectors import (
    find_limit,
    get_budgets,
    get_floors,
    list_advertiser_ids,
    list_blocked_shops,
    list_limited,
    read_changes,
)
from search.campaigns.services import (
    AlreadyStopped,
    NotStopped,
    lift_stop,
    set_floor,
    set_own_limit,
    set_staff_limit,
    stop_advertiser,
)
from tests.conftest import Clock, CommittedDatabase
from tests.search.campaigns.conftest import ACTOR, Advertiser, live

STAFF = 3


def _limit(who: Advertiser, daily_minor: int | None) -> None:
    set_staff_limit(shop_id=who.shop.shop_id, daily_minor=daily_minor, actor_id=STAFF, now=who.clock.now)


def _stop(who: Advertiser, reason: str = "资质过期") -> None:
    stop_advertiser(shop_id=who.shop.shop_id, reason=reason, actor_id=STAFF, now=who.clock.now)


def _lift(who: Advertiser) -> None:
    lift_stop(shop_id=who.shop.shop_id, actor_id=STAFF, now=who.clock.now)


def _limit_self(who: Advertiser, daily_minor: int | None) -> None:
    set_own_limit(shop_id=who.shop.shop_id, daily_minor=daily_minor, actor_id=ACTOR, now=who.clock.now)


def test_the_lower_of_both_limits_holds(alpha: Advertiser, beta: Advertiser) -> None:
    campaign_id, theirs = alpha.run(), beta.run()
    _limit_self(alpha, 50_000)
    _limit(alpha, 30_000)
    seen = live(campaign_id)
    assert seen and seen.shop_daily_limit_minor == 30_000
    _limit_self(alpha, 10_000)
    assert get_budgets([campaign_id])[campaign_id].shop_daily_minor == 10_000
    _limit_self(alpha, None)
    assert get_budgets([campaign_id])[campaign_id].shop_daily_minor == 30_000
    assert get_budgets([theirs])[theirs].shop_daily_minor is None
    assert find_limit(beta.shop.shop_id) is None
    assert [one.shop_id for one in list_limited()] == [alpha.shop.shop_id]
    assert list_advertiser_ids() == [alpha.shop.shop_id, beta.shop.shop_id]
    assert list_advertiser_ids(after=alpha.shop.shop_id) == [beta.shop.shop_id]
    _limit(alpha, None)
    assert list_limited() == []


def test_a_stopped_shop_shows_nothing(alpha: Advertiser, beta: Advertiser) -> None:
    campaign_id, theirs = alpha.run(), beta.run()
    with pytest.raises(BadInput, match="reason: required"):
        _stop(alpha, " ")
    _stop(alpha)
    assert live(campaign_id) is None and live(theirs) is not None
    assert list_blocked_shops([alpha.shop.shop_id, beta.shop.shop_id]) == {alpha.shop.shop_id}
    _lift(alpha)
    assert live(campaign_id) is not None


def test_a_stop_is_set_once_and_lifted_once_and_says_so_in_the_trail(alpha: Advertiser) -> None:
    with pytest.raises(NotStopped):
        _lift(alpha)
    _stop(alpha)
    with pytest.raises(AlreadyStopped):
        _stop(alpha, "another reason")
    limit = find_limit(alpha.shop.shop_id)
    assert limit and (limit.blocked, limit.reason) == (True, "资质过期")
    _lift(alpha)
    with pytest.raises(NotStopped):
        _lift(alpha)
    trail = list_entries(shop_id=alpha.shop.shop_id, action="advertiser.")
    assert [(line.action, line.detail) for line in trail] == [
        ("advertiser.let_run", {"reason": "资质过期"}),
        ("advertiser.stopped", {"reason": "资质过期"}),
    ]


def test_a_limit_leaves_a_stop_as_it_is_and_a_stop_the_limit(alpha: Advertiser) -> None:
    _limit(alpha, 30_000)
    _stop(alpha)
    _limit(alpha, 20_000)
    limit = find_limit(alpha.shop.shop_id)
    assert limit and (limit.staff_daily_minor, limit.blocked, limit.reason) == (20_000, True, "资质过期")
    _lift(alpha)
    limit = find_limit(alpha.shop.shop_id)
    assert limit and (limit.staff_daily_minor, limit.blocked, limit.reason) == (20_000, False, "")
    (last, _) = list_entries(action="advertiser.limited")
    assert last.detail == {"before_minor": 30_000, "daily_minor": 20_000}


def test_serving_hears_of_limits(committed_db: CommittedDatabase, alpha: Advertiser, beta: Advertiser) -> None:
    campaign_id, _ = alpha.run(), beta.run()
    position = read_changes(after=None).position
    _stop(alpha)
    assert read_changes(after=position).campaign_ids == (campaign_id,)


def test_no_campaign_slips_past_a_limit_that_is_set_while_it_is_made(
    committed_db: CommittedDatabase, alpha: Advertiser
) -> None:
    """The one who sets the limit waits until the campaign is there, and marks it then."""
    with psycopg.connect(committed_db.environment["DATABASE_URL"]) as maker:
        maker.execute("SELECT pg_advisory_xact_lock(hashtext('campaigns'), %s)", [alpha.shop.shop_id % 2**31])
        setting = threading.Thread(target=_in_thread, args=(lambda: _limit(alpha, 30_000),))
        setting.start()
        setting.join(timeout=0.3)
        assert setting.is_alive()
        assert not AdvertiserLimit.objects.exists()
    setting.join()
    assert AdvertiserLimit.objects.exists()


@pytest.mark.parametrize("daily_minor", [0, 999, 100_000_001])
def test_limits_are_sums(alpha: Advertiser, daily_minor: int) -> None:
    with pytest.raises(BadInput, match="daily_limit: out_of_range"):
        _limit_self(alpha, daily_minor)


def test_floors_are_usual_until_staff_say_otherwise(db: None, clock: Clock) -> None:
    assert get_floors().find(PageKind.SEARCH, Charge.CLICK) == 10
    for amount in (25, 30):
        set_floor(page=PageKind.HOME, charge=Charge.MILLE, amount_minor=amount, actor_id=STAFF, now=clock.now)
    floors = get_floors()
    assert floors.find(PageKind.HOME, Charge.MILLE) == 30
    assert floors.find(PageKind.CATEGORY, Charge.MILLE) == 200
    with pytest.raises(BadInput, match="amount: out_of_range"):
        set_floor(page=PageKind.HOME, charge=Charge.CLICK, amount_minor=0, actor_id=STAFF, now=clock.now)


def _in_thread(deed: Callable[[], None]) -> None:
    try:
        deed()
    finally:
        connection.close()
