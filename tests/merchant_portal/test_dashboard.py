"""The dashboard: the way of a new shop, days in business time, statements."""

from datetime import UTC, datetime, timedelta

import pytest

from market.shops.services import approve_shop
from merchant_portal.dashboard.page import DAYS, compare, first_day_needed, sort_sales
from tests.fixtures.goods import stock_product
from tests.merchant_portal.conftest import count_statements

NOW = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)


def test_a_new_shop_is_led_until_all_is_done(make_merchant, clock) -> None:
    merchant = make_merchant("alpha", approved=False)
    assert [task.done for task in merchant.browser.get("/").context["first_tasks"]] == [False, False, False]
    stock_product(merchant.shop)
    freight = {"flat_minor": "8", "free_from_minor": "", "ships_from": "景德镇", "handling_hours": "24"}
    merchant.browser.post("/settings/freight/", freight)
    assert [task.done for task in merchant.browser.get("/").context["first_tasks"]] == [True, True, False]
    approve_shop(shop_id=merchant.shop.shop_id, actor_id=1, now=clock.now)
    assert merchant.browser.get("/").context["first_tasks"] == []


def test_a_day_is_the_business_day_not_the_utc_one() -> None:
    late = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)  # 00:30 on the 22nd in Shanghai
    sales = sort_sales([(late, 5_000, 1), (late - timedelta(hours=1), 700, 1)], NOW)
    assert (sales.today_minor, sales.yesterday_minor, sales.today_orders) == (5_000, 700, 1)


def test_thirty_days_stand_beside_the_thirty_before() -> None:
    rows = [(NOW - timedelta(days=back), 100, 1) for back in range(2 * DAYS)]
    sales = sort_sales(rows, NOW)
    assert (len(sales.days), sales.total_minor, sales.total_before_minor) == (DAYS, 3_000, 3_000)
    assert first_day_needed(NOW) <= rows[-1][0]
    assert sort_sales([(NOW - timedelta(days=2 * DAYS), 100, 1)], NOW).total_before_minor == 0


@pytest.mark.parametrize(("now", "before", "said"), [(120, 100, "↑ 20.0%"), (50, 100, "↓ 50.0%"), (5, 0, "")])
def test_a_comparison_needs_something_to_compare_with(now, before, said) -> None:
    assert compare(now, before) == said


def test_the_dashboard_asks_few_statements(merchant) -> None:
    one = count_statements(merchant.browser, "/")
    for number in range(5):
        stock_product(merchant.shop, sku=f"S-{number}")
    assert count_statements(merchant.browser, "/") == one
    assert one <= 18
