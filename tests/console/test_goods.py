"""Goods on the console: found by title, number or address, banned with a reason, let back; the shop reads why."""

import pytest
from django.urls import reverse
from django.utils import timezone

from market.accounts.contracts import StaffRole
from search.listings.selectors import find_listing_id
from search.listings.services import refresh_listings
from search.moderation.selectors import find_ban
from tests.fixtures.goods import stock_product


@pytest.fixture
def mug(shop_a) -> tuple[int, int, int]:
    """Shop, product and listing of something on sale."""
    now = timezone.now()
    offer = stock_product(shop_a, sku="MUG", price_minor=4200, pieces=5, title="青釉杯", now=now)
    refresh_listings(shop_id=shop_a.shop_id, product_ids=[offer.product_id], now=now)
    listing_id = find_listing_id(shop_id=shop_a.shop_id, product_id=offer.product_id)
    assert listing_id
    return shop_a.shop_id, offer.product_id, listing_id


def address(name: str, mug: tuple[int, int, int]) -> str:
    return reverse(f"console:{name}", args=mug[:2], urlconf="config.urls.console")


@pytest.mark.parametrize("typed", ["{}", "http://jishi.localhost:8000/item/{}/?from=search", " {} "])
def test_a_product_is_found_by_number_and_address(mug, enter, typed) -> None:
    answer = enter().get("/goods/", q=typed.format(mug[2]))
    assert answer.status_code == 302 and answer.headers["location"] == address("product", mug)


def test_a_product_is_found_by_its_title(mug, enter) -> None:
    page = enter().get("/goods/", q="青釉杯").content.decode()
    assert f'href="{address("product", mug)}"' in page and "42.00" in page


@pytest.mark.parametrize("typed", ["999999999", "冰箱", "9" * 40, "item/999999999", "x" * 300])
def test_what_is_no_product_is_said(mug, enter, typed) -> None:
    assert "No product has this title or number" in enter().get("/goods/", q=typed).content.decode()


def test_a_product_is_banned_with_a_reason_and_let_back(mug, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    assert "Take it off the market" in staff.get(address("product", mug)).content.decode()
    given = {"reason": "counterfeit", "note": "Not made by this brand."}
    page = staff.client.post(address("ban-product", mug), given, follow=True).content.decode()
    assert (
        "off the market within seconds" in page
        and address("lift-ban", mug) in page
        and "Not made by this brand" in page
    )
    ban = find_ban(shop_id=mug[0], product_id=mug[1])
    assert ban and (ban.banned_by, ban.title.zh) == (staff.user_id, "青釉杯")
    refresh_listings(shop_id=mug[0], product_ids=[mug[1]], now=timezone.now())
    listed = staff.get("/goods/").content.decode()
    assert "青釉杯" in listed and "Counterfeit" in listed
    assert staff.get("/goods/", q=str(mug[2])).status_code == 302, "a banned product is still found by its number"
    page = staff.client.post(address("lift-ban", mug), follow=True).content.decode()
    assert "The ban is lifted" in page and find_ban(shop_id=mug[0], product_id=mug[1]) is None
    page = staff.client.post(address("lift-ban", mug), follow=True).content.decode()
    assert "Somebody decided about this product meanwhile" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "", "note": "x"}, "Choose a reason."),
        ({"reason": "magic", "note": "x"}, "Choose one of the reasons."),
        ({"reason": "unsafe", "note": " "}, "Say what is wrong"),
        ({"reason": "unsafe", "note": "x" * 301}, "at most 300 characters"),
    ],
)
def test_a_ban_without_a_reason_is_refused(mug, enter, given, said) -> None:
    answer = enter().client.post(address("ban-product", mug), given)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert find_ban(shop_id=mug[0], product_id=mug[1]) is None


def test_only_reviewers_ban(mug, enter) -> None:
    support = enter(StaffRole.SUPPORT)
    assert "Ask one of them" in support.get(address("product", mug)).content.decode()
    given = {"reason": "unsafe", "note": "It burns."}
    assert support.client.post(address("ban-product", mug), given).status_code == 403
    assert support.client.post(address("lift-ban", mug)).status_code == 403
    assert find_ban(shop_id=mug[0], product_id=mug[1]) is None


def test_what_its_shop_does_not_show_cannot_be_banned(mug, enter) -> None:
    given = {"reason": "unsafe", "note": "It burns."}
    missing = (mug[0], mug[1] + 1000, 0)
    assert enter().client.post(address("ban-product", missing), given).status_code == 404
    assert "nothing to decide" in enter().get(address("product", missing)).content.decode()
    assert enter().get(address("product", (99_999_999, 1, 0))).status_code == 404
