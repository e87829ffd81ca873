"""Placing a purchase: one transaction over all shops, shops in id order, all or nothing, once a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from billing.checkout.contracts import (
    CartLineView,
    CartOwner,
    PurchaseState,
    PurchaseView,
    Quote,
    QuoteLine,
    QuoteProblem,
    ShopQuote,
)
from billing.checkout.models import CartLine, Purchase, PurchaseShare
from billing.checkout.numbers import make_purchase_no, make_share_no
from billing.checkout.rules import (
    MAX_SHOPS,
    group_by_shop,
    quote_line,
    quote_shop,
    sum_quote,
)
from billing.checkout.selectors import find_purchase_by_key, get_cart, to_purchase
from billing.checkout.services.agreeing import agree_commission, freeze_commission
from billing.checkout.services.announcing import mention_share
from billing.checkout.services.quoting import quote_cart
from billing.payments.contracts import ShareToPay
from billing.payments.selectors import list_merchant_accounts
from billing.payments.services import open_payment
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops_by_ids
from market.shops.tenancy import enter_shop
from tenants.catalog.contracts import SellableVariant
from tenants.catalog.selectors import list_sellable
from tenants.inventory.contracts import Wanted
from tenants.inventory.services import HoldClash, OutOfStock, hold_stock
from tenants.orders.contracts import OrderDraft, OrderLineDraft, PaymentMethod, ShipTo
from tenants.orders.services import open_order
from tenants.shipping.selectors import get_terms

MAX_NOTE = 200


class NothingToPlace(ValueError):
    """No line is ticked."""


class QuoteChanged(RuntimeError):
    """Price, stock or freight is not what the buyer agreed to; `quote` is today's, to be agreed to anew."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(quote.digest)
        self.quote = quote


class TooManyShops(ValueError):
    """One payment covers at most 50 shops."""


class SeveralCells(ValueError):
    """The shops of one purchase must live in one database cluster."""


class CannotBePaid(RuntimeError):
    """A shop cannot be paid this way yet; `shop` is the first such."""

    def __init__(self, shop: ShopContext) -> None:
        super().__init__(shop.slug)
        self.shop = shop


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """What a buyer agrees to. `key` makes a repeat harmless; `notes` is a note to each shop by its id."""

    buyer_id: int
    key: str
    quote_digest: str
    method: PaymentMethod
    ship_to: ShipTo
    notes: dict[int, str]


def place_purchase(*, request: PlaceRequest, now: datetime) -> PurchaseView:
    """Turn the ticked lines of the buyer's cart into a purchase: stock held, orders opened, payment opened.

    The same key again returns the first purchase. Raises `NothingToPlace`, `QuoteChanged` (with the new quote, also
    when stock ran short), `CannotBePaid`, `TooManyShops`, `SeveralCells`.
    """
    try:
        return _place(request, now)
    except (IntegrityError, HoldClash, OutOfStock, QuoteChanged, NothingToPlace) as error:
        # A repeat may lose against its own first try: what that placed is the answer.
        earlier = find_purchase_by_key(buyer_id=request.buyer_id, place_key=request.key)
        if earlier is not None:
            return earlier
        if isinstance(error, OutOfStock):
            raise QuoteChanged(quote_cart(owner=CartOwner(user_id=request.buyer_id))) from error
        raise


@dataclass(slots=True)
class _Placing:
    """A purchase on its way through the shops."""

    request: PlaceRequest
    purchase_no: str
    now: datetime
    expires_at: datetime | None


@transaction.atomic(durable=True)
def _place(request: PlaceRequest, now: datetime) -> PurchaseView:
    lines = [line for line in get_cart(CartOwner(user_id=request.buyer_id)).lines if line.ticked]
    if not lines:
        raise NothingToPlace
    by_shop = group_by_shop(lines)
    if len(by_shop) > MAX_SHOPS:
        raise TooManyShops(len(by_shop))
    shops = list_shops_by_ids(by_shop)
    expires_at = None if request.method is PaymentMethod.COD else now + timedelta(seconds=settings.HOLD_SECONDS)
    placing = _Placing(request, make_purchase_no(now), now, expires_at)
    quotes: list[ShopQuote] = []
    for position, (shop_id, shop_lines) in enumerate(by_shop.items(), start=1):
        shop = shops.get(shop_id)
        if shop is None or not shop.is_open:
            raise QuoteChanged(quote_cart(owner=CartOwner(user_id=request.buyer_id)))
        quotes.append(_place_in(shop, shop_lines, make_share_no(placing.purchase_no, position), placing))
    if len({shops[shop_id].cell for shop_id in by_shop}) > 1:
        raise SeveralCells
    quote = sum_quote(quotes)
    if quote.digest != request.quote_digest or not quote.can_be_placed:
        raise QuoteChanged(quote)
    purchase, shares = _write_purchase(placing, quote)
    if request.method is PaymentMethod.COD:
        for share in shares:
            mention_share(share, "share.agreed", now=now)
    else:
        _open_payment(placing, purchase, shares, [shops[shop_id] for shop_id in by_shop])
    CartLine.objects.filter(pk__in=[line.line_id for line in lines]).delete()
    return to_purchase(purchase, shares)


