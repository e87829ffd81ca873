"""Every list of the console finds a shop by what staff know of it: number, address or name."""

import pytest

from market.shops.services import open_shop
from tests.console.test_pages import words_of

NOTE = "No one shop has this number, address or name."
NARROWED = (
    "/ads/charges/",
    "/ads/creatives/",
    "/ads/findings/",
    "/payouts/",
    "/releases/",
    "/reconciliation/findings/",
    "/ledger/accounts/2010/",
    "/trail/",
)
OPENED = {
    "/ads/advertisers/": "/ads/advertisers/{}/",
    "/advertising/balances/": "/advertising/balances/{}/",
    "/find": "/shops/{}/",
}


@pytest.fixture
def shop(db, clock):
    return open_shop(owner_id=900_001, name_zh="云朵 面包房", name_en="Cloud Bakery", slug="bakery", now=clock.now)


@pytest.fixture
def twin(shop, clock):
    """Another one of the same name."""
    return open_shop(owner_id=900_002, name_zh="云朵 面包房", name_en="", slug="bakery2", now=clock.now)


def list_names(shop) -> list[str]:
    return [str(shop.shop_id), " BAKERY ", "云朵 面包房", "cloud bakery"]


@pytest.mark.parametrize("path", NARROWED)
def test_a_list_is_narrowed_to_the_shop_that_is_named(path, shop, twin, enter) -> None:
    staff = enter()
    for typed in (str(shop.shop_id), " BAKERY ", "cloud bakery"):
        answer = staff.get(path, shop=typed)
        assert _asked(answer).shop_id == shop.shop_id, typed
        page = answer.content.decode()
        assert NOTE not in words_of(page) and f'value="{typed.strip()}"' in page, "what was typed stays"
    for typed in ("nobody", "云朵 面包房", "云朵", "999999999999999999999"):
        answer = staff.get(path, shop=typed)
        assert _asked(answer).shop_id == 0 and NOTE in words_of(answer.content.decode()), typed
    assert _asked(staff.get(path)).shop_id is None


@pytest.mark.parametrize("path", OPENED)
def test_naming_a_shop_opens_it(path, shop, enter) -> None:
    staff, target = enter(), OPENED[path].format(shop.shop_id)
    field = "q" if path == "/find" else "shop"
    names = list_names(shop)[1:] if path == "/find" else list_names(shop)  # a bare number is a transaction's
    for typed in names:
        assert staff.get(path, **{field: typed})["Location"] == target, typed


def test_a_name_of_two_shops_opens_neither(shop, twin, enter) -> None:
    staff = enter()
    for path in ("/ads/advertisers/", "/advertising/balances/", "/shops/"):
        assert NOTE.rstrip(".") in words_of(staff.get(path, shop=shop.name.zh).content.decode()), path


def test_the_list_of_shops_shows_the_one_that_is_named(shop, twin, enter) -> None:
    staff = enter()
    for typed in (str(shop.shop_id), "bakery", "Cloud Bakery"):
        assert [one.shop_id for one in staff.get("/shops/", shop=typed).context["shops"]] == [shop.shop_id]


def test_rows_of_a_list_are_only_the_named_shops(shop, twin, enter) -> None:
    """Opening a shop stands in the trail under the shop."""
    staff = enter()
    rows = staff.get("/trail/", shop="Cloud Bakery").context["rows"]
    assert len(rows) == len(staff.get("/trail/", shop=shop.shop_id).context["rows"]) > 0
    assert staff.get("/trail/", shop="nobody").context["rows"] == []


def _asked(answer):
    return answer.context["asked"].shop if "asked" in answer.context else answer.context["asked_shop"]
