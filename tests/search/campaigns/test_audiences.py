"""Who a campaign is for: sizes that are never told under a thousand, and audiences that are held to them."""

from datetime import datetime, timedelta

import pytest

from billing.settlement.services.days import business_date
from market.taxonomy.selectors import get_tree
from search.auction.audiences import COMPUTER, KNOWN_BUYER, MOBILE, NEW_BUYER
from search.campaigns.contracts import BadInput, CampaignDraft, Sizes, Targeting
from search.campaigns.rules.audiences import estimate_reach, find_small, gather_sizes, is_narrowed, list_views
from search.campaigns.selectors import find_reach, get_campaign, list_audiences, read_sizes
from search.campaigns.services import change_campaign
from search.signals.models import AudienceWeek
from search.signals.rules.audiences import EVERYBODY, name_device, name_interest, name_region
from search.signals.rules.visitors import find_week
from tests.conftest import Clock
from tests.search.campaigns.conftest import ACTOR, Advertiser, live

TOPS = (11, 12, 13)
COUNTED = {EVERYBODY: 20_000, "t:11": 8_000, "t:12": 5_000, "t:13": 999, "d:m": 15_000, "d:c": 6_000, "r:33": 4_000}


def aim(audiences: int, *regions: str) -> Targeting:
    return Targeting(audiences=audiences, regions=regions)


def sizes(buyers: int = 1_500) -> Sizes:
    return gather_sizes(COUNTED, TOPS, ("33", "44"), buyers)


def test_an_audience_under_a_thousand_has_no_number() -> None:
    people = {view.key: view.people for view in list_views(sizes(), TOPS)}
    assert people == {
        "11": 8_000, "12": 5_000, "13": None, "mobile": 15_000, "computer": 6_000, "new": 18_500, "known": 1_500
    }  # fmt: skip
    assert {view.people for view in list_views(gather_sizes({}, TOPS, (), 0), TOPS)} == {None}


def test_a_reach_is_never_said_to_be_more_than_is_certain_of_one_kind() -> None:
    assert estimate_reach(0b11, (), sizes()).people == 8_000, "whoever likes both may be the same people"
    assert estimate_reach(MOBILE | COMPUTER, (), sizes()).people == 20_000, "both devices are everybody"
    assert estimate_reach(0b1 | MOBILE, (), sizes()).people == 6_000
    assert estimate_reach(0b1 | MOBILE, ("33",), sizes()).people == 1_200
    assert estimate_reach(0b1 | MOBILE, ("44",), sizes()).people is None
    assert estimate_reach(NEW_BUYER, (), sizes()).share_ppm == 925_000


def test_together_they_may_be_too_few_though_each_is_large_enough() -> None:
    assert not find_small(0b1, (), sizes())
    assert find_small(0b100, (), sizes()), "999 people"
    assert find_small(KNOWN_BUYER | 0b1, (), sizes()), "600 people"
    assert not find_small(0, ("44",), sizes()), "provinces alone are no audience"


