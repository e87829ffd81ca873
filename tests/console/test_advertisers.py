"""Advertisers for staff: figures, a limit, a stop with a reason that the merchant reads, and their campaigns."""

from datetime import UTC, datetime

import pytest

from market.accounts.contracts import StaffRole
from market.audit.selectors import list_entries
from search.campaigns.selectors import find_limit, list_campaigns, read_live
from search.campaigns.services import set_own_limit
from search.reports.contracts import Sums
from search.reports.models import AdCount
from search.spending.services import record_click
from tests.console.test_pages import CHINESE, count_statements, words_of
from tests.fixtures.ads import MICRO, fund, lend, make_ad, show, visitor
from tests.fixtures.invalid_clicks import LATER, find_clocks
from tests.merchant_portal.ads import advertise, count_today
from tests.merchant_portal.conftest import make_merchant, words

__all__ = ["make_merchant", "words"]

LIST = "/ads/advertisers/"


@pytest.fixture
def advertiser(make_merchant):
    """A merchant with a month of ads and ¥1,000."""
    merchant = make_merchant("alpha")
    now = datetime.now(UTC)
    advertise(merchant.shop, now)
    fund(merchant.shop.shop_id, 100_000, now)
    return merchant


def test_an_empty_list_says_the_next_step_in_both_languages(db, enter) -> None:
    staff = enter()
    assert "Nobody advertises yet" in staff.get(LIST).content.decode()
    assert "Nobody is limited or stopped" in staff.get(LIST, tab="limited").content.decode()
    page = words_of(staff.get(LIST, "zh-CN").content.decode())
    assert CHINESE.search(page) and "Nobody" not in page


def test_the_list_shows_what_each_spends_and_has(advertiser, enter) -> None:
    staff, shop_id = enter(), advertiser.shop.shop_id
    (row,) = staff.get(LIST).context["rows"]
    assert (row.shop_id, row.wallet.available_minor, row.limit.daily_minor) == (shop_id, 100_000, None)
    assert row.clicks > 0 and row.invalid_bps == round(10_000 * row.filtered / (row.clicks + row.filtered))
    assert [one.shop_id for one in staff.get(LIST, tab="all").context["rows"]] == [shop_id]
    for typed in (shop_id, f" {advertiser.shop.slug.upper()} "):
        assert staff.get(LIST, shop=typed)["Location"] == f"{LIST}{shop_id}/"
    assert "No one shop has this number" in staff.get(LIST, shop=999_999).content.decode()


def test_a_click_that_was_given_back_is_counted_once(advertiser, enter) -> None:
    """Of 52 clicks 16 were given back, 5 more were filtered: 21 of 57 were invalid, and each stands in one column."""
    staff, shop_id, now = enter(), advertiser.shop.shop_id, datetime.now(UTC)
    AdCount.objects.all().delete()
    campaign_id = list_campaigns(shop_id=shop_id, limit=1)[0].campaign_id
    sums = Sums(clicks=52, click_micro=52 * MICRO, filtered_clicks=5, credited_clicks=16, credited_micro=16 * MICRO)
    count_today(campaign_id, sums, now)
    (row,) = staff.get(LIST).context["rows"]
    assert (row.clicks, row.clicks_back, row.filtered, row.all_clicks, row.invalid_bps) == (52, 16, 5, 57, 3_684)
    said = {
        f"{LIST}{shop_id}/": ("36.84%", "5 filtered and 16 given back, of 57"),
        f"/ads/campaigns/{campaign_id}/": ("16 of them given back; 5 more filtered",),
        "/ads/revenue/": ("52 clicks, 16 of them given back; 5 more filtered",),
    }
    for path, sentences in said.items():
        page = words_of(staff.get(path).content.decode())
        assert all(one in page for one in sentences), path
    days = staff.get("/ads/revenue/").context["days"]
    assert [(sums.clicks, sums.filtered) for _, _, sums in days] == [(52, 5)]


