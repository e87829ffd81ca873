"""Today's price of the ticked lines, asked of each shop's own tables."""

from collections.abc import Sequence

from django.db import transaction

from billing.checkout.contracts import CartLineView, CartOwner, Quote, ShopQuote
from billing.checkout.rules import group_by_shop, quote_closed_shop, quote_line, quote_shop, sum_quote
from billing.checkout.selectors import get_cart
from market.shops.contracts import ShopContext
from market.shops.selectors import map_shops, read_epochs
from market.shops.tenancy import enter_shop
from tenants.catalog.selectors import list_sellable
from tenants.inventory.selectors import get_availability
from tenants.shipping.selectors import get_terms


@transaction.atomic
def quote_cart(*, owner: CartOwner) -> Quote:
    """Price the ticked lines of a cart, shop by shop: four statements a shop. Reserves nothing."""
    return quote_lines(lines=[line for line in get_cart(owner).lines if line.ticked])


def quote_lines(*, lines: Sequence[CartLineView]) -> Quote:
    """Price lines inside the caller's transaction."""
    shops = map_shops(read_epochs())
    quotes = []
    for shop_id, shop_lines in group_by_shop(lines).items():
        shop = shops.get(shop_id)
        if shop is None or not shop.is_open:
            quotes.append(quote_closed_shop(shop_id, shop_lines))
        else:
            quotes.append(_quote_in(shop, shop_lines))
    return sum_quote(quotes)


def _quote_in(shop: ShopContext, lines: Sequence[CartLineView]) -> ShopQuote:
    variant_ids = [line.offer.variant_id for line in lines]
    with enter_shop(shop):
        sellable = list_sellable(variant_ids)
        available = get_availability(variant_ids)
        terms = get_terms()
    quoted = [
        quote_line(line, sellable.get(line.offer.variant_id), available.get(line.offer.variant_id, 0)) for line in lines
    ]
    return quote_shop(shop, quoted, terms)
