"""Many at once: keys, limits and reviews hold, and nobody waits for another for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from search.campaigns.contracts import CampaignKind, CampaignState, Charge, WordDraft
from search.campaigns.models import Campaign, Keyword
from search.campaigns.selectors import read_live
from search.campaigns.services import (
    NoSuchCreative,
    TooManyCampaigns,
    add_ads,
    add_words,
    decide_creative,
    set_campaign_state,
    set_staff_limit,
)
from search.campaigns.services import campaigns as module
from tests.conftest import Clock, CommittedDatabase
from tests.search.campaigns.conftest import ACTOR, Advertiser

THREADS = 6


def test_the_same_key_from_many_sides_makes_one_campaign(committed_db: CommittedDatabase, alpha: Advertiser) -> None:
    found = _race(lambda _: alpha.run(key="once"))
    assert len(set(found)) == 1 and Campaign.objects.count() == 1


def test_no_campaign_too_many_is_made_at_once(
    committed_db: CommittedDatabase, alpha: Advertiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.most, "MOST_CAMPAIGNS", 3)
    found = _race(lambda _: _try(alpha.run))
    assert sum(isinstance(one, int) for one in found) == 3 == Campaign.objects.count()


def test_words_from_many_sides_are_each_there_once(committed_db: CommittedDatabase, alpha: Advertiser) -> None:
    group_id = alpha.group_of(alpha.run(group={"words": ()}))
    drafts = [WordDraft(text) for text in ("马克杯", "茶杯", "茶壶")]

    def add(number: int) -> int:
        ordered = drafts[number % 3 :] + drafts[: number % 3]
        return add_words(
            shop_id=alpha.shop.shop_id, group_id=group_id, drafts=ordered, actor_id=ACTOR, now=alpha.clock.now
        )

    assert sum(_race(add)) == 3 == Keyword.objects.count()


def test_reviews_limits_and_changes_do_not_lock_each_other_out(
    committed_db: CommittedDatabase, alpha: Advertiser, clock: Clock
) -> None:
    creative_ids = [alpha.upload(colour=colour) for colour in ("navy", "teal", "maroon")]
    group = {"words": (), "creative_ids": tuple(creative_ids[:2]), "bid_minor": 900, "charge": Charge.MILLE}
    campaign_ids = [alpha.run(kind=CampaignKind.DISPLAY, group=group) for _ in range(4)]
    group_ids = [alpha.group_of(campaign_id) for campaign_id in campaign_ids]

    def deed(number: int) -> None:
        said = {"actor_id": ACTOR, "now": clock.now}
        if number < 3:
            decide_creative(creative_id=creative_ids[number], approved=number != 1, reason="小" * (number == 1), **said)
        elif number == 3:
            set_staff_limit(shop_id=alpha.shop.shop_id, daily_minor=50_000, **said)
        elif number == 4:
            states = list(reversed(campaign_ids))
            set_campaign_state(shop_id=alpha.shop.shop_id, campaign_ids=states, state=CampaignState.PAUSED, **said)
        else:
            _try(
                lambda: add_ads(
                    shop_id=alpha.shop.shop_id, group_id=group_ids[number % 4], creative_ids=creative_ids[2:], **said
                )
            )

    _race(deed, threads=9)
    set_campaign_state(
        shop_id=alpha.shop.shop_id,
        campaign_ids=campaign_ids,
        state=CampaignState.RUNNING,
        actor_id=ACTOR,
        now=clock.now,
    )
    shown = {ad.creative.creative_id for one in read_live(None) for ad in one.ads if ad.creative}
    assert shown == {creative_ids[0], creative_ids[2]}
    assert {one.shop_daily_limit_minor for one in read_live(None)} == {50_000}


def _try(deed: Callable[[], int]) -> int | None:
    try:
        return deed()
    except (TooManyCampaigns, NoSuchCreative):
        return None


def _race(deed: Callable[[int], object], threads: int = THREADS) -> list:
    def run(number: int) -> object:
        try:
            return deed(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return [one.result(timeout=60) for one in [pool.submit(run, number) for number in range(threads)]]
