"""Campaigns: made once, changed by their own shop, seen by serving as they are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.audit.models import AuditEntry
from search.auction.audiences import MOBILE
from search.campaigns.contracts import (
    ALL_HOURS,
    BadInput,
    CampaignKind,
    CampaignState,
    Charge,
    FrequencyCap,
    GroupDraft,
    MatchType,
    Pace,
    PageKind,
    PartState,
    Targeting,
    Window,
)
from search.campaigns.contracts import limits as most
from search.campaigns.models import Campaign
from search.campaigns.rules.hours import join_hours, split_hours
from search.campaigns.selectors import (
    CampaignNotFound,
    count_campaigns,
    get_budgets,
    get_campaign,
    get_group,
    list_ads,
    list_campaigns,
    list_groups,
    list_keywords,
    list_negatives,
    read_live,
)
from search.campaigns.services import (
    CampaignChanged,
    CampaignEnded,
    NoSuchCampaign,
    NoSuchProduct,
    TooManyCampaigns,
    add_ads,
    add_group,
    change_campaign,
    change_group,
    set_ad_state,
    set_campaign_state,
    set_daily_budget,
    set_group_state,
)
from search.campaigns.services import campaigns as module
from search.campaigns.tasks import end_past
from search.signals.rules.audiences import EVERYBODY, name_device, name_region
from tests.conftest import Clock
from tests.search.campaigns.conftest import ACTOR, DRAFT, Advertiser, live, stock_other
from tests.search.campaigns.test_audiences import fill


def test_a_new_campaign_is_what_serving_reads(alpha: Advertiser, clock: Clock) -> None:
    fill(clock.now, {EVERYBODY: 9_000, name_device("m"): 6_000, name_region("33"): 3_000})
    targeting = Targeting(
        hours=ALL_HOURS >> 24,
        regions=("33", "31"),
        audiences=MOBILE,
        frequency_caps=(FrequencyCap(Window.DAY, 4),),
        page_bps={PageKind.CATEGORY: 15_000},
    )
    campaign_id = alpha.run(targeting=targeting, pace=Pace.FAST, total_budget_minor=90_000)
    seen = live(campaign_id)
    assert seen is not None
    assert (seen.shop_id, seen.kind, seen.pace) == (alpha.shop.shop_id, CampaignKind.KEYWORD, Pace.FAST)
    assert (seen.daily_budget_minor, seen.total_budget_minor, seen.shop_daily_limit_minor) == (20_000, 90_000, None)
    assert (seen.hours, seen.regions, seen.audiences) == (ALL_HOURS >> 24, frozenset({"31", "33"}), MOBILE)
    assert seen.frequency_caps == (FrequencyCap(Window.DAY, 4),)
    assert seen.page_bps == {
        PageKind.SEARCH: 10_000, PageKind.CATEGORY: 15_000, PageKind.PRODUCT: 10_000, PageKind.HOME: 10_000
    }  # fmt: skip
    (ad,) = seen.ads
    assert (ad.product_id, ad.creative, ad.charge, ad.bid_minor) == (alpha.product_id, None, Charge.CLICK, 60)
    assert ad.created_us == int(clock.now.timestamp() * 1_000_000)
    assert {(word.tokens, word.match, word.bid_minor) for word in ad.keywords} == {
        (("马克杯",), MatchType.PHRASE, 60),
        (("陶瓷", "杯子"), MatchType.PHRASE, 80),
    }


def test_the_same_key_makes_one_campaign(alpha: Advertiser) -> None:
    first = alpha.run(key="once")
    assert alpha.run(key="once", name="again") == first
    assert Campaign.objects.count() == 1
    assert AuditEntry.objects.filter(action="campaign.made").count() == 1


def test_two_shops_may_use_the_same_key(alpha: Advertiser, beta: Advertiser) -> None:
    assert alpha.run(key="once") != beta.run(key="once")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": "  "}, "name", "required"),
        ({"name": "长" * 61}, "name", "too_long"),
        ({"daily_budget_minor": 999}, "daily_budget", "out_of_range"),
        ({"total_budget_minor": 19_999}, "total_budget", "out_of_range"),
        ({"starts_on": date(2026, 11, 21)}, "starts_on", "past"),
        ({"ends_on": date(2026, 11, 20)}, "ends_on", "before_start"),
        ({"targeting": Targeting(hours=0)}, "hours", "required"),
        ({"targeting": Targeting(regions=("99",))}, "regions", "unknown"),
        ({"targeting": Targeting(audiences=-1)}, "audiences", "unknown"),
        ({"targeting": Targeting(page_bps={PageKind.HOME: 4_999})}, "pages", "out_of_range"),
        ({"targeting": Targeting(frequency_caps=(FrequencyCap(Window.DAY, 0),))}, "frequency", "out_of_range"),
        ({"targeting": Targeting(frequency_caps=(FrequencyCap(Window.DAY, 1),) * 2)}, "frequency", "twice"),
        ({"group": {"bid_minor": 4}}, "bid", "out_of_range"),
        ({"group": {"bid_minor": 200, "charge": Charge.MILLE}}, "charge", "unknown"),
        ({"group": {"creative_ids": (1,)}}, "creatives", "unknown"),
        ({"kind": CampaignKind.DISPLAY}, "words", "unknown"),
        ({"group": {"product_ids": tuple(range(51))}}, "products", "too_many"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_whole(alpha: Advertiser, changes: dict, field: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        alpha.run(**changes)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not Campaign.objects.exists()


def test_only_own_goods_on_sale_are_advertised(alpha: Advertiser, beta: Advertiser) -> None:
    foreign = beta.product_id if beta.product_id != alpha.product_id else beta.product_id + 1_000
    with pytest.raises(NoSuchProduct) as refused:
        alpha.run(group={"product_ids": (alpha.product_id, foreign)})
    assert refused.value.args == ([foreign],)
    assert not Campaign.objects.exists()


def test_a_shop_has_no_more_campaigns_than_may_be(alpha: Advertiser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.most, "MOST_CAMPAIGNS", 2)
    kept = [alpha.run(), alpha.run()]
    with pytest.raises(TooManyCampaigns):
        alpha.run()
    _set_state(alpha, kept[:1], CampaignState.ENDED)
    assert alpha.run()


def test_a_change_replaces_what_is_said_and_counts_the_version(alpha: Advertiser, clock: Clock) -> None:
    campaign_id = alpha.run()
    draft = _draft(name="另一个名字", daily_budget_minor=5_000)
    _change(alpha, campaign_id, draft, expected_version=1)
    seen = get_campaign(shop_id=alpha.shop.shop_id, campaign_id=campaign_id)
    assert (seen.name, seen.daily_budget_minor, seen.version) == ("另一个名字", 5_000, 2)
    with pytest.raises(CampaignChanged):
        _change(alpha, campaign_id, draft, expected_version=1)


def test_a_campaign_that_began_can_be_changed_later(alpha: Advertiser, clock: Clock) -> None:
    campaign_id = alpha.run()
    clock.move(days=3)
    _change(alpha, campaign_id, _draft(daily_budget_minor=7_000))
    with pytest.raises(BadInput, match="starts_on: past"):
        _change(alpha, campaign_id, _draft(starts_on=DRAFT.starts_on - timedelta(days=1)))
    with pytest.raises(BadInput, match="kind: unknown"):
        _change(alpha, campaign_id, _draft(kind=CampaignKind.DISPLAY))


def test_drafts_paused_and_ended_ones_do_not_run(alpha: Advertiser) -> None:
    draft, running = alpha.run(runs=False), alpha.run()
    assert live(draft) is None and live(running) is not None
    assert _set_state(alpha, [draft], CampaignState.RUNNING) == 1
    assert _set_state(alpha, [draft, running], CampaignState.PAUSED) == 2
    assert _set_state(alpha, [draft, running], CampaignState.PAUSED) == 0
    assert read_live(None) == []
    assert _set_state(alpha, [draft], CampaignState.ENDED) == 1
    with pytest.raises(CampaignEnded):
        _set_state(alpha, [running, draft], CampaignState.RUNNING)
    with pytest.raises(CampaignEnded):
        _change(alpha, draft, DRAFT)
    assert live(running) is None, "all or none"
    assert count_campaigns(shop_id=alpha.shop.shop_id) == {
        CampaignState.DRAFT: 0, CampaignState.RUNNING: 0, CampaignState.PAUSED: 1, CampaignState.ENDED: 1
    }  # fmt: skip


def test_a_campaign_ends_by_itself_after_its_last_day(alpha: Advertiser, clock: Clock) -> None:
    ending, paused, open_end = alpha.run(ends_on=date(2026, 11, 23)), alpha.run(ends_on=date(2026, 11, 23)), alpha.run()
    _set_state(alpha, [paused], CampaignState.PAUSED)
    clock.now = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
    assert end_past(clock.now) == 0, "the last minute of the day in China"
    clock.move(minutes=1)
    assert end_past(clock.now) == 2
    assert live(ending) is None and live(open_end) is not None
    assert end_past(clock.now) == 0
    ended = AuditEntry.objects.filter(action="campaign.ended")
    assert set(ended.values_list("actor_id", "target_id")) == {(None, str(ending)), (None, str(paused))}


def test_what_was_removed_makes_room(alpha: Advertiser, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = alpha.run()
    group_id = alpha.group_of(campaign_id)
    other = stock_other(alpha)
    said = {"shop_id": alpha.shop.shop_id, "actor_id": ACTOR, "now": clock.now}
    monkeypatch.setattr(most, "MOST_ADS", 1)
    monkeypatch.setattr(most, "MOST_GROUPS", 1)
    with pytest.raises(BadInput, match="products: too_many"):
        add_ads(group_id=group_id, product_ids=[other], **said)
    with pytest.raises(BadInput, match="groups: too_many"):
        add_group(campaign_id=campaign_id, draft=GroupDraft(name="二", bid_minor=90), **said)
    (ad,) = list_ads(shop_id=alpha.shop.shop_id, campaign_id=campaign_id)
    set_ad_state(ad_id=ad.ad_id, state=PartState.REMOVED, **said)
    assert add_ads(group_id=group_id, product_ids=[other], **said) == 1
    monkeypatch.setattr(most, "MOST_ADS_EVER", 2)
    set_group_state(group_id=group_id, state=PartState.REMOVED, **said)
    assert add_group(campaign_id=campaign_id, draft=GroupDraft(name="二", bid_minor=90), **said)
    monkeypatch.setattr(most, "MOST_GROUPS_EVER", 2)
    monkeypatch.setattr(most, "MOST_GROUPS", 9)
    with pytest.raises(BadInput, match="groups: too_many"):
        add_group(campaign_id=campaign_id, draft=GroupDraft(name="三", bid_minor=90), **said)


def test_two_groups_of_a_campaign_have_two_names(alpha: Advertiser, clock: Clock) -> None:
    campaign_id = alpha.run()
    said = {"shop_id": alpha.shop.shop_id, "actor_id": ACTOR, "now": clock.now}
    with pytest.raises(BadInput, match="group_name: twice"):
        add_group(campaign_id=campaign_id, draft=GroupDraft(name=" 杯子 ", bid_minor=90), **said)
    second = add_group(campaign_id=campaign_id, draft=GroupDraft(name="二", bid_minor=90), **said)
    with pytest.raises(BadInput, match="group_name: twice"):
        change_group(group_id=second, group_name="杯子", bid_minor=95, charge=Charge.CLICK, **said)


def test_groups_and_ads_are_paused_removed_and_put_back(alpha: Advertiser, clock: Clock) -> None:
    campaign_id = alpha.run()
    group_id = alpha.group_of(campaign_id)
    said = {"shop_id": alpha.shop.shop_id, "actor_id": ACTOR, "now": clock.now}
    second = add_group(campaign_id=campaign_id, draft=GroupDraft(name="二", bid_minor=90), **said)
    change_group(group_id=second, group_name="两", bid_minor=95, charge=Charge.CLICK, **said)
    assert add_ads(group_id=second, product_ids=[alpha.product_id] * 2, **said) == 1
    seen = live(campaign_id)
    assert seen and [(ad.group_id, ad.bid_minor) for ad in seen.ads] == [(group_id, 60), (second, 95)]
    ad_id = seen.ads[1].ad_id
    set_ad_state(ad_id=ad_id, state=PartState.REMOVED, **said)
    assert add_ads(group_id=second, product_ids=[alpha.product_id], **said) == 1
    again = live(campaign_id)
    assert again and again.ads[1].ad_id == ad_id, "an ad that is put back is the same ad"
    set_group_state(group_id=group_id, state=PartState.PAUSED, **said)
    assert [ad.group_id for ad in (live(campaign_id) or again).ads] == [second]
    set_group_state(group_id=second, state=PartState.REMOVED, **said)
    assert (live(campaign_id) or again).ads == ()
    assert [one.group_id for one in list_groups(shop_id=alpha.shop.shop_id, campaign_id=campaign_id)] == [group_id]
    with pytest.raises(NoSuchCampaign):
        set_group_state(group_id=second, state=PartState.RUNNING, **said)


def test_budgets_are_those_of_the_campaigns(alpha: Advertiser, beta: Advertiser) -> None:
    first, second = alpha.run(total_budget_minor=50_000), beta.run(daily_budget_minor=3_000)
    found = get_budgets([first, second, 10**9])
    assert set(found) == {first, second}
    assert (found[first].shop_id, found[first].daily_minor, found[first].total_minor) == (
        alpha.shop.shop_id, 20_000, 50_000
    )  # fmt: skip
    assert (found[second].daily_minor, found[second].total_minor, found[second].shop_daily_minor) == (3_000, None, None)


def test_a_shop_never_sees_or_changes_anothers(alpha: Advertiser, beta: Advertiser, clock: Clock) -> None:
    theirs = beta.run()
    group_id = beta.group_of(theirs)
    mine = alpha.run()
    shop = alpha.shop.shop_id
    assert [one.campaign_id for one in list_campaigns(shop_id=shop)] == [mine]
    assert list_groups(shop_id=shop, campaign_id=theirs) == []
    assert list_ads(shop_id=shop, campaign_id=theirs) == []
    assert list_keywords(shop_id=shop, group_id=group_id) == []
    assert list_negatives(shop_id=shop, campaign_id=theirs) == []
    for read, number in ((get_campaign, {"campaign_id": theirs}), (get_group, {"group_id": group_id})):
        with pytest.raises(CampaignNotFound):
            read(shop_id=shop, **number)
    before = live(theirs)
    said = {"shop_id": shop, "actor_id": ACTOR, "now": clock.now}
    ad_id = before.ads[0].ad_id if before else 0
    for write in (
        lambda: _set_state(alpha, [mine, theirs], CampaignState.PAUSED),
        lambda: _change(alpha, theirs, DRAFT),
        lambda: set_daily_budget(campaign_id=theirs, daily_budget_minor=9_000, **said),
        lambda: add_group(campaign_id=theirs, draft=GroupDraft(name="x", bid_minor=50), **said),
        lambda: change_group(group_id=group_id, group_name="x", bid_minor=50, charge=Charge.CLICK, **said),
        lambda: set_group_state(group_id=group_id, state=PartState.PAUSED, **said),
        lambda: add_ads(group_id=group_id, product_ids=[alpha.product_id], **said),
        lambda: set_ad_state(ad_id=ad_id, state=PartState.PAUSED, **said),
    ):
        with pytest.raises(NoSuchCampaign):
            write()
    assert live(theirs) == before
    assert live(mine) is not None


@given(st.integers(0, ALL_HOURS))
def test_hours_survive_the_table(hours: int) -> None:
    assert join_hours(split_hours(hours)) == hours


def _draft(**changes: object):
    return replace(DRAFT, **changes)


def _change(who: Advertiser, campaign_id: int, draft, **more: int) -> None:
    change_campaign(
        shop_id=who.shop.shop_id, campaign_id=campaign_id, draft=draft, actor_id=ACTOR, now=who.clock.now, **more
    )


def _set_state(who: Advertiser, campaign_ids: list[int], state: CampaignState) -> int:
    return set_campaign_state(
        shop_id=who.shop.shop_id, campaign_ids=campaign_ids, state=state, actor_id=ACTOR, now=who.clock.now
    )
