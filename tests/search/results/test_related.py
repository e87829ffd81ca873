"""Shelves beside a listing: what belongs together first, only what visitors may see now, something even when cold."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from market.shops.selectors import read_epochs
from market.shops.services import suspend_shop
from market.shops.tenancy import enter_shop
from search.listings.contracts import ListingState
from search.listings.models import Listing
from search.listings.selectors import find_listing
from search.listings.services import refresh_listings
from search.results.contracts import Bond, ReasonKind, Recommendation, RelatedGoods
from search.results.models import Pair, Tally
from search.results.rules.weighing import LEAST_TIMES, weigh
from search.results.selectors import get_going_with, get_related
from search.results.services import forget_gone
from tenants.catalog.contracts import ProductStatus
from tenants.catalog.services import set_product_status
from tests.fixtures.statements import captured_statements
from tests.search.results.conftest import Fair

pytestmark = pytest.mark.django_db


def tie(bond: Bond, one: int, others: Sequence[int], *, times: int = 5) -> None:
    """As if so many had looked at or bought both."""
    weight = weigh(bond, datetime.now(UTC).date())
    for listing_id in (one, *others):
        Tally.objects.get_or_create(bond=bond, listing_id=listing_id, defaults={"weight": 10 * weight, "times": 10})
    for other in others:
        for low, high in ((one, other), (other, one)):
            Pair.objects.create(bond=bond, listing_id=low, partner_id=high, weight=times * weight, times=times)


def read_related(listing_id: int) -> RelatedGoods:
    epochs = read_epochs()
    document = find_listing(listing_id, epochs=epochs)
    assert document is not None
    return get_related(document, epochs=epochs, now=datetime.now(UTC))


def ids(shelf: Sequence[Recommendation]) -> list[int]:
    return [one.card.listing_id for one in shelf]


def hide(fair: Fair, listing_id: int, status: ProductStatus = ProductStatus.ARCHIVED) -> None:
    row = Listing.objects.get(pk=listing_id)
    shop = next(shop for shop in fair.shops if shop.shop_id == row.shop_id)
    with transaction.atomic(), enter_shop(shop):
        set_product_status(product_id=row.product_id, status=status, now=datetime.now(UTC))
    refresh_listings(shop_id=shop.shop_id, product_ids=[row.product_id], now=datetime.now(UTC))


def test_shelves_hold_what_belongs_together_over_all_shops_strongest_first(fair: Fair) -> None:
    mug, cup, tea, pot = (fair.add(shop=number % 2) for number in range(4))
    fair.index()
    tie(Bond.LOOKED, mug, [cup], times=3)
    tie(Bond.LOOKED, mug, [tea], times=8)
    tie(Bond.BOUGHT, mug, [pot])
    related = read_related(mug)
    assert ids(related.looked) == [tea, cup]
    assert ids(related.bought) == [pot]
    assert {one.reason.kind for one in related.looked} == {ReasonKind.LOOKED_TOGETHER}
    assert {one.reason.kind for one in related.bought} == {ReasonKind.BOUGHT_TOGETHER}


def test_one_visitors_doings_are_shown_to_nobody(fair: Fair) -> None:
    mug, cup = fair.add(), fair.add(trade=1)
    fair.index()
    tie(Bond.LOOKED, mug, [cup], times=LEAST_TIMES[Bond.LOOKED] - 1)
    tie(Bond.BOUGHT, mug, [cup], times=LEAST_TIMES[Bond.BOUGHT] - 1)
    related = read_related(mug)
    assert (related.looked, related.bought) == ((), ())


def test_a_new_product_has_goods_like_it_of_its_own_kind_first(fair: Fair) -> None:
    mug = fair.add(title="青釉马克杯")
    white = fair.add(shop=1, title="白釉马克杯")
    plate = fair.add(shop=1, title="青花盘子")
    shirt = fair.add(shop=1, trade=1, title="棉布衬衫")
    fair.index()
    related = read_related(mug)
    assert ids(related.similar)[:2] == [white, plate]
    assert mug not in ids(related.similar)
    assert related.similar[0].reason.kind is ReasonKind.LIKE_THIS
    assert shirt not in ids(related.similar)[:2]


def test_likeness_answers_from_the_table_while_there_is_no_index(fair: Fair) -> None:
    mug, white = fair.add(title="青釉马克杯"), fair.add(shop=1, title="白釉马克杯")
    assert ids(read_related(mug).similar) == [white]


def test_what_visitors_may_not_see_is_on_no_shelf_with_the_next_request(fair: Fair) -> None:
    mug, cup, tea, pot = (fair.add(shop=number % 2) for number in range(4))
    fair.index()
    tie(Bond.LOOKED, mug, [cup, tea, pot])
    assert sorted(ids(read_related(mug).looked)) == [cup, tea, pot]
    hide(fair, tea)
    assert sorted(ids(read_related(mug).looked)) == [cup, pot]
    suspend_shop(shop_id=fair.shops[1].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    related = read_related(mug)
    assert ids(related.looked) == []
    assert not {cup, pot} & set(ids(related.similar))


def test_what_is_sold_out_comes_last_and_goes_with_no_cart(fair: Fair) -> None:
    mug, cup, tea = fair.add(), fair.add(shop=1, pieces=0), fair.add(shop=1)
    fair.index()
    tie(Bond.LOOKED, mug, [cup], times=9)
    tie(Bond.LOOKED, mug, [tea], times=3)
    assert ids(read_related(mug).looked) == [tea, cup]
    assert ids(get_going_with([mug], epochs=read_epochs(), now=datetime.now(UTC))) == [tea]


def test_what_goes_with_a_cart_was_bought_with_it_first_and_is_not_in_it(fair: Fair) -> None:
    mug, cup, tea, pot = (fair.add(shop=number % 2) for number in range(4))
    fair.index()
    tie(Bond.LOOKED, mug, [cup], times=10)
    tie(Bond.BOUGHT, mug, [tea, pot])
    found = get_going_with([mug, pot], epochs=read_epochs(), now=datetime.now(UTC))
    assert ids(found)[:2] == [tea, cup]
    assert [one.reason.kind for one in found][:2] == [ReasonKind.BOUGHT_TOGETHER, ReasonKind.LOOKED_TOGETHER]


def test_an_empty_cart_goes_with_nothing(fair: Fair) -> None:
    fair.add()
    assert get_going_with([], epochs=read_epochs(), now=datetime.now(UTC)) == ()


def test_a_listing_that_is_gone_is_forgotten_and_a_hidden_one_is_not(fair: Fair) -> None:
    mug, cup, tea = fair.add(), fair.add(shop=1), fair.add(shop=1)
    tie(Bond.LOOKED, mug, [cup, tea])
    hide(fair, cup)
    Listing.objects.filter(pk=tea).update(state=ListingState.GONE.value, document={}, card={}, words=[], digest="")
    fair.index()  # numbers the changes
    now = datetime.now(UTC)
    while forget_gone(now=now):
        pass
    assert set(Pair.objects.values_list("listing_id", "partner_id")) == {(mug, cup), (cup, mug)}
    assert set(Tally.objects.values_list("listing_id", flat=True)) == {mug, cup}
    assert forget_gone(now=now) == 0


def test_shelves_take_three_statements_and_enter_no_shop(fair: Fair, monkeypatch: Any) -> None:
    mug, *others = (fair.add(shop=number % 2) for number in range(6))
    fair.index()
    tie(Bond.LOOKED, mug, others)
    epochs = read_epochs()
    document = find_listing(mug, epochs=epochs)
    assert document is not None
    for most in (3, 1):  # cold, and with likeness and cards known
        with captured_statements(monkeypatch) as sent:
            get_related(document, epochs=epochs, now=datetime.now(UTC))
        assert len(sent) <= most, str(sent)
        assert not sent.touches_shop
