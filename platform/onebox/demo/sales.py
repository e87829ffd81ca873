"""A month of sales, made through the services that real buyers use: placed, sent, confirmed, some of them cancelled.

All are cash on delivery, so that no provider has to be asked about the past. Seeded, and keyed sale by sale: loading
again adds what is missing.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from billing.checkout.contracts import CartOwner, PurchaseView
from billing.checkout.selectors import find_purchase_by_key, get_cart
from billing.checkout.services import (
    PlaceRequest,
    add_line,
    cancel_share_as_buyer,
    confirm_receipt,
    place_purchase,
    quote_cart,
    ship_share,
)
from market.accounts.contracts import AddressView
from market.accounts.selectors import list_addresses
from market.shops.selectors import list_shops_by_ids
from search.listings.contracts import ListingDocument, PublishedOffer, SearchQuery
from search.listings.rules.offers import make_offer
from search.listings.selectors import list_listings, search
from search.listings.services import count_sales
from tenants.orders.contracts import PaymentMethod, ShipTo

SALES = 90
DAYS = 30
FEWEST_LEFT = 12  # the demo's few sold-out and nearly sold-out goods stay as they are
BASKET_EVERY = 3
BASKETS = (
    ("马克杯", "绿茶"),
    ("台灯", "笔记本"),
    ("花瓶", "香薰"),
    ("帆布包", "帽子"),
    ("积木", "拼图"),
    ("耳机", "手机壳"),
)
"""What is bought together again and again, so that the demo has something that goes together."""
CARRIERS = ("顺丰速运", "中通快递", "圆通速递", "京东快递")


def load_sales(
    *, buyer_ids: Sequence[int], highest_listing_id: int, now: datetime, progress: Callable[[str, int, int], None]
) -> int:
    """Make the sales that are not there yet. Returns how many were made."""
    chance = random.Random(20261122)
    baskets = _fill_baskets()
    made = 0
    for number in range(SALES):
        buyer_id = buyer_ids[number % len(buyer_ids)]
        # More sales the nearer the day: a market that grows.
        age_days = DAYS * (1 - ((number + chance.random()) / SALES) ** 0.7)
        wanted = [chance.randint(1, highest_listing_id) for _ in range(chance.choice((1, 2, 2, 3)))]
        if baskets and number % BASKET_EVERY == 0:
            wanted = baskets[number // BASKET_EVERY % len(baskets)]
        made += _sell(number, buyer_id, wanted, now - timedelta(days=age_days), now, chance)
        progress("past sales", number + 1, SALES)
    count_sales(now=now)
    return made


def _fill_baskets() -> list[list[int]]:
    """The first thing in stock for each word of a basket; baskets of which something is missing are left out."""
    filled = []
    for words in BASKETS:
        pages = [search(SearchQuery(words=word, in_stock=True, size=1, with_facets=False)) for word in words]
        filled.append([card.listing_id for page in pages for card in page.hits])
    return [basket for basket in filled if len(basket) == len(BASKETS[0])]


def _sell(
    number: int, buyer_id: int, listing_ids: Sequence[int], placed_at: datetime, now: datetime, chance: random.Random
) -> bool:
    key = f"demo-sale-{number}"
    owner = CartOwner(user_id=buyer_id)
    if find_purchase_by_key(buyer_id=buyer_id, place_key=key) or get_cart(owner).lines:
        return False
    offers = list(_choose(list_listings(listing_ids)))
    addresses = list_addresses(buyer_id)
    if not offers or not addresses:
        return False
    for offer in offers:
        add_line(owner=owner, offer=offer.offer, quantity=chance.choice((1, 1, 1, 2)), now=placed_at)
    request = PlaceRequest(
        buyer_id=buyer_id,
        key=key,
        quote_digest=quote_cart(owner=owner).digest,
        method=PaymentMethod.COD,
        ship_to=_ship_to(addresses[0]),
        notes={},
    )
    _follow(place_purchase(request=request, now=placed_at), placed_at, now, chance)
    return True


def _choose(documents: Sequence[ListingDocument]) -> Iterator[PublishedOffer]:
    for document in documents:
        plenty = [variant for variant in document.variants if variant.available >= FEWEST_LEFT]
        if plenty:
            yield make_offer(document, plenty[0])


def _follow(purchase: PurchaseView, placed_at: datetime, now: datetime, chance: random.Random) -> None:
    """Send after a day, confirm after four, as far as the time since has come; one in twelve is called off."""
    shops = list_shops_by_ids([share.shop_id for share in purchase.shares])
    for share in purchase.shares:
        sent_at = placed_at + timedelta(hours=chance.randint(6, 30))
        received_at = sent_at + timedelta(hours=chance.randint(40, 90))
        if chance.random() < 1 / 12:
            cancel_share_as_buyer(share_no=share.share_no, buyer_id=share.buyer_id, reason="拍错了", now=placed_at)
            continue
        if sent_at > now:
            continue
        ship_share(
            shop_id=share.shop_id,
            share_no=share.share_no,
            carrier=chance.choice(CARRIERS),
            tracking_number=f"DEMO{chance.randint(10**9, 10**10)}",
            actor_id=shops[share.shop_id].owner_id,
            now=sent_at,
        )
        if received_at <= now:
            confirm_receipt(share_no=share.share_no, buyer_id=share.buyer_id, now=received_at)


def _ship_to(address: AddressView) -> ShipTo:
    return ShipTo(address.recipient, address.phone, address.region, address.street, address.postcode)
