"""`python -m tests.faults.rush_data BUYERS | enrol | product NUMBER PIECES`: what a rush on the last pieces needs.

Prints JSON. Runs in a process of its own against the database of the environment.
"""

import json
import sys
from datetime import UTC, datetime

import django


def make_people(count: int) -> dict:
    from market.accounts.services import AddressDraft, add_address, register_person
    from market.shops.services import approve_shop, open_shop

    now = datetime.now(UTC)
    owner = register_person(now=now, email="owner@example.com")
    shop = open_shop(owner_id=owner.user_id, name_zh="抢购店", name_en="Rush", slug="rush", now=now)
    approve_shop(shop_id=shop.shop_id, actor_id=owner.user_id, now=now)
    sessions = []
    for number in range(count):
        person = register_person(now=now, email=f"buyer{number}@example.com")
        draft = AddressDraft(
            recipient=f"买家{number}",
            phone="13800138000",
            district_code="330106",
            street="文三路1号",
        )
        add_address(user_id=person.user_id, draft=draft, now=now)
        sessions.append(_sign_in(person.user_id))
    return {"shop_id": shop.shop_id, "schema": shop.schema, "sessions": sessions}


def _sign_in(user_id: int) -> str:
    """A session as signing in on the market host makes it: a hundred sign-ins from one address are refused, rightly."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from market.accounts.models import User

    session = SessionStore()
    session[SESSION_KEY] = str(user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = User.objects.get(pk=user_id).get_session_auth_hash()
    session["host_kind"] = "market"
    session.save()
    return session.session_key


def make_product(number: int, pieces: int) -> dict:
    from market.shops.selectors import find_shop_by_slug
    from search.listings.selectors import find_listing_id
    from search.listings.services import refresh_listings
    from tests.fixtures.goods import stock_product

    now = datetime.now(UTC)
    shop = find_shop_by_slug("rush")
    offer = stock_product(shop, sku=f"LAST-{number}", price_minor=1_000, pieces=pieces, title=f"最后{number}", now=now)
    refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=now)
    listing_id = find_listing_id(shop_id=shop.shop_id, product_id=offer.product_id)
    return {"listing_id": listing_id, "variant_id": offer.variant_id, "product_id": offer.product_id}


def enrol() -> dict:
    from billing.payments.services import enrol_merchant
    from market.shops.selectors import find_shop_by_slug

    shop = find_shop_by_slug("rush")
    account = enrol_merchant(shop_id=shop.shop_id, shop_name=shop.name.zh, gateway="wechatpay", now=datetime.now(UTC))
    return {"account": account}


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "enrol":
        print(json.dumps(enrol()))
    elif sys.argv[1] == "product":
        print(json.dumps(make_product(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        print(json.dumps(make_people(int(sys.argv[1]))))