def _place_in(shop: ShopContext, lines: Sequence[CartLineView], share_no: str, placing: _Placing) -> ShopQuote:
    wanted = [Wanted(line.offer.variant_id, line.quantity) for line in lines]
    with enter_shop(shop):
        sellable = list_sellable([line.variant_id for line in wanted])
        terms = get_terms()
        hold_stock(hold_key=share_no, wanted=wanted, expires_at=placing.expires_at, now=placing.now)
        quoted = [quote_line(line, sellable.get(line.offer.variant_id), line.quantity) for line in lines]
        quote = quote_shop(shop, quoted, terms)
        if not any(line.problem is QuoteProblem.NOT_ON_SALE for line in quoted):
            open_order(draft=_draft_order(placing, share_no, quote, sellable), now=placing.now)
    return quote


def _draft_order(
    placing: _Placing, share_no: str, quote: ShopQuote, sellable: dict[int, SellableVariant]
) -> OrderDraft:
    request = placing.request
    return OrderDraft(
        share_no=share_no,
        purchase_no=placing.purchase_no,
        buyer_id=request.buyer_id,
        ship_to=request.ship_to,
        lines=tuple(_draft_line(line, sellable[line.offer.variant_id]) for line in quote.lines),
        goods_minor=quote.goods_minor,
        freight_minor=quote.freight_minor,
        total_minor=quote.total_minor,
        currency="CNY",
        method=request.method,
        note=request.notes.get(quote.shop_id, "").strip()[:MAX_NOTE],
    )


def _draft_line(line: QuoteLine, variant: SellableVariant) -> OrderLineDraft:
    return OrderLineDraft(
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        listing_id=line.offer.listing_id,
        title=variant.title,
        choices=variant.choices,
        sku=variant.sku,
        picture_url=variant.picture_url or line.offer.picture_url,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
    )


def _write_purchase(placing: _Placing, quote: Quote) -> tuple[Purchase, list[PurchaseShare]]:
    request, now = placing.request, placing.now
    state = PurchaseState.AGREED if request.method is PaymentMethod.COD else PurchaseState.WAITING
    purchase = Purchase.objects.create(
        purchase_no=placing.purchase_no,
        buyer_id=request.buyer_id,
        place_key=request.key,
        quote_digest=quote.digest,
        state=state.value,
        method=request.method.value,
        payment_no="" if request.method is PaymentMethod.COD else placing.purchase_no,
        total_minor=quote.total_minor,
        currency=quote.currency,
        placed_at=now,
        expires_at=placing.expires_at,
    )
    shares = [
        PurchaseShare(
            purchase=purchase,
            share_no=make_share_no(placing.purchase_no, position),
            shop_id=shop.shop_id,
            buyer_id=request.buyer_id,
            state_at=now,
            method=request.method.value,
            goods_minor=shop.goods_minor,
            freight_minor=shop.freight_minor,
            total_minor=shop.total_minor,
            currency=quote.currency,
            summary=_summarise(shop),
            placed_at=now,
            **freeze_commission(commission),
        )
        for position, (shop, commission) in enumerate(
            zip(quote.shops, agree_commission(quote, request.method), strict=True), start=1
        )
    ]
    return purchase, PurchaseShare.objects.bulk_create(shares)


def _summarise(shop: ShopQuote) -> dict[str, object]:
    return {
        "shop_zh": shop.shop_name.zh,
        "shop_en": shop.shop_name.en,
        "shop_slug": shop.shop_slug,
        "pieces": sum(line.quantity for line in shop.lines),
        "lines": [
            {
                "title_zh": line.offer.title.zh,
                "title_en": line.offer.title.en,
                "choices_zh": line.offer.choices.zh,
                "choices_en": line.offer.choices.en,
                "picture_url": line.offer.picture_url,
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price_minor,
                "listing_id": line.offer.listing_id,
                "product_id": line.offer.product_id,
            }
            for line in shop.lines
        ],
    }


def _open_payment(
    placing: _Placing, purchase: Purchase, shares: Sequence[PurchaseShare], shops: Sequence[ShopContext]
) -> None:
    accounts = list_merchant_accounts(shop_ids=[shop.shop_id for shop in shops], gateway=placing.request.method.value)
    for shop in shops:
        if shop.shop_id not in accounts:
            raise CannotBePaid(shop)
    if free := [shop for shop, share in zip(shops, shares, strict=True) if not share.total_minor]:
        raise CannotBePaid(free[0])
    assert placing.expires_at is not None
    open_payment(
        payment_no=purchase.payment_no,
        purchase_no=purchase.purchase_no,
        gateway=placing.request.method.value,
        currency=purchase.currency,
        shares=[
            ShareToPay(share.share_no, share.shop_id, accounts[share.shop_id], share.total_minor, purchase.purchase_no)
            for share in shares
        ],
        description=purchase.purchase_no,
        expires_at=placing.expires_at,
        now=placing.now,
    )
