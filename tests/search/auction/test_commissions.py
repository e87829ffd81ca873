"""Pay per sale: which rate holds, what is shown, and that an order's commission adds up whatever goes back."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.money import portion
from search.auction.commissions import (
    choose_offers,
    compute_shares,
    estimate_conversion,
    find_rate,
    split_refund,
    worth_of,
)
from search.auction.contracts import PlanRates, Rate, RateSource, SaleLine, SaleOffer
from tests.search.auction.markets import steady

RATES = PlanRates(default_bps=300, categories={1: 500, 12: 800}, products={7: 1_000})


@pytest.mark.parametrize(
    ("product", "categories", "rate"),
    [
        (7, (1, 12), Rate(1_000, RateSource.PRODUCT, 7)),
        (8, (1, 12), Rate(800, RateSource.CATEGORY, 12)),
        (8, (1, 13), Rate(500, RateSource.CATEGORY, 1)),
        (8, (2, 12, 20), Rate(800, RateSource.CATEGORY, 12)),
        (8, (2,), Rate(300, RateSource.PLAN)),
        (8, (), Rate(300, RateSource.PLAN)),
    ],
)
def test_the_nearest_rate_holds(product: int, categories: tuple[int, ...], rate: Rate) -> None:
    assert find_rate(RATES, product=product, categories=categories) == rate


def test_an_orders_commission_is_the_rates_of_its_goods_net_of_coupons() -> None:
    lines = [SaleLine(1, 12_000, 500), SaleLine(2, 10_000, 1_000), SaleLine(3, 8_000, None)]
    shares = compute_shares(lines, paid_minor=27_000)
    assert [share.net_minor for share in shares] == [10_800, 9_000, 7_200]
    assert [share.commission_minor for share in shares] == [540, 900, 0]
    half = compute_shares(lines, paid_minor=27_000, refunded_minor=13_500)
    assert [share.commission_minor for share in half] == [270, 450, 0]
    gone = compute_shares(lines, paid_minor=27_000, refunded_minor=27_000)
    assert [share.commission_minor for share in gone] == [0, 0, 0]


goods = st.lists(st.tuples(st.integers(0, 10**7), st.none() | st.integers(1, 5_000)), min_size=1, max_size=8)


@steady
@given(goods, st.data())
def test_parts_make_the_whole_and_a_commission_is_never_more_than_its_rate_of_what_is_left(
    bought: list[tuple[int, int | None]], data: st.DataObject
) -> None:
    lines = [SaleLine(number, price, bps) for number, (price, bps) in enumerate(bought, start=1)]
    paid = data.draw(st.integers(0, sum(price for price, _ in bought)))
    back = data.draw(st.integers(0, paid))
    shares = compute_shares(lines, paid_minor=paid, refunded_minor=back)
    assert (sum(s.net_minor for s in shares), sum(s.refunded_minor for s in shares)) == (paid, back)
    for line, share in zip(lines, shares, strict=True):
        assert 0 <= share.refunded_minor <= share.net_minor <= line.goods_minor
        assert share.commission_minor == portion(share.net_minor - share.refunded_minor, line.rate_bps or 0)
    untouched = sum(s.commission_minor for s in compute_shares(lines, paid_minor=paid))
    assert 0 <= sum(s.commission_minor for s in shares) <= untouched + len(lines)


@steady
@given(st.integers(0, 10**8), st.integers(0, 10**6), st.data())
def test_a_refund_is_of_goods_and_freight_alike(goods_minor: int, freight_minor: int, data: st.DataObject) -> None:
    back = data.draw(st.integers(0, goods_minor + freight_minor))
    of_goods = split_refund(back, goods_minor=goods_minor, freight_minor=freight_minor)
    assert 0 <= of_goods <= goods_minor and 0 <= back - of_goods <= freight_minor
    assert (
        split_refund(goods_minor + freight_minor, goods_minor=goods_minor, freight_minor=freight_minor) == goods_minor
    )


@pytest.mark.parametrize(("paid", "back"), [(101, 0), (50, 51), (50, -1)])
def test_sums_that_cannot_be_are_refused(paid: int, back: int) -> None:
    with pytest.raises(ValueError, match="back of"):
        compute_shares([SaleLine(1, 100, 500)], paid_minor=paid, refunded_minor=back)


offers = st.lists(
    st.builds(
        SaleOffer,
        ad=st.integers(1, 50),
        merchant=st.integers(1, 4),
        rate_bps=st.integers(1, 4),
        price_minor=st.integers(1, 4),
        conversion_ppm=st.integers(1, 4),
        closeness=st.integers(0, 2),
    ),
    max_size=6,
    unique_by=lambda offer: offer.ad,
)


@steady
@given(offers, st.integers(0, 4))
def test_a_shelf_is_what_trying_every_order_finds_best(wanted: list[SaleOffer], places: int) -> None:
    """Brute force: of all ways to fill the places with one ad a merchant, the one whose ranks read highest."""

    def rank(offer: SaleOffer) -> tuple[int, int, int]:
        return offer.closeness, worth_of(offer), -offer.ad

    merchants = {offer.merchant for offer in wanted}
    size = min(places, len(merchants))
    ways = [way for way in permutations(wanted, size) if len({offer.merchant for offer in way}) == size]
    best = max(ways, key=lambda way: [rank(offer) for offer in way])
    assert choose_offers(wanted, places) == list(best)
    assert choose_offers(list(reversed(wanted)), places) == list(best), "whatever order they are found in"


def test_conversion_begins_with_what_is_usual_and_follows_what_is_known() -> None:
    assert estimate_conversion(clicks=0, orders=0) == 20_000
    assert estimate_conversion(clicks=10_000, orders=1_000) == 98_431
    assert estimate_conversion(clicks=0, orders=10**9) == 1_000_000
