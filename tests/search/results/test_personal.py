"""One's own shelf: from what one did, nothing bought or seen, varied, honest when nothing is known, nobody else's."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from market.shops.selectors import read_epochs
from search.results.contracts import Bond, ForYou, ReasonKind
from search.results.selectors import get_for_you
from search.results.services import count_looks
from search.signals.contracts import EventKind, Report, Sighting
from search.signals.services import record_reports
from tenants.catalog.contracts import ProductStatus
from tests.fixtures.statements import captured_statements
from tests.search.results.conftest import Fair
from tests.search.results.test_purchases import buy
from tests.search.results.test_related import hide, ids, tie

pytestmark = pytest.mark.django_db

ME, OTHER = "a" * 32, "b" * 32


def look_at(person: str, listing_ids: Sequence[int], kind: EventKind = EventKind.VIEWED) -> None:
    """Looks a minute apart, the last one now."""
    now = datetime.now(UTC)
    reports = [
        Report(f"{person}{pk}{kind}", now - timedelta(minutes=len(listing_ids) - place), person, (Sighting(kind, pk),))
        for place, pk in enumerate(listing_ids, 1)
    ]
    record_reports(reports=reports, now=now)


def read_shelf(person: str = ME, *, buyer_id: int | None = None) -> ForYou:
    return get_for_you(person, buyer_id=buyer_id, epochs=read_epochs(), now=datetime.now(UTC))


def test_what_belongs_to_what_one_looked_at_comes_first_and_says_so(fair: Fair) -> None:
    mug, tea, other = fair.add(title="青釉马克杯"), fair.add(shop=1, trade=1), fair.add(shop=1)
    fair.index()
    tie(Bond.LOOKED, mug, [tea])
    look_at(ME, [mug])
    shelf = read_shelf()
    first, *rest = shelf.items
    assert (first.card.listing_id, first.reason.kind, first.reason.listing_id) == (tea, ReasonKind.YOU_LOOKED, mug)
    assert first.reason.about is not None and first.reason.about.zh == "青釉马克杯"
    assert [one.card.listing_id for one in rest] == [other]  # of the same kind
    assert not shelf.is_cold


def test_what_was_bought_or_looked_at_is_not_shown_again(fair: Fair, now: datetime) -> None:
    mug, tea, pot, cup = (fair.add(shop=number % 2) for number in range(4))
    fair.index()
    tie(Bond.LOOKED, mug, [tea, pot, cup])
    look_at(ME, [mug, tea])
    buy(now, "P1", (1, "paid", [pot]), buyer_id=77)
    shelf = read_shelf(buyer_id=77)
    assert ids(shelf.items) == [cup]


def test_a_purchase_alone_makes_a_shelf_unless_it_was_given_back(fair: Fair, now: datetime) -> None:
    mug, tea, pot, cup = (fair.add(shop=number % 2, trade=number % 2) for number in range(4))
    fair.index()
    tie(Bond.BOUGHT, mug, [tea])
    tie(Bond.BOUGHT, pot, [cup])
    buy(now, "P1", (1, "completed", [mug]), (2, "refunded", [pot]), buyer_id=77)
    first = read_shelf("", buyer_id=77).items[0]
    assert (first.card.listing_id, first.reason.kind) == (tea, ReasonKind.YOU_BOUGHT)
    assert read_shelf("", buyer_id=78).is_cold


def test_nobody_sees_what_another_did(fair: Fair) -> None:
    mug, tea = fair.add(), fair.add(shop=1, trade=1)
    fair.index()
    tie(Bond.LOOKED, mug, [tea])
    look_at(OTHER, [mug])
    for stranger in (ME, ""):
        shelf = read_shelf(stranger)
        assert shelf.is_cold
        assert all(one.reason.kind is ReasonKind.NEW for one in shelf.items)


def test_a_cold_shelf_is_of_several_trades_and_says_what_it_is(fair: Fair) -> None:
    first = [fair.add(trade=0, shop=number % 2) for number in range(5)]
    second = [fair.add(trade=1, shop=number % 2) for number in range(5)]
    fair.index()
    shelf = read_shelf()
    assert shelf.is_cold and shelf.items
    assert set(ids(shelf.items)) & set(first) and set(ids(shelf.items)) & set(second)
    assert {one.reason.kind for one in shelf.items} == {ReasonKind.NEW}
    names = {trade.name_zh for trade in fair.trades}
    assert {one.reason.about.zh for one in shelf.items if one.reason.about} == names


def test_a_shelf_is_varied_however_much_of_one_shop_there_is(fair: Fair) -> None:
    mug = fair.add()
    others = [fair.add(shop=number % 2, trade=number % 2) for number in range(12)]
    fair.index()
    tie(Bond.LOOKED, mug, others)
    look_at(ME, [mug])
    shops = Counter(one.card.shop.shop_id for one in read_shelf().items)
    assert max(shops.values()) <= 2
    assert len(shops) == 2


def test_what_visitors_may_not_see_is_neither_shown_nor_named(fair: Fair) -> None:
    mug, tea, cup = fair.add(title="秘密马克杯"), fair.add(shop=1, trade=1), fair.add(shop=1, trade=1, pieces=0)
    fair.index()
    tie(Bond.LOOKED, mug, [tea, cup])
    look_at(ME, [mug])
    assert cup not in ids(read_shelf().items)
    hide(fair, mug, ProductStatus.DRAFT)
    first = read_shelf().items[0]
    assert (first.card.listing_id, first.reason.kind) == (tea, ReasonKind.YOU_LOOKED)
    assert (first.reason.about, first.reason.listing_id) == (None, None)
    hide(fair, tea)
    assert tea not in ids(read_shelf().items)


def test_looks_of_three_visitors_become_a_shelf_for_a_fourth(fair: Fair) -> None:
    mug, tea = fair.add(), fair.add(shop=1, trade=1)
    fair.index()
    for person in ("c" * 32, "d" * 32, "e" * 32):
        look_at(person, [mug, tea])
    while count_looks(now=datetime.now(UTC)) >= 0:
        pass
    look_at(ME, [mug])
    assert ids(read_shelf().items)[0] == tea


def test_a_shelf_takes_at_most_ten_statements_and_enters_no_shop(fair: Fair, now: datetime, monkeypatch: Any) -> None:
    mug, *others = (fair.add(shop=number % 2, trade=number % 2) for number in range(8))
    fair.index()
    tie(Bond.LOOKED, mug, others)
    look_at(ME, [mug])
    buy(now, "P1", (1, "paid", [others[0]]), buyer_id=77)
    epochs = read_epochs()
    for person, buyer_id, most in ((ME, 77, 10), ("", None, 4)):
        with captured_statements(monkeypatch) as sent:
            get_for_you(person, buyer_id=buyer_id, epochs=epochs, now=now)
        assert len(sent) <= most, str(sent)
        assert not sent.touches_shop
