"""Opening a shop on the market host, straight into the portal."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.shops.models import PooledSchema
from market.shops.selectors import list_memberships
from tests.merchant_portal.conftest import make_person


@pytest.fixture
def person(words, db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RATE_LIMITS_ON = False
    return make_person("newcomer")


@pytest.fixture
def browser(person) -> Client:
    client = Client(headers={"host": settings.MARKET_HOST, "accept-language": "en"})
    client.post("/accounts/login/", {"login": "newcomer@example.com", "password": "correct horse battery"})
    return client


def test_who_is_not_signed_in_signs_in_first(words, db) -> None:
    answer = Client(headers={"host": settings.MARKET_HOST}).get("/open-shop/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_a_named_shop_is_there_and_its_owner_in_the_portal_at_once(browser, person) -> None:
    answer = browser.post("/open-shop/", {"name_zh": "月光茶铺", "name_en": "Moon Tea", "slug": "moon-tea"})
    assert answer.status_code == 302
    ticket = browser.get(answer["Location"])
    assert ticket["Location"].startswith(f"http://{settings.PORTAL_HOST}")
    door = Client(headers={"host": settings.PORTAL_HOST, "accept-language": "en"})
    page = door.get(ticket["Location"].split("localhost", 1)[1].lstrip(":0123456789"), follow=True)
    assert page.status_code == 200
    assert page.context["visit"].shop.slug == "moon-tea"
    assert "Until the shop is open" in page.content.decode()
    assert [shop.slug for shop, _ in list_memberships(person.user_id)] == ["moon-tea"]


def test_opening_a_shop_runs_no_ddl(browser) -> None:
    with CaptureQueriesContext(connection) as caught:
        browser.post("/open-shop/", {"name_zh": "月光茶铺", "slug": "moon-tea"})
    assert not [query for query in caught if query["sql"].lstrip().upper().startswith(("CREATE", "ALTER", "DROP"))]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name_zh": "", "slug": "moon-tea"}, "name_zh"),
        ({"name_zh": "茶", "slug": ""}, "slug"),
        ({"name_zh": "茶", "slug": "Moon_Tea!"}, "slug"),
        ({"name_zh": "茶", "slug": "portal"}, "slug"),
        ({"name_zh": "茶", "slug": "x" * 50}, "slug"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_stays_typed(said, field, browser) -> None:
    answer = browser.post("/open-shop/", said)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert f'value="{said["slug"]}"' in answer.content.decode() or not said["slug"]


def test_a_taken_address_is_said_to_be_taken(browser, make_shop) -> None:
    make_shop("alpha")
    answer = browser.post("/open-shop/", {"name_zh": "茶", "slug": "alpha"})
    assert answer.status_code == 422
    assert "Another shop has this address" in answer.content.decode()


def test_without_a_spare_schema_the_form_asks_for_patience(browser) -> None:
    PooledSchema.objects.all().delete()
    answer = browser.post("/open-shop/", {"name_zh": "茶", "slug": "moon-tea"})
    assert answer.status_code == 422
    assert "press the button again" in answer.content.decode()