def test_a_small_audience_cannot_be_chosen_and_one_that_shrank_may_stay(alpha: Advertiser, clock: Clock) -> None:
    with pytest.raises(BadInput) as refused:
        alpha.run(targeting=Targeting(audiences=MOBILE))
    assert (refused.value.field, refused.value.code) == ("audiences", "too_small")
    fill(clock.now, {EVERYBODY: 3_000, name_device("m"): 2_000, name_region("33"): 1_800})
    campaign_id = alpha.run(targeting=Targeting(audiences=MOBILE, regions=("33",)))
    seen = live(campaign_id)
    assert seen and seen.audiences == MOBILE
    reach = find_reach(shop_id=alpha.shop.shop_id, audiences=MOBILE, regions=("33",), now=clock.now)
    assert (reach.people, reach.share_ppm) == (1_200, 399_999)
    AudienceWeek.objects.all().delete()
    change(alpha, campaign_id, clock.now, Targeting(audiences=MOBILE))
    with pytest.raises(BadInput):
        change(alpha, campaign_id, clock.now, Targeting(audiences=MOBILE | NEW_BUYER))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (aim(0b11), aim(0b11), False),
        (aim(0b11), aim(0b1), True),
        (aim(0b1), aim(0b11), True),
        (aim(0b11), aim(0), False),
        (aim(0b1 | MOBILE), aim(0b1), False),
        (aim(0b1), aim(0b1 | MOBILE), True),
        (aim(MOBILE | COMPUTER), aim(COMPUTER), True),
        (aim(MOBILE), aim(MOBILE, "33"), True),
        (aim(MOBILE, "33"), aim(MOBILE), False),
        (aim(MOBILE, "33"), aim(MOBILE, "33", "44"), False),
        (aim(MOBILE, "33", "44"), aim(MOBILE, "44"), True),
        (aim(MOBILE, "33"), aim(MOBILE, "44"), True),
        (aim(MOBILE, "44", "33"), aim(MOBILE, "33", "44"), False),
    ],
)
def test_a_change_narrows_that_leaves_somebody_out_or_chooses_an_audience(
    before: Targeting, after: Targeting, expected: bool
) -> None:
    assert is_narrowed(before, after) is expected


def test_changing_a_campaign_makes_it_no_smaller_than_it_could_have_been_made(alpha: Advertiser, clock: Clock) -> None:
    fill(clock.now, {EVERYBODY: 30_000, name_device("m"): 20_000, name_device("c"): 2_000, name_region("33"): 60})
    campaign_id = alpha.run(targeting=Targeting(audiences=MOBILE))
    for narrow in (Targeting(audiences=MOBILE, regions=("33",)), Targeting(audiences=COMPUTER, regions=("33",))):
        with pytest.raises(BadInput) as refused:
            change(alpha, campaign_id, clock.now, narrow)
        assert (refused.value.field, refused.value.code) == ("audiences", "too_small")
    both = alpha.run(targeting=Targeting(audiences=MOBILE | COMPUTER))
    AudienceWeek.objects.filter(name=name_device("c")).update(visitors=900)
    with pytest.raises(BadInput):
        change(alpha, both, clock.now, Targeting(audiences=COMPUTER))
    change(alpha, both, clock.now, Targeting(audiences=MOBILE))
    change(alpha, both, clock.now, Targeting(regions=("33",)))


def test_sizes_come_out_of_the_log_of_four_weeks(alpha: Advertiser, clock: Clock) -> None:
    top = get_tree().tops[0] if get_tree().tops else None
    fill(clock.now, {EVERYBODY: 5_000, **({name_interest(top): 2_000} if top else {})})
    views = list_audiences(read_sizes(shop_id=alpha.shop.shop_id, now=clock.now))
    assert [view.people for view in views if view.key in ("new", "known")] == [5_000, None]
    later = list_audiences(read_sizes(shop_id=alpha.shop.shop_id, now=clock.now + timedelta(weeks=6)))
    assert {view.people for view in later} == {None}


def fill(now: datetime, counted: dict[str, int]) -> None:
    week = find_week(business_date(now))
    AudienceWeek.objects.bulk_create(
        AudienceWeek(starts_on=week, name=name, visitors=visitors) for name, visitors in counted.items()
    )


def change(who: Advertiser, campaign_id: int, now: datetime, targeting: Targeting) -> None:
    known = get_campaign(shop_id=who.shop.shop_id, campaign_id=campaign_id)
    draft = CampaignDraft(
        name=known.name, kind=known.kind, daily_budget_minor=known.daily_budget_minor, starts_on=known.starts_on,
        targeting=targeting,
    )  # fmt: skip
    change_campaign(shop_id=who.shop.shop_id, campaign_id=campaign_id, draft=draft, actor_id=ACTOR, now=now)
