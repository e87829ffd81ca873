"""Who may see a page of the portal, found from the URL configuration so that no page is forgotten."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern

from market.shops.contracts import Role
from market.shops.models import Membership
from market.shops.services import close_shop, suspend_shop
from merchant_portal import urls
from tests.fixtures.goods import stock_product
from tests.merchant_portal.conftest import enter, make_person, portal

PAGES = [pattern for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)]
PARTS = {
    "product_id": "7001",
    "job_id": "7002",
    "media_id": "7003",
    "edit_id": "7004",
    "collection_id": "7006",
    "share_no": "261122K7Q2M9T4XA-1",
    "transaction_id": "7005",
    "statement_no": "ST1-CNY-202611",
    "payout_no": "PO1",
    "campaign_id": "7007",
    "group_id": "7008",
    "ad_id": "7009",
    "negative_id": "7010",
    "creative_id": "7011",
    "lot_id": "7012",
    "finding_id": "7013",
    "plan_id": "7014",
    "key": "home-1",
    "day": "2026-11-22",
    "number": "T26112212345",
    "year": "2026",
    "month": "11",
    "token": "0190a3c4-7f31-7c90-8a21-5b6f2c9d1e00",
}
READABLE = [
    "/",
    "/products/",
    "/products/new/",
    "/lists/",
    "/lists/new/",
    "/imports/",
    "/stock/",
    "/stock/log/",
    "/stock/warehouses/",
    "/orders/",
    "/money/balance/",
    "/money/movements/",
    "/money/orders/",
    "/money/statements/",
    "/ads/campaigns/",
    "/ads/campaigns/new/",
    "/ads/pictures/",
    "/ads/reports/given-back/",
    "/ads/sales/",
    "/ads/sales/orders/",
    "/settings/profile/",
    "/settings/freight/",
    "/settings/team/",
]


def path_of(pattern: URLPattern) -> str:
    route = str(pattern.pattern)
    for name, value in PARTS.items():
        for kind in ("int", "slug", "str", "uuid"):
            route = route.replace(f"<{kind}:{name}>", value)
    assert "<" not in route, f"{route}: give the test a value for its part"
    return f"/{route}"


@pytest.mark.parametrize("pattern", PAGES, ids=lambda pattern: pattern.name)
def test_who_is_not_signed_in_is_led_to_the_market(pattern, words, db) -> None:
    for answer in (portal().get(path_of(pattern)), portal().post(path_of(pattern))):
        assert answer.status_code in (302, 405)
        if answer.status_code == 302:
            assert answer["Location"].startswith(f"http://{settings.MARKET_HOST}")


@pytest.mark.parametrize("pattern", PAGES, ids=lambda pattern: pattern.name)
def test_a_shopper_without_a_shop_sees_no_page(pattern, make_merchant) -> None:
    browser = enter(make_person("shopper"))
    for answer in (browser.get(path_of(pattern)), browser.post(path_of(pattern))):
        assert answer.status_code in (403, 405)
        assert b"open-shop" in answer.content or answer.status_code == 405


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", READABLE)
def test_the_owner_reads_every_page_in_both_languages(path, language, merchant) -> None:
    stock_product(merchant.shop)
    answer = enter(merchant.person, language).get(path)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert ("商家后台" in page) is (language == "zh-hans")
    assert "no-store" in answer["Cache-Control"]


def test_an_owner_of_another_shop_never_sees_what_is_here(make_merchant) -> None:
    here, there = make_merchant("alpha"), make_merchant("beta")
    offer = stock_product(here.shop, title="金丝雀", private_notes="canary-note", sku="CANARY-1")
    for path in (
        *READABLE,
        f"/products/{offer.product_id}/",
        "/products/export.csv",
        f"/stock/log/?variant={offer.variant_id}",
    ):
        answer = there.browser.get(path)
        content = b"".join(answer) if answer.streaming else answer.content
        assert b"CANARY" not in content
        assert "金丝雀".encode() not in content
        assert b"canary-note" not in content
    assert there.browser.get("/?shop=alpha", follow=True).context["visit"].shop.slug == "beta"


def test_a_member_chooses_among_the_shops_of_their_own(make_merchant, make_shop) -> None:
    merchant = make_merchant("alpha")
    make_shop("gamma", owner_id=merchant.person.user_id)
    assert merchant.browser.get("/").context["visit"].shop.slug == "alpha"
    answer = merchant.browser.get("/products/?shop=gamma&status=active")
    assert (answer.status_code, answer["Location"]) == (302, "/products/?status=active")
    assert merchant.browser.get("/").context["visit"].shop.slug == "gamma"


@pytest.mark.parametrize(
    ("role", "allowed", "refused"),
    [
        (
            Role.GOODS,
            ["/", "/products/", "/stock/", "/imports/"],
            ["/orders/", "/ads/campaigns/", "/ads/campaigns/new/", "/settings/profile/", "/settings/team/"],
        ),
        (Role.FULFILMENT, ["/", "/orders/"], ["/products/", "/stock/", "/imports/", "/settings/freight/"]),
        (Role.MANAGER, ["/", "/products/", "/orders/", "/ads/campaigns/", "/settings/freight/"], []),
    ],
)
def test_a_role_opens_its_pages_and_no_others(role, allowed, refused, merchant, clock) -> None:
    helper = make_person("helper")
    Membership.objects.create(shop_id=merchant.shop.shop_id, user_id=helper.user_id, role=role.value, since=clock.now)
    browser = enter(helper)
    assert [browser.get(path).status_code for path in allowed] == [200] * len(allowed)
    assert [browser.get(path).status_code for path in refused] == [403] * len(refused)


def test_a_dispatcher_sees_no_turnover(merchant, clock) -> None:
    helper = make_person("helper")
    Membership.objects.create(
        shop_id=merchant.shop.shop_id, user_id=helper.user_id, role=Role.FULFILMENT.value, since=clock.now
    )
    assert "sales" not in enter(helper).get("/").context
    assert "sales" in merchant.browser.get("/").context


def test_a_banner_says_that_a_shop_waits_or_is_suspended(make_merchant, clock) -> None:
    merchant = make_merchant("alpha", approved=False)
    assert "being reviewed" in merchant.browser.get("/").content.decode()
    other = make_merchant("beta")
    suspend_shop(shop_id=other.shop.shop_id, actor_id=1, reason="", now=clock.now)
    assert "suspended" in other.browser.get("/products/").content.decode()


def test_a_closed_shop_is_nobodys_any_more(make_merchant, clock) -> None:
    merchant = make_merchant("alpha")
    close_shop(shop_id=merchant.shop.shop_id, actor_id=1, reason="", now=clock.now)
    assert merchant.browser.get("/").status_code == 403


def test_a_form_without_its_token_is_refused(merchant) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": settings.PORTAL_HOST})
    strict.cookies = merchant.browser.cookies
    for path in ("/settings/freight/", "/products/new/", "/products/change/", "/stock/change/", "/imports/"):
        assert strict.post(path, {"flat_minor": "1"}).status_code == 403
