"""Pure decisions of checkout: the quote, line by line and shop by shop."""

import hashlib
from collections.abc import Mapping, Sequence

from billing.checkout.contracts import CartLineView, Quote, QuoteLine, QuoteProblem, ShopQuote
from market.shops.contracts import ShopContext
from tenants.catalog.contracts import SellableVariant, Text
from tenants.shipping.contracts import FreightTerms
from tenants.shipping.rules import charge_freight

MAX_LINES = 200
MAX_QUANTITY = 999
MAX_SHOPS = 50  # WeChat Pay combines at most 50 sub-orders


def quote_line(line: CartLineView, sellable: SellableVariant | None, available: int) -> QuoteLine:
    """A cart line at today's price, with the reason why it cannot be bought if there is one."""
    if sellable is None or not sellable.on_sale:
        return _at_old_price(line, QuoteProblem.NOT_ON_SALE)
    problem: QuoteProblem | None = None
    if available < line.quantity:
        problem = QuoteProblem.SHORT
    elif sellable.price_minor != line.offer.price_minor:
        problem = QuoteProblem.PRICE_CHANGED
    return QuoteLine(
        line_id=line.line_id,
        offer=line.offer,
        sku=sellable.sku,
        quantity=line.quantity,
        available=max(0, available),
        unit_price_minor=sellable.price_minor,
        line_minor=sellable.price_minor * line.quantity,
        weight_grams=sellable.weight_grams * line.quantity,
        problem=problem,
        price_before_minor=line.offer.price_minor if sellable.price_minor != line.offer.price_minor else None,
        category_id=sellable.category_id,
    )


def quote_closed_shop(shop_id: int, lines: Sequence[CartLineView]) -> ShopQuote:
    """A shop that visitors may not see: its lines are listed, none of them counts."""
    offer = lines[0].offer
    dead = tuple(_at_old_price(line, QuoteProblem.SHOP_CLOSED) for line in lines)
    return ShopQuote(shop_id, offer.shop_name, offer.shop_slug, dead, 0, 0, 0, None)


def quote_shop(shop: ShopContext, lines: Sequence[QuoteLine], terms: FreightTerms) -> ShopQuote:
    """One shop's lines and freight; lines that cannot be bought do not count."""
    goods = sum(line.line_minor for line in lines if line.problem in (None, QuoteProblem.PRICE_CHANGED))
    freight = charge_freight(terms, goods)
    return ShopQuote(
        shop_id=shop.shop_id,
        shop_name=Text(shop.name.zh, shop.name.en),
        shop_slug=shop.slug,
        lines=tuple(lines),
        goods_minor=goods,
        freight_minor=freight,
        total_minor=goods + freight,
        free_freight_from_minor=terms.free_from_minor,
    )


def sum_quote(shops: Sequence[ShopQuote], currency: str = "CNY") -> Quote:
    """The whole quote; its digest covers shops, variants, pieces, prices and freight."""
    ordered = tuple(sorted(shops, key=lambda shop: shop.shop_id))
    parts = [
        f"{shop.shop_id}:{shop.freight_minor}:"
        + ",".join(
            f"{line.offer.variant_id}*{line.quantity}@{line.unit_price_minor}"
            for line in sorted(shop.lines, key=lambda line: line.offer.variant_id)
        )
        for shop in ordered
    ]
    return Quote(
        shops=ordered,
        goods_minor=sum(shop.goods_minor for shop in ordered),
        freight_minor=sum(shop.freight_minor for shop in ordered),
        total_minor=sum(shop.total_minor for shop in ordered),
        currency=currency,
        digest=hashlib.sha256(";".join([currency, *parts]).encode()).hexdigest(),
    )


def group_by_shop(lines: Sequence[CartLineView]) -> Mapping[int, list[CartLineView]]:
    """Lines by shop, shops in id order (the order in which they are entered and locked)."""
    shops: dict[int, list[CartLineView]] = {}
    for line in sorted(lines, key=lambda line: (line.offer.shop_id, line.offer.variant_id)):
        shops.setdefault(line.offer.shop_id, []).append(line)
    return shops


def _at_old_price(line: CartLineView, problem: QuoteProblem) -> QuoteLine:
    return QuoteLine(
        line_id=line.line_id,
        offer=line.offer,
        sku="",
        quantity=line.quantity,
        available=0,
        unit_price_minor=line.offer.price_minor,
        line_minor=line.offer.price_minor * line.quantity,
        weight_grams=0,
        problem=problem,
    )
