"""The demo's plans that are paid per sale: orders that clicks came before, made once."""

from pathlib import Path
from typing import Any

from market.accounts.selectors import find_user_by_phone
from onebox.demo.ads_sales import load_plans
from onebox.demo.loading import load_all
from onebox.demo.people import SHOPPERS
from onebox.demo.sales import load_sales
from search.listings.selectors import find_highest_listing_id
from search.per_sale.models import AttributedSale
from search.per_sale.selectors import list_sales
from search.spending.models import AdEvent
from tests.conftest import Clock
from tests.onebox.demo.test_loading import _quiet, _some


def test_two_shops_have_plans_that_brought_orders(db: None, clock: Clock, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    shops = load_all(_some(12), now=clock.now, progress=_quiet)
    buyers = [found.pk for person in SHOPPERS if (found := find_user_by_phone(person.phone))]
    load_sales(buyer_ids=buyers, highest_listing_id=find_highest_listing_id(), now=clock.now, progress=_quiet)
    for _ in range(2):
        load_plans(shops, buyer_ids=buyers, besides=set(), now=clock.now)
    clicks = AdEvent.objects.filter(kind="sale")
    assert not clicks.exclude(reason="").exists(), set(clicks.values_list("reason", flat=True))
    sold = [sale for shop in shops for sale in list_sales(shop_id=shop.shop_id)]
    assert len({sale.shop_id for sale in sold}) == 2
    assert len(sold) == AttributedSale.objects.count() <= clicks.count()
    assert any(sale.commission_minor for sale in sold)
