"""The demo's plans that are paid per sale: two shops, and clicks of real buyers before what they bought.

Their commission waits: carriers still hold the cash of the demo's sales, so that nothing is released.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from billing.checkout.contracts import ShareSummary
from billing.checkout.selectors import list_buyer_shares
from billing.settlement.services.days import business_date
from market.shops.contracts import ShopContext
from search.auction.ad_tokens import compute_expiry, sign_token
from search.auction.contracts import ShownAd, TokenKind
from search.campaigns.contracts import PageKind
from search.campaigns.selectors import list_ads
from search.listings.selectors import map_listing_ids
from search.per_sale.contracts import PlanDraft
from search.per_sale.services import create_plan, follow_sale
from search.signals.services import name_person
from search.spending.contracts import DecisionLine, StoredDecision, VisitorFacts
from search.spending.rules.days import number_day
from search.spending.services import get_key_ring, note_rendered, record_click, store_decisions

BEGAN = timedelta(days=32)
BEFORE = timedelta(minutes=25)
RATES_BPS = (800, 1_200)
MOST_CLICKED = 8
"""Orders of a shop that a click came before."""
_NAMES = UUID("6f1c2f0e-6f6a-4b7e-9a52-5a1f3f0c9d11")


def load_plans(shops: Sequence[ShopContext], *, buyer_ids: Sequence[int], besides: set[int], now: datetime) -> int:
    """Plans for the two shops that sold most without other ads, with clicks before orders. Returns how many orders."""
    sold = _map_shares(buyer_ids)
    chosen = sorted((shop for shop in shops if shop.shop_id not in besides), key=lambda shop: -len(sold[shop.shop_id]))
    brought = 0
    for shop, bps in zip(chosen, RATES_BPS, strict=False):
        shares = sorted(sold[shop.shop_id], key=lambda share: share.placed_at)[-MOST_CLICKED:]
        if shares:
            brought += _load_plan(shop, shares, bps, now)
    return brought


def _map_shares(buyer_ids: Sequence[int]) -> dict[int, list[ShareSummary]]:
    found: dict[int, list[ShareSummary]] = defaultdict(list)
    for buyer_id in buyer_ids:
        for _, share in list_buyer_shares(buyer_id=buyer_id, limit=200):
            found[share.shop_id].append(share)
    return found


def _load_plan(shop: ShopContext, shares: Sequence[ShareSummary], bps: int, now: datetime) -> int:
    bought = {product_id for share in shares for product_id in _list_products(share)}
    on_sale = set(map_listing_ids(shop_id=shop.shop_id, product_ids=bought))
    if not on_sale:
        return 0
    draft = PlanDraft(name="成交付费·全店推广", default_bps=bps, goods=dict.fromkeys(sorted(on_sale)))
    key = f"demo-plan:{shop.shop_id}"
    plan_id = create_plan(
        shop_id=shop.shop_id, key=key, draft=draft, runs=True, actor_id=shop.owner_id, now=now - BEGAN
    )
    ads = {ad.product_id: (ad.ad_id, ad.group_id) for ad in list_ads(shop_id=shop.shop_id, campaign_id=plan_id)}
    brought = 0
    for share in shares:
        product_id = next((pk for pk in _list_products(share) if pk in ads), None)
        if product_id is not None:
            _click(share, plan_id, product_id, ads[product_id])
            brought += follow_sale(share_no=share.share_no, shop_id=shop.shop_id, now=now)
    return brought


def _list_products(share: ShareSummary) -> list[int]:
    return [int(str(line["product_id"])) for line in share.lines if line.get("product_id")]


def _click(share: ShareSummary, plan_id: int, product_id: int, ad: tuple[int, int]) -> None:
    """The buyer saw the product on the home page and clicked it, some time before the order."""
    at, (ad_id, group_id) = share.placed_at - BEFORE, ad
    decision, person = uuid5(_NAMES, share.share_no), name_person(user_id=share.buyer_id)
    line = DecisionLine(
        ad_id=ad_id,
        campaign_id=plan_id,
        group_id=group_id,
        keyword_id=None,
        shop_id=share.shop_id,
        product_id=product_id,
        place=1,
        kind=TokenKind.SALE,
        price_micro=0,
        inputs="",
    )
    network = f"demo-sale-{share.share_no}"
    stored = StoredDecision(
        decision_id=decision,
        day=business_date(at),
        decided_at=at,
        page=PageKind.HOME.value,
        query="",
        region="",
        auction="",
        person=person,
        network=network,
        lines=(line,),
    )
    store_decisions([stored])
    shown = ShownAd(
        kind=TokenKind.SALE,
        decision=decision,
        day=number_day(business_date(at)),
        ad=ad_id,
        place=1,
        price_micro=0,
        lease=0,
        expires_second=compute_expiry(TokenKind.SALE, int(at.timestamp())),
    )
    token = sign_token(shown, get_key_ring())
    note_rendered(tokens=[token], now=at + timedelta(seconds=1))
    record_click(token=token, facts=VisitorFacts(person=person, network=network), now=at + timedelta(seconds=9))
