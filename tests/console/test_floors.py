"""Floors of clicks and views: listed with who set them, tried before they are set, and with their history."""

import pytest

from market.accounts.contracts import StaffRole
from search.campaigns.contracts import Charge, PageKind
from search.campaigns.selectors import get_floors, measure_floors
from search.campaigns.services import set_floor
from tests.console.test_pages import CHINESE, count_statements, words_of
from tests.merchant_portal.ads import advertise

LIST, SEARCH = "/ads/floors/", "/ads/floors/search/click/"


def floor() -> int:
    return get_floors().find(PageKind.SEARCH, Charge.CLICK)


def test_a_floor_is_tried_first_and_set_once_its_effect_was_seen(make_shop, clock, enter) -> None:
    advertise(make_shop("alpha"), clock.now)  # five words at 0.60
    staff = enter(StaffRole.REVIEWER)
    tried = staff.post(SEARCH, amount="0.75")
    assert tried.status_code == 200 and floor() == 10
    effect = tried.context["effect"]
    assert (effect.bids, effect.below_now, effect.below_then, effect.shops_below_then) == (5, 0, 5, 1)
    assert "At ¥0.75 5 live bids lie below" in tried.content.decode()
    other = staff.post(SEARCH, amount="0.80", seen=tried.context["seen"])
    assert other.status_code == 200 and floor() == 10, "another amount is tried anew"
    set_floor(page=PageKind.SEARCH, charge=Charge.CLICK, amount_minor=12, actor_id=1, now=clock.now)
    again = staff.post(SEARCH, amount="0.75", seen=tried.context["seen"])
    assert again.status_code == 200 and floor() == 12, "a colleague moved it meanwhile"
    assert staff.post(SEARCH, amount="0.75", seen=again.context["seen"]).status_code == 302
    assert floor() == 75
    page = staff.get(SEARCH).content.decode()
    assert "before: 0.12" in page and "amount: 0.75" in page
    assert "周岚" in staff.get(LIST).content.decode()


def test_bids_are_counted_at_their_best(make_shop, clock) -> None:
    advertise(make_shop("alpha"), clock.now)
    asked = [
        (PageKind.SEARCH, Charge.CLICK, 60),
        (PageKind.SEARCH, Charge.CLICK, 61),
        (PageKind.HOME, Charge.MILLE, 999),
    ]
    at_bid, above, places = measure_floors(asked)
    assert (at_bid.below_then, above.below_then, places.bids) == (0, 5, 0)


@pytest.mark.parametrize("amount", ["", "0", "-1", "cheap", "1000", "0.001"])
def test_what_is_no_floor_is_refused(db, enter, amount) -> None:
    assert enter(StaffRole.REVIEWER).post(SEARCH, amount=amount).status_code == 422
    assert floor() == 10


def test_only_reviewers_set_floors(db, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    assert "Reviewers and admins set floors" in staff.get(SEARCH).content.decode()
    assert staff.post(SEARCH, amount="0.75", seen="10:75").status_code == 403 and floor() == 10


def test_the_list_speaks_chinese_and_asks_a_bounded_number_of_statements(db, enter) -> None:
    staff = enter()
    page = words_of(staff.get(LIST, "zh-CN").content.decode())
    assert CHINESE.search(page) and "usual" not in page
    assert count_statements(staff, LIST) <= 45


@pytest.mark.parametrize("path", ["moon/click/", "search/mille/", "home/click/"])
def test_what_is_not_auctioned_has_no_floor(db, enter, path) -> None:
    assert enter().get(f"{LIST}{path}").status_code == 404
