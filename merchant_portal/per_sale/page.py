"""What the pages of plans show: goods to tick with their rates, plans with their sums, sales in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language, gettext, pgettext

from market.shops.contracts import Epochs, ShopContext
from market.taxonomy.selectors import get_tree
from merchant_portal.ads.goods import GoodsRow, PickedGoods, find_goods
from merchant_portal.per_sale.typed import TypedPlan, print_rate
from search.auction.contracts import Rate, RateSource
from search.campaigns.contracts import CampaignState
from search.listings.selectors.advertised import list_advertised
from search.per_sale.contracts import SaleState, SaleView

MOST_SHOWN = 48


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category that some of the goods are in, with its rate as it was typed."""

    category_id: int
    name: str
    rate: str


def pick_goods(*, shop: ShopContext, typed: TypedPlan, epochs: Epochs) -> PickedGoods:
    """Goods of the plan, and what else meets the words that were searched for, or sells most."""
    picked = sorted(typed.ticked)
    goods = find_goods(shop=shop, words=typed.words, picked=picked, epochs=epochs, most=MOST_SHOWN)
    return replace(goods, rates=typed.goods)


def list_categories(*, shop_id: int, rows: Sequence[GoodsRow], typed: TypedPlan, epochs: Epochs) -> list[CategoryRow]:
    """The nearest categories of these goods, and those that have a rate."""
    found = list_advertised([(shop_id, row.card.product_id) for row in rows], epochs=epochs)
    ids = dict.fromkeys([*(one.category_ids[-1] for one in found if one.category_ids), *typed.categories])
    tree, language = get_tree(), get_language() or "zh-hans"
    return [
        CategoryRow(pk, tree.nodes[pk].name(language), typed.categories.get(pk, "")) for pk in ids if pk in tree.nodes
    ]


def badge_plan(state: CampaignState) -> tuple[str, str]:
    """A plan's state in words, and its tone."""
    return {
        CampaignState.DRAFT: (pgettext("campaign", "Draft"), ""),
        CampaignState.RUNNING: (pgettext("campaign", "Running"), "good"),
        CampaignState.PAUSED: (pgettext("campaign", "Paused"), "warn"),
        CampaignState.ENDED: (pgettext("campaign", "Ended"), ""),
    }[state]


def badge_sale(sale: SaleView) -> tuple[str, str]:
    """Where a sale stands, and its tone."""
    if sale.state is SaleState.CHARGED and sale.refunded_minor:
        return gettext("Refunded, given back"), ""
    return {
        SaleState.WAITING: (gettext("Due at release"), "warn"),
        SaleState.CHARGED: (gettext("Charged"), "good"),
        SaleState.GONE: (gettext("Called off, free"), ""),
        SaleState.INVALID: (gettext("Click not valid, free"), ""),
    }[sale.state]


def name_rate(rate: Rate | None) -> str:
    """A frozen rate and where it came from."""
    if rate is None:
        return gettext("not in the plan at the click")
    source = {
        RateSource.PRODUCT: gettext("the product's own"),
        RateSource.CATEGORY: gettext("its category's"),
        RateSource.PLAN: gettext("the plan's"),
    }[rate.source]
    return f"{print_rate(rate.bps)} % · {source}"
