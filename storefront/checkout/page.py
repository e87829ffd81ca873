"""The checkout page: addresses, the quote as a sum that explains itself, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language, gettext

from billing.checkout.contracts import Offer, Quote, QuoteLine, QuoteProblem
from market.accounts.contracts import AddressView
from storefront.checkout.forms import CheckoutForm
from web.shapes import SumRow


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """All that the template shows."""

    addresses: Sequence[AddressView]
    chosen_address_id: int
    sums: Sequence[SumRow]
    changed: Sequence[QuoteLine]
    dead: Sequence[QuoteLine]
    refreshed_offers: Sequence[Offer]

    @property
    def has_address(self) -> bool:
        return bool(self.addresses)


def read_checkout_page(quote: Quote, form: CheckoutForm, addresses: Sequence[AddressView]) -> CheckoutPage:
    """Put the page together; pure but for the language."""
    changed = [line for line in quote.problems if line.problem is QuoteProblem.PRICE_CHANGED]
    ids = [address.address_id for address in addresses]
    chosen = form.address_id if form.address_id in ids else (ids[0] if ids else 0)
    return CheckoutPage(
        addresses=addresses,
        chosen_address_id=chosen,
        sums=_sum_up(quote),
        changed=changed,
        dead=[line for line in quote.problems if line.problem is not QuoteProblem.PRICE_CHANGED],
        refreshed_offers=[replace(line.offer, price_minor=line.unit_price_minor) for line in changed],
    )


def _sum_up(quote: Quote) -> list[SumRow]:
    language = get_language() or "zh-hans"
    rows = [SumRow(shop.shop_name.best(language), shop.goods_minor) for shop in quote.shops]
    rows += [
        SumRow(gettext("Freight, %(shop)s") % {"shop": shop.shop_name.best(language)}, shop.freight_minor)
        for shop in quote.shops
        if shop.freight_minor
    ]
    if not quote.freight_minor:
        rows.append(SumRow(gettext("Freight"), 0))
    return [*rows, SumRow(gettext("Sum to pay"), quote.total_minor, kind="total")]
