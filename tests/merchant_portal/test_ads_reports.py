"""Ad reports in the portal: figures that were counted, files of them, and charges that explain themselves."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import translation

from billing.settlement.services.days import business_date
from merchant_portal.ads_reports.asking import read_asked
from merchant_portal.ads_reports.page import draw_spend, print_micro
from search.auction.contracts import TokenKind
from search.auction.pacing import plan_spend
from search.campaigns.models import Campaign, Keyword
from search.campaigns.rules.hours import join_hours, read_hours, split_hours
from search.campaigns.selectors import get_campaign
from search.reports.contracts import Sums
from search.reports.models import AdCount, SaleCredit
from search.serving.models import LiftSum
from search.serving.rules.traffic import USUAL_DAY
from search.signals.rules.visitors import find_week
from search.spending.models import AdEvent
from search.spending.services import record_click, record_views
from tests.fixtures.ads import MICRO, AdRow, fund, lend, make_ad, show, visitor
from tests.merchant_portal.ads import Advertised, advertise, count_today
from tests.merchant_portal.conftest import Merchant

SHOP_DAYS = "/ads/reports/?days=30"


@pytest.fixture
def advertised(db: None, merchant: Merchant) -> Advertised:
    return advertise(merchant.shop, datetime.now(UTC))


def test_the_page_and_its_file_say_the_same(merchant: Merchant, advertised: Advertised) -> None:
    page = merchant.browser.get(SHOP_DAYS).content.decode()
    assert f"<b>{advertised.clicks:,}</b>" in page
    answer = merchant.browser.get("/ads/reports/file/?days=30&by=keyword")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "Words bought" and rows[-1][0] == "Sum"
    clicks = rows[0].index("Clicks")
    assert sum(int(row[clicks]) for row in rows[1:-1]) == int(rows[-1][clicks]) == advertised.clicks
    assert any(row[0].startswith("马克杯 · ") for row in rows)


def test_a_click_that_was_given_back_is_counted_once(merchant: Merchant, advertised: Advertised) -> None:
    """It stays among the clicks; only those filtered at once stand beside them, on the page as in the file."""
    AdCount.objects.all().delete()
    sums = Sums(clicks=52, click_micro=52 * MICRO, filtered_clicks=5, credited_clicks=16, credited_micro=16 * MICRO)
    count_today(advertised.campaign_ids[0], sums, datetime.now(UTC))
    for path in ("/ads/reports/?days=7", "/ads/campaigns/"):
        assert "16 of them given back; 5 more filtered, not charged" in merchant.browser.get(path).content.decode()
    total = merchant.browser.get("/ads/reports/?days=7").context["total"]
    assert (total.clicks, total.filtered) == ("52", "5")
    answer = merchant.browser.get("/ads/reports/file/?days=7&by=campaign")
    heads, *_, last = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    columns = ("Clicks", "Filtered clicks", "Clicks given back")
    assert [last[heads.index(one)] for one in columns] == ["52", "5", "16"]


def test_only_clicks_that_are_paid_as_clicks_have_a_price(merchant: Merchant, advertised: Advertised) -> None:
    """A campaign paid by views has none; beside one of ten clicks for 5.00 it does not make theirs cheaper."""
    AdCount.objects.all().delete()
    by_view, by_click = advertised.campaign_ids
    now = datetime.now(UTC)
    count_today(by_view, Sums(views=900, view_micro=900 * MICRO, clicks=10), now)
    count_today(by_click, Sums(views=300, clicks=10, click_micro=500 * MICRO), now)
    for path in ("/ads/reports/?days=1", "/ads/campaigns/"):
        answer = merchant.browser.get(path)
        rows = answer.context["rows"]
        prices = (
            {row.key: row.cells.click_price for row in rows}
            if "reports" in path
            else {str(row["campaign"].campaign_id): row["figures"].click_price for row in rows}
        )
        assert (prices[str(by_view)], prices[str(by_click)]) == ("–", "0.50"), path
    assert merchant.browser.get("/ads/reports/?days=1").context["total"].click_price == "0.50"
    answer = merchant.browser.get("/ads/reports/file/?days=1&by=campaign")
    heads, *rows, _ = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert {row[heads.index("Cost a click (¥)")] for row in rows} == {"", "0.50"}


@pytest.mark.parametrize("by", ["campaign", "ad", "keyword", "term", "day", "hour", "place", "page", "region"])
def test_every_table_has_the_same_sum(merchant: Merchant, advertised: Advertised, by: str) -> None:
    answer = merchant.browser.get(f"{SHOP_DAYS}&by={by}")
    assert answer.status_code == 200
    assert answer.context["report"].total.sums.clicks == advertised.clicks
    assert all(row.name for row in answer.context["rows"])


def test_another_shop_sees_nothing_of_it(
    merchant: Merchant, advertised: Advertised, make_merchant: Callable[..., Merchant]
) -> None:
    stranger = make_merchant("beta")
    assert "Nothing was shown in these days" in stranger.browser.get(SHOP_DAYS).content.decode()
    assert stranger.browser.get(f"{SHOP_DAYS}&campaign={advertised.campaign_ids[0]}").status_code == 404


@pytest.mark.parametrize("wrong", ["days=5", "by=colour", "model=mine", "campaign=9999999"])
def test_a_report_that_does_not_exist_is_not_found(merchant: Merchant, wrong: str) -> None:
    assert merchant.browser.get(f"/ads/reports/?{wrong}").status_code == 404


@pytest.fixture
def ad(db: None, merchant: Merchant) -> AdRow:
    now = datetime.now(UTC)
    fund(merchant.shop.shop_id, 100_000, now)
    return make_ad(shop_id=merchant.shop.shop_id, now=now)


def click(ad: AdRow, **facts: object) -> AdEvent:
    now = datetime.now(UTC)
    token = show(ad, lend(ad, now).lease_id, now - timedelta(seconds=5), price_micro=37 * MICRO)
    record_click(token=token, facts=visitor(**facts), now=now)
    return AdEvent.objects.order_by("-number")[0]


def address(event: AdEvent) -> str:
    return f"/ads/reports/charges/{event.day.isoformat()}/{event.token}/"


def test_every_charge_opens_its_explanation(merchant: Merchant, ad: AdRow) -> None:
    event = click(ad)
    listed = merchant.browser.get("/ads/reports/charges/").content.decode()
    assert f'href="{address(event)}"' in listed
    page = merchant.browser.get(address(event)).content.decode()
    for words in ("Why it is ¥0.37", "茶壶", "Nobody came next", "¥0.37", "Not above your bid of ¥0.87"):
        assert words in page, words


def test_a_filtered_click_says_why_it_costs_nothing(merchant: Merchant, ad: AdRow) -> None:
    event = click(ad, user_agent_is_robot=True)
    assert address(event) not in merchant.browser.get("/ads/reports/charges/").content.decode()
    assert address(event) in merchant.browser.get("/ads/reports/charges/?which=free").content.decode()
    page = merchant.browser.get(address(event)).content.decode()
    assert "Why nothing was charged" in page and "A program" in page


def test_views_are_listed_beside_clicks(merchant: Merchant, ad: AdRow) -> None:
    now = datetime.now(UTC)
    token = show(ad, lend(ad, now).lease_id, now - timedelta(seconds=5), kind=TokenKind.VIEW, price_micro=1_850_000)
    record_views(tokens=[token], facts=visitor(), now=now)
    listed = merchant.browser.get("/ads/reports/charges/?which=all")
    assert listed.status_code == 200
    assert [row["price"] for row in listed.context["rows"]] == ["0.0185"]


def test_a_charge_of_another_shop_is_not_found(
    merchant: Merchant, ad: AdRow, make_merchant: Callable[..., Merchant]
) -> None:
    event, stranger = click(ad), make_merchant("beta")
    assert stranger.browser.get(address(event)).status_code == 404
    assert merchant.browser.get(address(event).replace(str(event.day), "soon")).status_code == 404


def test_a_price_that_does_not_follow_from_its_auction_is_not_explained_away(merchant: Merchant, ad: AdRow) -> None:
    event = click(ad)
    AdEvent.objects.filter(token=event.token).update(price_micro=38 * MICRO, billed_micro=38 * MICRO)
    assert "does not follow from its auction" in merchant.browser.get(address(event)).content.decode()


def test_what_ads_really_add_is_said_once_there_is_enough(merchant: Merchant, advertised: Advertised) -> None:
    assert "Not enough yet" in merchant.browser.get(SHOP_DAYS).content.decode()
    week, shop_id = find_week(business_date(datetime.now(UTC))), merchant.shop.shop_id
    for held_out, visitors, buyers in ((False, 10_000, 500), (True, 200, 4)):
        LiftSum.objects.create(
            week=week, shop_id=shop_id, held_out=held_out, visitors=visitors, buyers=buyers, orders=buyers,
            order_squares=buyers, revenue_minor=buyers * 1_000, revenue_squares=buyers * 1_000_000,
        )  # fmt: skip
    LiftSum.objects.create(week=week, shop_id=shop_id + 1, held_out=True, visitors=9_999, buyers=9_999)
    page = merchant.browser.get(SHOP_DAYS).content.decode()
    assert "<dd>3,000.00</dd>" in page and "<dd>300.0</dd>" in page, "3 in a hundred of 10,000 visitors"
    assert "with 95% certainty 1,0" in page and "Not enough yet" not in page


def test_today_is_drawn_until_now_against_the_plan_of_the_chosen_hours(
    merchant: Merchant, advertised: Advertised
) -> None:
    """Two campaigns of ¥200 a day; one of them runs from 8 to 12 only, so its plan is whole before noon."""
    shop_id = merchant.shop.shop_id
    campaign = get_campaign(shop_id=shop_id, campaign_id=advertised.campaign_ids[0])
    hours = join_hours([read_hours("8-12")] * 7)
    Campaign.objects.filter(pk=campaign.campaign_id).update(hours=split_hours(hours))
    day = business_date(datetime.now(UTC))
    now = datetime(day.year, day.month, day.day, 12, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
    asked = read_asked(QueryDict("days=1"), now=now)
    with translation.override("en"):
        chart = draw_spend(asked, shop_id=shop_id, now=now)
    assert chart.end and chart.end[0] == round(12.25 * 600 / 24, 1), "the line ends now, not at the next full hour"
    whole_day = plan_spend(20_000 * MICRO, USUAL_DAY, 12 * 3_600 + 900)
    assert f"Planned until now: ¥{print_micro(20_000 * MICRO + whole_day)}" in chart.finding
    assert "for the whole day: ¥400.00" in chart.finding
    before = {row.label: row.before for row in chart.rows}
    eight = plan_spend(20_000 * MICRO, USUAL_DAY, 8 * 3_600)
    assert before["08:00"] == print_micro(eight), "nothing of the other one before it begins"
    assert chart.rows[12].value != "" and chart.rows[13].value == ""


def test_a_match_is_called_the_same_where_it_is_set_and_where_it_is_counted(
    merchant: Merchant, advertised: Advertised
) -> None:
    keyword = Keyword.objects.filter(group__campaign_id=advertised.campaign_ids[0])[0]
    for path in (f"{SHOP_DAYS}&by=keyword", f"/ads/campaigns/groups/{keyword.group_id}/"):
        page = merchant.browser.get(path, headers={"Accept-Language": "zh-CN"}).content.decode()
        assert "短语匹配" in page and "词组" not in page, path


def test_the_page_of_campaigns_draws_the_day_and_takes_the_latest_charge_apart(merchant: Merchant, ad: AdRow) -> None:
    before = merchant.browser.get("/ads/campaigns/").content.decode()
    assert "Every charge explains itself" in before and 'class="plot"' in before
    assert "The latest charge of seven days is taken apart here, where its auction was stored" in before
    click(ad)
    page = merchant.browser.get("/ads/campaigns/").content.decode()
    assert "Why it is ¥0.37" in page and "This click" in page and "Every charge explains itself" not in page
    ended = merchant.browser.get("/ads/campaigns/?tab=ended").content.decode()
    assert 'class="plot"' not in ended and "Why it is" not in ended


def test_sales_of_other_goods_and_after_views_are_said_apart(merchant: Merchant, advertised: Advertised) -> None:
    said = merchant.browser.get(SHOP_DAYS).content.decode()
    assert "of it other goods 30.00" in said
    assert "bought for ¥31.00 within a day. That stands apart and is not among the revenue." in said
    SaleCredit.objects.all().delete()
    said = merchant.browser.get(SHOP_DAYS).content.decode()
    assert "of it other goods" not in said and "That stands apart" not in said
