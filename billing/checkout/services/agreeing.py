"""What a sale pays us, by the rules as they stand when it is placed. It is kept with the sale and never asked again."""

from typing import TypedDict

from django.conf import settings

from billing.checkout.contracts import Quote, ShopQuote
from billing.payments.rules import most_commission_minor
from billing.settlement.contracts import Commission, SoldLine
from billing.settlement.rules.commission import commission_of, default_rule, freeze_groups
from billing.settlement.selectors import list_active_rules
from market.taxonomy.selectors import map_paths
from tenants.orders.contracts import PaymentMethod


class FrozenCommission(TypedDict):
    """The columns of a share that say what was agreed. `commission_bps` is 0 when several rates make it up."""

    commission_bps: int
    commission_vat_bps: int
    commission_minor: int
    commission_vat_minor: int
    commission_groups: list[dict[str, object]]


def agree_commission(quote: Quote, method: PaymentMethod) -> list[Commission]:
    """The commission of each shop's part of a quote, in its order: one statement for the rules."""
    rules = list_active_rules(currency=quote.currency)
    default = default_rule(
        rate_bps=settings.COMMISSION_BPS, vat_bps=settings.COMMISSION_VAT_BPS, currency=quote.currency
    )
    categories = {line.category_id for shop in quote.shops for line in shop.lines if line.category_id is not None}
    paths = map_paths(categories) if categories and rules else {}
    return [
        commission_of(
            _list_sold(shop, paths),
            rules=rules,
            default=default,
            shop_id=shop.shop_id,
            most_minor=most_commission_minor(method.value, shop.total_minor),
        )
        for shop in quote.shops
    ]


def freeze_commission(commission: Commission) -> FrozenCommission:
    """What is written into a share."""
    vat_rates = {group.vat_bps for group in commission.groups}
    return {
        "commission_bps": commission.rate_bps or 0,
        "commission_vat_bps": vat_rates.pop() if len(vat_rates) == 1 else 0,
        "commission_minor": commission.commission_minor,
        "commission_vat_minor": commission.commission_vat_minor,
        "commission_groups": freeze_groups(commission),
    }


def _list_sold(shop: ShopQuote, paths: dict[int, str]) -> list[SoldLine]:
    return [
        SoldLine(paths.get(line.category_id, "") if line.category_id is not None else "", line.line_minor)
        for line in shop.lines
    ]
