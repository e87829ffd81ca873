"""`python -m tests.bench.street open | proof`: a street of shops with plenty of stock and buyers who are signed in.

Prints JSON. Runs in a process of its own against the database and the payment provider of the environment.
"""

import json
import sys
from datetime import UTC, datetime

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from billing.ledger.selectors import prove_ledger  # noqa: E402
from billing.payments.services import enrol_merchant  # noqa: E402
from market.accounts.services import AddressDraft, add_address, register_person  # noqa: E402
from market.shops.contracts import ShopContext  # noqa: E402
from market.shops.services import approve_shop, open_shop  # noqa: E402
from market.taxonomy.services import load_taxonomy  # noqa: E402
from search.listings.selectors import find_listing_id  # noqa: E402
from search.listings.services import refresh_listings  # noqa: E402
from tests.fixtures.goods import stock_product  # noqa: E402

SHOPS, GOODS, BUYERS, PIECES = 6, 4, 64, 50_000


def open_street() -> dict[str, object]:
    """Shops that can be paid, their goods, and a session of each buyer."""
    load_taxonomy()
    shops = [_open_shop(number) for number in range(SHOPS)]
    return {
        "schemas": [shop.schema for shop in shops],
        "listings": [[_stock(shop, number) for number in range(GOODS)] for shop in shops],
        "sessions": [_sign_in(number) for number in range(BUYERS)],
        "pieces": PIECES,
    }


def prove() -> dict[str, object]:
    """Whether the books are sound, and how many requests wait for the poster."""
    proof = prove_ledger()
    return {"sound": proof.sound, "unposted": proof.unposted, "proof": str(proof)}


def _open_shop(number: int) -> ShopContext:
    now = datetime.now(UTC)
    owner = register_person(now=now, email=f"street{number}@example.com")
    name = f"长街{number}号"
    shop = open_shop(owner_id=owner.user_id, name_zh=name, name_en=f"Street {number}", slug=f"street{number}", now=now)
    shop = approve_shop(shop_id=shop.shop_id, actor_id=owner.user_id, now=now)
    enrol_merchant(shop_id=shop.shop_id, shop_name=name, gateway="wechatpay", now=now)
    return shop


def _stock(shop: ShopContext, number: int) -> int:
    now = datetime.now(UTC)
    price = 1_000 + 137 * number
    offer = stock_product(shop, sku=f"S-{number}", price_minor=price, pieces=PIECES, title=f"街货{number}", now=now)
    refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=now)
    return find_listing_id(shop_id=shop.shop_id, product_id=offer.product_id) or 0


def _sign_in(number: int) -> str:
    """A session as signing in on the market host makes it: so many sign-ins from one address are refused, rightly."""
    now = datetime.now(UTC)
    person = register_person(now=now, email=f"walker{number}@example.com")
    draft = AddressDraft(recipient=f"街坊{number}", phone="13800138000", district_code="330106", street="文三路1号")
    add_address(user_id=person.user_id, draft=draft, now=now)
    session = SessionStore()
    session[SESSION_KEY] = str(person.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = get_user_model().objects.get(pk=person.user_id).get_session_auth_hash()
    session["host_kind"] = "market"
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    print(json.dumps(prove() if sys.argv[1] == "proof" else open_street()))
