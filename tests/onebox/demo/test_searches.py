"""The demo's month of searches is written once, and is nobody's."""

from collections.abc import Callable
from typing import Any

import pytest

from billing.settlement.services.days import business_date
from market.shops.contracts import ShopContext
from onebox.demo import searches
from search.signals.models import SearchEvent
from search.signals.selectors import list_hot_words, list_queries, list_unanswered, sum_days
from tests.conftest import Clock
from tests.fixtures.api import forget_everything, list_product


def test_a_month_of_searches_is_written_once_and_counted(
    make_shop: Callable[..., ShopContext], clock: Clock, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    settings.INDEX_ROOT = tmp_path
    forget_everything(monkeypatch)
    shop = make_shop("alpha")
    for number in range(3):
        list_product(shop, sku=f"CUP-{number}", title=f"马克杯{number}")
    shares: list[float] = []
    made = searches.load_searches(now=clock.now, progress=lambda label, done, total: shares.append(done / total))
    assert made == SearchEvent.objects.count() > 1_000 and shares[-1] == 1
    assert searches.load_searches(now=clock.now, progress=lambda *_: None) == 0
    today = business_date(clock.now)
    days = sum_days(since=today.replace(day=1), until=today)
    assert sum(bool(day.searches) for day in days) >= 20
    span = {"since": days[0].day, "until": today}
    top = list_queries(**span)[0]
    assert top.query == "马克杯" and 0 < top.clickers < top.visitors
    assert "drone" in {row.query for row in list_unanswered(**span)}
    assert [hot.query for hot in list_hot_words(today=today)] == ["马克杯"]
    assert all(event.visitor is not None for event in SearchEvent.objects.all())
