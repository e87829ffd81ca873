"""The page that says why a hit is where it is."""

from django.urls import reverse

from tenants.catalog.contracts import Text
from tests.conftest import Clock
from tests.search.listings.conftest import Goods, fresh_memory, goods, index_now, index_root

__all__ = ["fresh_memory", "goods", "index_now", "index_root"]

WHY = reverse("console:why", urlconf="config.urls.console")


def test_hits_are_explained_with_their_figures(goods: Goods, shop_a, index_now, enter, clock: Clock) -> None:
    first = goods.create(shop_a, title=Text("青釉茶壶", "Celadon teapot"))
    other = goods.create(shop_a, title=Text("保温壶", "Flask"), subtitle=Text())
    goods.deliver()
    index_now()
    staff = enter()
    page = staff.get(WHY, q="teapot", listing=str(goods.listing_of(shop_a, first).pk)).content.decode()
    assert "Celadon teapot" in page and "what it is" in page and 'aria-current="true"' in page
    page = staff.get(WHY, q="teapot", listing=str(goods.listing_of(shop_a, other).pk)).content.decode()
    assert "not among the best hits" in page and "missing" in page
    page = staff.get(WHY, q="teapot", listing="999999").content.decode()
    assert "not on the market" in page
    chinese = staff.get(WHY, "zh-CN", q="茶壶").content.decode()
    assert "青釉茶壶" in chinese and "品名" in chinese and "May also be met by" not in chinese


def test_the_page_says_when_there_is_nothing_to_explain(goods: Goods, index_root, enter) -> None:
    staff = enter()
    assert "Type what shoppers search for" in staff.get(WHY).content.decode()
    assert "nothing to explain" in staff.get(WHY, q="teapot").content.decode()
