"""What ads know of a visitor: trades by their place in the tree, province, shops bought at; nothing of who said no."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from market.taxonomy.models import Category
from market.taxonomy.selectors import forget_tree, get_tree
from search.auction.audiences import COMPUTER, MOBILE
from search.listings.keeping import forget_all
from search.listings.models import Listing
from search.signals.contracts import EventKind, Report, Sighting
from search.signals.services import name_person, record_reports, switch_interests
from storefront.ads import visitors
from storefront.ads.devices import find_device_bit
from storefront.ads.visitors import NOBODY, Traits, Wish, find_traits, join_trades, load_wishes
from tests.fixtures.api import make_person

ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@dataclass(frozen=True)
class Looked:
    """A listing, and the bit of its trade."""

    listing_id: int
    bit: int


@pytest.fixture
def tree(db, monkeypatch) -> Iterator[Looked]:
    """Three trades, and one listing in the third's lowest category."""
    forget_all()
    visitors._wishes.take()
    tops = [_make(slug) for slug in ("tea", "cups", "bags")]
    below = _make("bags-1", tops[2])
    forget_tree()
    now = datetime.now(UTC)
    listing = Listing.objects.create(
        shop_id=7, product_id=1, state="shown", category_ids=[tops[2].pk, below.pk], created_at=now, changed_at=now
    )
    yield Looked(listing.pk, 1 << get_tree().tops.index(tops[2].pk))
    forget_tree()


def test_a_trade_is_the_bit_of_its_place(tree: Looked) -> None:
    tops = get_tree().tops
    assert join_trades([tops[0], tops[2]], tops) == 0b101
    assert join_trades([987_654], tops) == 0
    assert join_trades(range(100), range(100)) == (1 << 56) - 1, "devices and buyers keep their bits"


def test_what_somebody_looked_at_becomes_bits_behind_the_page(tree: Looked) -> None:
    person, now = make_person("looker"), datetime.now(UTC)
    wish = Wish(name_person(user_id=person.user_id), person.user_id)
    _look(wish.person, tree.listing_id, now)
    assert find_traits(wish, now) == NOBODY, "a page asks no table"
    assert load_wishes(now) == 1
    assert find_traits(wish, now) == Traits(region="33", audiences=tree.bit, bought_at=frozenset())
    assert load_wishes(now) == 0, "what is known is not wished for again"


def test_of_who_switched_it_off_no_interest_and_no_purchase_is_known(tree: Looked) -> None:
    person, now = make_person("private"), datetime.now(UTC)
    wish = Wish(name_person(user_id=person.user_id), person.user_id)
    _look(wish.person, tree.listing_id, now)
    switch_interests(person=wish.person, is_on=False, now=now)
    find_traits(wish, now)
    load_wishes(now)
    assert find_traits(wish, now) == Traits(region="33")


def test_nobody_leaves_no_wish(tree: Looked) -> None:
    now = datetime.now(UTC)
    assert find_traits(Wish("", None), now) == NOBODY
    assert load_wishes(now) == 0


@pytest.mark.parametrize(
    ("headers", "bit"),
    [
        ({"HTTP_USER_AGENT": ANDROID}, MOBILE),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"}, COMPUTER),
        ({"HTTP_USER_AGENT": ANDROID, "HTTP_SEC_CH_UA_MOBILE": "?0"}, COMPUTER),
        ({}, COMPUTER),
    ],
)
def test_a_device_is_what_the_browser_says(headers: dict[str, str], bit: int) -> None:
    assert find_device_bit(RequestFactory().get("/", **headers)) == bit


def _make(slug: str, parent: Category | None = None) -> Category:
    path = f"{parent.path}/{slug}" if parent else slug
    return Category.objects.create(
        slug=slug, path=path, depth=2 if parent else 1, name_zh=slug, name_en=slug, parent=parent
    )


def _look(person: str, listing_id: int, now: datetime) -> None:
    sights = (Sighting(EventKind.VIEWED, listing_id, None),)
    record_reports(reports=[Report(token=f"look-{person[:8]}", at=now, person=person, sightings=sights)], now=now)