def test_a_sum_with_parts_of_a_fen_is_the_same_in_tile_and_sentence(advertiser, enter) -> None:
    """34.375 yuan is 34.38 in both."""
    staff, shop_id = enter(), advertiser.shop.shop_id
    AdCount.objects.all().delete()
    campaign_id = list_campaigns(shop_id=shop_id, limit=1)[0].campaign_id
    count_today(campaign_id, Sums(views=1, view_micro=3_437 * MICRO + MICRO // 2), datetime.now(UTC))
    answer = staff.get(f"{LIST}{shop_id}/")
    assert answer.context["row"].span == "34.38" and "The shop spent ¥34.38 in 28 days" in answer.content.decode()
    assert "Advertisers spent ¥34.38 in 28 days" in staff.get("/ads/revenue/", days=28).content.decode()
    for days, said in ((1, "Spent today: ¥34.38."), (7, "Spent in 7 days: ¥34.38,")):
        page = advertiser.browser.get(f"/ads/reports/?days={days}").content.decode()
        assert "<b>34.38</b>" in page and said in page, days


def test_more_advertisers_ask_no_more_statements(advertiser, make_shop, enter) -> None:
    staff = enter()
    one = count_statements(staff, LIST)
    advertise(make_shop("beta", owner_id=900_002), datetime.now(UTC))
    assert count_statements(staff, LIST) == one


def test_an_advertisers_page_leads_to_campaigns_charges_findings_and_trail(make_merchant, clock, enter) -> None:
    merchant = make_merchant("alpha")
    shop_id, staff = merchant.shop.shop_id, enter()
    advertise(merchant.shop, datetime.now(UTC))
    (finding,) = find_clocks(clock.now, (shop_id,))
    page = staff.get(f"{LIST}{shop_id}/").content.decode()
    for href in (
        f"/ads/findings/{finding.finding_id}/",
        f"/ads/findings/?state=all&amp;shop={shop_id}",
        f"/ads/charges/?shop={shop_id}",
        f"/trail/?shop={shop_id}",
        f"/advertising/balances/{shop_id}/",
    ):
        assert f'href="{href}"' in page, href
    campaign = staff.get(f"{LIST}{shop_id}/").context["campaigns"][-1].campaign
    shown = staff.get(f"/ads/campaigns/{campaign.campaign_id}/").content.decode()
    assert campaign.name in shown and "杯子" in shown and "Made a campaign" in shown and "state: Running" in shown
    assert "状态: 投放中" in staff.get(f"/ads/campaigns/{campaign.campaign_id}/", "zh-CN").content.decode()


def test_a_limit_is_set_lifted_and_refused_when_it_is_no_sum(advertiser, enter) -> None:
    staff, shop_id = enter(StaffRole.REVIEWER), advertiser.shop.shop_id
    address = f"{LIST}{shop_id}/limit/"
    for wrong in ("a lot", "-5", "1", "99999999"):
        assert staff.post(address, daily=wrong).status_code == 422
    assert find_limit(shop_id) is None
    assert staff.post(address, daily="1,500").status_code == 302
    limit = find_limit(shop_id)
    assert limit and limit.staff_daily_minor == 150_000
    assert 'value="1,500.00"' in staff.get(f"{LIST}{shop_id}/").content.decode()
    assert "The platform has set ¥1,500.00 a day for you" in advertiser.browser.get("/ads/campaigns/").content.decode()
    assert [one.shop_id for one in staff.get(LIST, tab="limited").context["rows"]] == [shop_id]
    staff.post(address, daily="")
    limit = find_limit(shop_id)
    assert limit and limit.staff_daily_minor is None
    trail = staff.get("/trail/", action="advertiser.limited").content.decode()
    assert "limit a day: 1,500.00" in trail


def test_a_stopped_merchant_reads_why_and_runs_again_once_it_is_lifted(advertiser, enter) -> None:
    staff, shop_id = enter(StaffRole.REVIEWER), advertiser.shop.shop_id
    assert staff.post(f"{LIST}{shop_id}/stop/", reason=" ").status_code == 422
    assert staff.post(f"{LIST}{shop_id}/stop/", reason="x" * 201).status_code == 422
    assert read_live(None) and staff.post(f"{LIST}{shop_id}/stop/", reason="资质过期").status_code == 302
    assert not read_live(None)
    for path in ("/ads/campaigns/", "/ads/slots/"):
        assert "The platform has stopped your ads: 资质过期" in advertiser.browser.get(path).content.decode(), path
    (campaign,) = advertiser.browser.get("/ads/campaigns/").context["rows"][:1]
    shown = advertiser.browser.get(f"/ads/campaigns/{campaign['campaign'].campaign_id}/").content.decode()
    assert "The platform has stopped your ads" in shown
    staff.post(f"{LIST}{shop_id}/stop/", reason="another")
    assert "The first reason stands" in staff.get(f"{LIST}{shop_id}/").content.decode()
    assert "Its ads are stopped: 资质过期" in staff.get(f"{LIST}{shop_id}/").content.decode()
    staff.post(f"{LIST}{shop_id}/let-run/")
    assert read_live(None) and "stopped your ads" not in advertiser.browser.get("/ads/campaigns/").content.decode()
    staff.post(f"{LIST}{shop_id}/let-run/")
    assert "not stopped any more" in staff.get(f"{LIST}{shop_id}/").content.decode()
    assert [line.action for line in list_entries(target=("advertiser", str(shop_id)))] == [
        "advertiser.let_run",
        "advertiser.stopped",
    ]


def test_the_merchant_reads_when_a_limit_for_the_day_is_used_up(make_merchant, enter) -> None:
    merchant, now = make_merchant("alpha"), datetime.now(UTC)
    shop_id = merchant.shop.shop_id
    advertise(merchant.shop, now)
    spend(shop_id, now)
    assert "nothing is shown until tomorrow" not in merchant.browser.get("/ads/campaigns/").content.decode()
    enter(StaffRole.REVIEWER).post(f"{LIST}{shop_id}/limit/", daily="10")
    page = merchant.browser.get("/ads/campaigns/").content.decode()
    assert "Today's limit of ¥10.00, set by the platform, is used up" in page
    set_own_limit(shop_id=shop_id, daily_minor=1_000, actor_id=1, now=now)
    enter(StaffRole.REVIEWER).post(f"{LIST}{shop_id}/limit/", daily="")
    assert "Your own limit of ¥10.00 a day is used up" in merchant.browser.get("/ads/campaigns/").content.decode()


def test_only_reviewers_limit_and_stop(advertiser, enter) -> None:
    shop_id = advertiser.shop.shop_id
    for role in (StaffRole.FINANCE, StaffRole.SUPPORT):
        staff = enter(role)
        page = staff.get(f"{LIST}{shop_id}/").content.decode()
        assert "Reviewers and admins limit and stop advertisers" in page and "/stop/" not in page
        for deed in ("limit", "stop", "let-run"):
            assert staff.post(f"{LIST}{shop_id}/{deed}/", daily="20", reason="x").status_code == 403
    assert find_limit(shop_id) is None


@pytest.mark.parametrize("path", [f"{LIST}?tab=moon", f"{LIST}999999/", "/ads/campaigns/999999/"])
def test_what_is_not_there_is_not_found(db, enter, path) -> None:
    assert enter().get(path).status_code == 404


@pytest.mark.parametrize("deed", ["limit", "stop", "let-run"])
def test_nobody_limits_a_shop_that_is_not_there(db, enter, deed) -> None:
    assert enter().post(f"{LIST}999999/{deed}/", daily="20", reason="x").status_code == 404


def spend(shop_id: int, now: datetime) -> None:
    """Ten yuan of clicks today."""
    fund(shop_id, 100_000, now)
    ad = make_ad(shop_id=shop_id, now=now)
    lease_id = lend(ad, now).lease_id
    token = show(ad, lease_id, now, price_micro=1_000 * MICRO)
    assert record_click(token=token, facts=visitor(), now=now + LATER).billed
