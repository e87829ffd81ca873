"""Pay per sale: which rate holds, what is worth showing, and the commission on an order. Integers only."""

from collections.abc import Sequence

from market.money import portion, split
from search.auction.contracts import PlanRates, Rate, RateSource, SaleLine, SaleOffer, SaleShare
from search.auction.contracts.units import PPM

PRIOR_CLICKS = 200
USUAL_CONVERSION_PPM = 20_000
"""Before anything is known of a product, two of a hundred clicks are taken to buy, with the weight of 200 clicks."""


def find_rate(rates: PlanRates, *, product: int, categories: Sequence[int]) -> Rate:
    """The product's own rate, else that of its nearest category (`categories` from the top down), else the plan's."""
    if product in rates.products:
        return Rate(rates.products[product], RateSource.PRODUCT, product)
    near = next((pk for pk in reversed(categories) if pk in rates.categories), None)
    if near is not None:
        return Rate(rates.categories[near], RateSource.CATEGORY, near)
    return Rate(rates.default_bps, RateSource.PLAN)


def estimate_conversion(*, clicks: int, orders: int) -> int:
    """Orders expected of a million clicks, smoothed; never more than a million."""
    expected = orders * PPM + PRIOR_CLICKS * USUAL_CONVERSION_PPM
    return min(PPM, expected // (clicks + PRIOR_CLICKS))


def worth_of(offer: SaleOffer) -> int:
    """What a click is expected to bring in commission, in units that only compare: rate x price x conversion."""
    return offer.rate_bps * offer.price_minor * offer.conversion_ppm


def choose_offers(offers: Sequence[SaleOffer], places: int) -> list[SaleOffer]:
    """What a page shows: the closest first, then the most worth, then the lower id; one of each merchant."""
    chosen: list[SaleOffer] = []
    merchants: set[int] = set()
    for offer in sorted(offers, key=lambda one: (-one.closeness, -worth_of(one), one.ad)):
        if len(chosen) == places:
            break
        if offer.merchant not in merchants:
            merchants.add(offer.merchant)
            chosen.append(offer)
    return chosen


def compute_shares(lines: Sequence[SaleLine], *, paid_minor: int, refunded_minor: int = 0) -> list[SaleShare]:
    """What each line comes to, when so much was paid for all goods after coupons and so much of that went back.

    Coupons and refunds are divided over lines by largest remainder. The commission is a line's rate of what is left of
    it, half up. Raises ValueError for more than the goods cost, or more back than was paid.
    """
    goods = [line.goods_minor for line in lines]
    if min(goods, default=0) < 0 or not 0 <= refunded_minor <= paid_minor <= sum(goods):
        raise ValueError(f"{refunded_minor} back of {paid_minor} paid of {sum(goods)}")
    nets = _divide(paid_minor, goods)
    backs = _divide(refunded_minor, nets)
    return [
        SaleShare(line.number, net, back, portion(net - back, line.rate_bps) if line.rate_bps else 0)
        for line, net, back in zip(lines, nets, backs, strict=True)
    ]


def split_refund(refunded_minor: int, *, goods_minor: int, freight_minor: int) -> int:
    """The part of a refund that is for goods: goods and freight go back alike."""
    if not 0 <= refunded_minor <= goods_minor + freight_minor:
        raise ValueError(f"{refunded_minor} back of {goods_minor} and {freight_minor}")
    return _divide(refunded_minor, [goods_minor, freight_minor])[0]


def _divide(total_minor: int, weights: Sequence[int]) -> list[int]:
    return list(split(total_minor, weights)) if any(weights) else [0] * len(weights)
