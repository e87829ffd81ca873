"""The pages on which people and shops make their tokens."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from market.accounts.models import User
from market.shops.models import ApiToken
from tests.fixtures.api import MARKET, PORTAL, Api, make_person
from tests.merchant_portal.conftest import Merchant, make_merchant, merchant, words

__all__ = ["make_merchant", "merchant", "words"]
SECRET = re.compile(r"jishi_[A-Za-z0-9_-]{43}")


def sign_in(user_id: int, *, ago: timedelta = timedelta()) -> Client:
    """A browser on the market host whose person proved themselves so long ago."""
    browser = Client(headers={"host": MARKET, "accept-language": "en"})
    user = User.objects.get(pk=user_id)
    browser.force_login(user)
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": (datetime.now(UTC) - ago).timestamp(), "email": user.email}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    assert {SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY} <= set(session.keys())
    return browser


def test_a_person_makes_a_token_sees_it_once_and_revokes_it(db, words):
    person = make_person()
    browser = sign_in(person.user_id)
    made = browser.post("/account/tokens/", {"name": "script", "scopes": ["cart"], "days": "30"})
    secret = SECRET.search(made.content.decode()).group()
    assert "no-store" in made["Cache-Control"]
    assert Api(MARKET, secret).get("cart").status_code == 200
    assert Api(MARKET, secret).get("orders").status_code == 403
    page = browser.get("/account/tokens/").content.decode()
    assert secret not in page
    assert "script" in page
    token = ApiToken.objects.get(name="script")
    assert browser.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    assert Api(MARKET, secret).get("cart").status_code == 401


def test_the_page_asks_again_after_a_while(db):
    browser = sign_in(make_person().user_id, ago=timedelta(hours=1))
    for answer in (
        browser.get("/account/tokens/"),
        browser.post("/account/tokens/", {"name": "x", "scopes": ["cart"]}),
    ):
        assert answer.status_code == 302
    assert not ApiToken.objects.filter(name="x").exists()


def test_another_persons_token_is_not_there(db):
    theirs = make_person("theirs")
    browser = sign_in(make_person("mine").user_id)
    token = ApiToken.objects.get(user_id=theirs.user_id)
    assert browser.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert theirs.api.get("cart").status_code == 200


@pytest.mark.parametrize("said", [{}, {"name": "x"}, {"name": "x", "scopes": ["goods:read"]}, {"scopes": ["cart"]}])
def test_a_form_that_says_too_little_makes_nothing(db, said):
    browser = sign_in(make_person().user_id)
    before = ApiToken.objects.count()
    assert browser.post("/account/tokens/", said or {"name": ""}).status_code == 422
    assert ApiToken.objects.count() == before


def test_an_owner_makes_a_token_of_the_shop(merchant: Merchant):
    made = merchant.browser.post("/settings/tokens/", {"name": "till", "scopes": ["goods:read"], "days": "0"})
    secret = SECRET.search(made.content.decode()).group()
    assert Api(PORTAL, secret).get("products").status_code == 200
    assert "till" in merchant.browser.get("/settings/tokens/").content.decode()


def test_another_shops_token_is_not_there(make_merchant):
    one, other = make_merchant("alpha"), make_merchant("beta")
    one.browser.post("/settings/tokens/", {"name": "till", "scopes": ["goods:read"], "days": "0"})
    token = ApiToken.objects.get(name="till")
    assert other.browser.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404
    assert "till" not in other.browser.get("/settings/tokens/").content.decode()
