"""The demo's past sales: some goods are bought together again and again."""

import pytest

from onebox.demo import sales
from tests.fixtures.api import forget_everything, list_product


@pytest.fixture(autouse=True)
def alone(settings, tmp_path, monkeypatch) -> None:
    settings.INDEX_ROOT = tmp_path / "index"
    forget_everything(monkeypatch)


def test_a_basket_holds_goods_of_several_shops_and_is_left_out_where_one_is_missing(db, shop_a, shop_b) -> None:
    _, mug = list_product(shop_a, sku="MUG-1", title="青釉马克杯")
    _, tea = list_product(shop_b, sku="TEA-1", title="明前绿茶")
    list_product(shop_b, sku="LAMP-1", title="陶瓷台灯")
    assert sales._fill_baskets() == [[mug, tea]]
