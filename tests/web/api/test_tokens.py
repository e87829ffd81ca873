"""Tokens: one host, one holder, while they live."""

from datetime import UTC, datetime, timedelta

import pytest

from market.accounts.models import User
from market.shops.contracts import Scope, ShopStatus
from market.shops.models import Membership, Shop
from market.shops.services import bump_epoch
from market.shops.tokens import make_token, revoke_token
from tests.fixtures.api import MARKET, PORTAL, Api, make_person

NOW = datetime.now(UTC)


def test_without_a_token_401_asks_for_one(trade):
    answer = Api(PORTAL).get("products")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="jishi"')
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer jishi_nonsense", "Basic YTpi", "Bearer", "jishi_x"])
def test_a_header_that_names_no_token_is_refused_even_where_none_is_needed(trade, header):
    assert Api(MARKET).get("shops", Authorization=header).status_code == 401
    assert Api(PORTAL).get("products", Authorization=header).status_code == 401


def test_a_token_opens_its_own_host_only(trade):
    person = make_person()
    assert Api(MARKET, person.api.token).get("orders").status_code == 200
    assert Api(PORTAL, person.api.token).get("orders").status_code == 401
    assert Api(PORTAL, trade.alpha.token).get("orders").status_code == 200
    assert Api(MARKET, trade.alpha.token).get("orders").status_code == 401
    assert Api(f"console.{MARKET}", trade.alpha.token).get("orders").status_code == 404


def test_a_token_opens_its_scopes_only(db):
    person = make_person()
    secret, _ = make_token(user_id=person.user_id, shop_id=None, name="cart", scopes=[Scope.CART], now=NOW)
    api = Api(MARKET, secret)
    assert api.get("cart").status_code == 200
    refused = api.get("orders")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:jishi:problem:scope-missing")
    assert refused.json()["scope"] == "orders"


def test_a_revoked_token_ends_at_once(trade):
    secret, token = make_token(
        user_id=900_001, shop_id=trade.shops[0].shop_id, name="x", scopes=[Scope.GOODS_READ], now=NOW
    )
    assert Api(PORTAL, secret).get("products").status_code == 200
    revoke_token(token_id=token.token_id, user_id=900_001, shop_id=trade.shops[0].shop_id, now=NOW)
    assert Api(PORTAL, secret).get("products").status_code == 401


def test_an_expired_token_is_refused(trade):
    past = NOW - timedelta(days=2)
    secret, _ = make_token(
        user_id=900_001, shop_id=trade.shops[0].shop_id, name="x", scopes=[Scope.GOODS_READ], now=past, days=1
    )
    assert Api(PORTAL, secret).get("products").status_code == 401


def test_a_token_falls_with_its_makers_membership(trade):
    Membership.objects.filter(user_id=900_001).delete()
    assert trade.alpha.get("products").status_code == 401


def test_a_token_falls_with_its_shop(trade):
    Shop.objects.filter(pk=trade.shops[0].shop_id).update(status=ShopStatus.CLOSED.value)
    bump_epoch("shops")
    assert trade.alpha.get("products").status_code == 401


def test_a_token_falls_with_its_persons_account(db):
    person = make_person()
    User.objects.filter(pk=person.user_id).update(is_active=False)
    assert person.api.get("orders").status_code == 401


def test_a_session_is_no_token(client, db):
    person = make_person()
    client.force_login(User.objects.get(pk=person.user_id))
    assert client.get("/api/v1/orders", headers={"host": MARKET}).status_code == 401
