"""`python -m tests.flows.prepare`: two shops that are open already, a shopper with an address, a member of staff.

`python -m tests.flows.prepare books` tells what the ledger says. Both print JSON.
"""

import json
import sys

import django
from django.utils import timezone

PASSWORD = "three-people-2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MUG, TIN = ("mug", "#f4efe6", "#2f6f8f", "#dfe8ec"), ("tea-tin", "#5b7f5a", "#e8d9b0", "#e6efe4")
SHOPS = (("qinghe", "青禾窑", "青釉拼色马克杯", 6_000, MUG), ("shanjian", "山间茶事", "明前龙井", 9_900, TIN))


def prepare() -> dict:
    from billing.payments.services import enrol_merchant
    from market.accounts.contracts import StaffRole
    from market.accounts.services import AddressDraft, add_address, appoint_staff, register_person, set_totp_secret
    from market.shops.services import approve_shop, open_shop
    from market.taxonomy.services import load_taxonomy
    from search.listings.services import refresh_listings
    from tests.fixtures.goods import stock_product

    now = timezone.now()
    load_taxonomy()
    staff = register_person(now=now, email="staff@example.com", password=PASSWORD, display_name="值班")
    appoint_staff(user_id=staff.user_id, role=StaffRole.ADMIN, actor_id=staff.user_id, now=now)
    set_totp_secret(user_id=staff.user_id, secret=SECRET)
    for slug, name, title, price, drawn in SHOPS:
        owner = register_person(now=now, email=f"{slug}@example.com", password=PASSWORD, display_name=name)
        shop = open_shop(owner_id=owner.user_id, name_zh=name, name_en=slug.title(), slug=slug, now=now)
        approve_shop(shop_id=shop.shop_id, actor_id=staff.user_id, now=now)
        enrol_merchant(shop_id=shop.shop_id, shop_name=name, gateway="wechatpay", now=now)
        offer = stock_product(
            shop, sku=f"{slug}-1", price_minor=price, pieces=20, title=title, pictures=[paint(*drawn)], now=now
        )
        refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=now)
    buyer = register_person(now=now, email="buyer@example.com", password=PASSWORD, display_name="小禾")
    home = AddressDraft(recipient="沈小禾", phone="13812346021", district_code="330106", street="文三路1号")
    add_address(user_id=buyer.user_id, draft=home, now=now)
    return {"staff_secret": SECRET}


def paint(drawing: str, main: str, accent: str, ground: str) -> bytes:
    """One of the demo's drawings in colours of ours."""
    from onebox.demo.pictures import Palette, PictureSpec, draw

    return draw(PictureSpec(drawing, Palette(main, accent, ground)))


def read_books() -> dict:
    from billing.ledger.contracts import Code, Owner
    from billing.ledger.selectors import get_balance, prove_ledger, trial_balance
    from market.shops.selectors import list_shops

    proof = prove_ledger()
    return {
        "differences": list(trial_balance().differences.values()),
        "sound": proof.sound,
        "unposted": proof.unposted,
        "open_clearing": [[item.account.code.value, item.balance_minor] for item in proof.open_clearing],
        "balances": {line.code.value: line.balance_minor for line in trial_balance().lines if line.balance_minor},
        "owed": {
            shop.slug: get_balance(code=Code.CUSTODY_OWED, owner=Owner.of_shop(shop.shop_id)).posted_minor
            for shop in list_shops()
        },
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(read_books() if sys.argv[1:] == ["books"] else prepare()))
