"""A page for each place and each lot: terms change, bids stay sealed, taking a lot away says what goes back."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from billing.wallets.selectors import get_wallet
from market.accounts.contracts import StaffRole
from search.slots.contracts import LotState, LotView
from search.slots.models import Lot
from search.slots.selectors import count_standing_bids, find_lot, get_slot, list_slots, measure_cancel
from search.slots.services import close_due_lots, count_views, release_losers
from tests.conftest import Clock
from tests.console.test_creatives import address
from tests.console.test_in_a_browser import browser, look_over, site
from tests.console.test_pages import CHINESE, count_statements, words_of
from tests.search.slots.conftest import Bidder, Market, make_market

__all__ = ["browser", "make_market", "site"]

TERMS = {
    "name_zh": "首页横幅", "name_en": "Home banner", "position": "7", "width": "1200", "height": "200", "unit": "day",
    "length": "1", "days_ahead": "5", "closes_minutes": "60", "reserve": "90", "step": "5", "is_sold": "on",
}  # fmt: skip


@dataclass
class Street:
    """A place with a lot that takes bids, and two shops with money; pages look at the real clock."""

    market: Market
    lot: LotView
    alpha: Bidder
    beta: Bidder
    clock: Clock


@pytest.fixture
def street(clock, make_market) -> Street:
    clock.now = datetime.now(UTC)
    market = make_market()
    lot = next(one for one in market.lots() if one.takes_bids(clock.now))
    return Street(market, lot, market.bidder("alpha"), market.bidder("beta"), clock)


def test_a_place_is_added_changed_and_taken_off_sale(db, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    assert staff.get(address("add-place")).status_code == 200
    wrong = staff.post(address("add-place"), **TERMS, key="home banner", page="home", kind="banner")
    assert wrong.status_code == 422 and list_slots() == []
    made = staff.post(address("add-place"), **TERMS, key="home-banner-7", page="home", kind="banner")
    (slot,) = list_slots()
    assert made["Location"] == address("ads-place", slot.slot_id)
    assert (slot.terms.key, slot.terms.reserve_minor, slot.changed_by) == ("home-banner-7", 9_000, staff.user_id)
    assert Lot.objects.filter(slot_id=slot.slot_id).exists()
    change = address("change-place", slot.slot_id)
    for field, value in (("reserve", "0"), ("length", "32"), ("width", "0"), ("name_en", ""), ("step", "x")):
        assert staff.post(change, **{**TERMS, field: value}).status_code == 422, field
    assert get_slot(slot.slot_id) == slot
    assert staff.post(change, **{**TERMS, "reserve": "120.50", "is_sold": ""}).status_code == 302
    changed = get_slot(slot.slot_id)
    assert changed and (changed.terms.reserve_minor, changed.terms.is_sold) == (12_050, False)
    page = staff.get(address("ads-place", slot.slot_id)).content.decode()
    assert "not sold" in page and "120.50" in page and "Set up or changed a fixed place" in page


def test_two_places_cannot_stand_in_one_position(db, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    staff.post(address("add-place"), **TERMS, key="first", page="home", kind="banner")
    again = staff.post(address("add-place"), **TERMS, key="second", page="home", kind="banner")
    assert again.status_code == 422 and "has this position" in again.content.decode() and len(list_slots()) == 1
    same = staff.post(address("add-place"), **{**TERMS, "position": "8"}, key="first", page="home", kind="banner")
    assert find_wrongs(same.content.decode()) == {"id_key": "Another place has this key: choose another one."}


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"key": "home banner"}, "key", "只能使用英文字母、数字和连字符，例如 home-banner-3。"),
        ({"key": ""}, "key", "请填写标识，例如 home-banner-3。"),
        ({"key": "k" * 41}, "key", "标识最多40个字符，请缩短。"),
        ({"name_zh": "长" * 41}, "name_zh", "名称最多40个字，请缩短。"),
        ({"name_en": ""}, "name_en", "请填写名称，商家会看到。"),
        ({"position": "x"}, "position", "请填写整数。"),
        ({"length": "0"}, "length", "请填写不小于1的数。"),
        ({"width": "4001"}, "width", "请填写不大于4000的数。"),
        ({"unit": "week"}, "unit", "请选择其中一项。"),
        ({"kind": ""}, "kind", "请选择其中一项。"),
        (
            {"width": "777", "height": "333"},
            "width",
            "商家只能上传以下比例的图片：1200×400 · 1200×200 · 600×600。请让广告位采用其中一种比例。",
        ),
        (
            {"days_ahead": "1", "closes_minutes": "10080"},
            "closes_minutes",
            "场次提前1天开放，留给出价的时间不足一小时。请填写不超过1380分钟，或提前更多天开放。",
        ),
    ],
)
def test_what_a_place_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    db, enter, typed: dict[str, str], field: str, said: str
) -> None:
    staff = enter(StaffRole.REVIEWER)
    sent = {**TERMS, "key": "home-banner-7", "page": "home", "kind": "banner", **typed}
    answer = staff.client.post(address("add-place"), sent, headers={"accept-language": "zh-CN"})
    page = answer.content.decode()
    assert answer.status_code == 422 and find_wrongs(page) == {f"id_{field}": said}
    assert all(f'value="{value}"' in page for value in typed.values() if value not in ("", "week")) and not list_slots()


def test_who_adds_a_place_off_sale_is_not_told_that_it_takes_bids(db, enter) -> None:
    staff, off_sale = enter(StaffRole.REVIEWER), {**TERMS, "is_sold": ""}
    made = staff.post(address("add-place"), **off_sale, key="home-banner-7", page="home", kind="banner")
    page = staff.get(made["Location"]).content.decode()
    assert "Not sold yet" in page and "bid from now on" not in page and not Lot.objects.exists()


def find_wrongs(page: str) -> dict[str, str]:
    """What is said above a form that was refused after each field's name, by the field it leads to."""
    box = page.partition('class="wrong-list')[2].partition("</ul>")[0]
    return dict(re.findall(r'<a href="#([^"]+)">[^<：:]+[：:] ?([^<]+)</a>', box))


def test_bids_are_sealed_until_they_end_and_open_afterwards(street: Street, enter) -> None:
    lot, staff = street.lot, enter()
    street.alpha.bid(lot, 34_567)
    street.beta.bid(lot, 23_456)
    page = staff.get(address("ads-lot", lot.lot_id))
    said = page.content.decode()
    assert "2 sealed bids" in said and page.context["bids"] == [] and not re.search("345.67|234.56", said)
    assert count_standing_bids([lot.lot_id]) == {lot.lot_id: 2}
    place = staff.get(address("ads-place", lot.slot.slot_id)).content.decode()
    trail = staff.get("/trail/").content.decode()
    for text in (place, trail):
        assert not re.search("345.67|234.56|34567|23456", text)
    street.clock.now = lot.span.closes_at
    close_due_lots(now=street.clock.now)
    page = staff.get(address("ads-lot", lot.lot_id))
    assert [bid.maximum_minor for bid, _ in page.context["bids"]] == [34_567, 23_456]
    assert "Second highest bid" in page.content.decode() and "345.67" in page.content.decode()
    count_views(lot_ids=[lot.lot_id], now=lot.span.starts_at)
    said = staff.get(address("ads-lot", lot.lot_id)).content.decode()
    assert "Seen 1 time ·" in said and "0% of views clicked" in said


def test_taking_an_open_lot_away_frees_every_bid_and_says_so_before(street: Street, enter) -> None:
    lot, staff = street.lot, enter(StaffRole.REVIEWER)
    street.alpha.bid(lot, 30_000)
    before = get_wallet(street.alpha.shop_id)
    assert before.held_minor == 30_000
    effect = measure_cancel(lot.lot_id, now=street.clock.now)
    assert effect and (effect.bids, effect.shop_id, effect.returned_minor) == (1, None, 0)
    staff.post(address("cancel-lot", lot.lot_id), reason=" ")
    found = find_lot(lot.lot_id)
    assert found and found.state is LotState.OPEN
    staff.post(address("cancel-lot", lot.lot_id), reason="the page is rebuilt")
    release_losers(now=street.clock.now)
    assert get_wallet(street.alpha.shop_id).held_minor == 0
    assert measure_cancel(lot.lot_id, now=street.clock.now) is None
    page = staff.get(address("ads-lot", lot.lot_id)).content.decode()
    assert "Taken away: the page is rebuilt" in page and 'name="reason"' not in page


def test_a_sold_lot_gives_the_undelivered_rest_back(street: Street, enter) -> None:
    lot, staff = street.lot, enter(StaffRole.REVIEWER)
    street.alpha.bid(lot, 30_000)
    street.clock.now = lot.span.closes_at
    close_due_lots(now=street.clock.now)
    sold = find_lot(lot.lot_id)
    assert sold and sold.price_minor
    effect = measure_cancel(lot.lot_id, now=street.clock.now)
    assert effect and (effect.price_minor, effect.returned_minor) == (sold.price_minor, sold.price_minor)
    assert "is not delivered and goes back to the winner" in staff.get(address("ads-lot", lot.lot_id)).content.decode()
    staff.post(address("cancel-lot", lot.lot_id), reason="the page is rebuilt")
    assert get_wallet(street.alpha.shop_id).available_minor == 100_000
    assert "went back." in staff.get(address("ads-lot", lot.lot_id)).content.decode()


def test_who_is_no_reviewer_only_looks(street: Street, enter) -> None:
    staff = enter(StaffRole.SUPPORT)
    slot_id = street.lot.slot.slot_id
    assert "Reviewers and admins change places" in staff.get(address("ads-place", slot_id)).content.decode()
    assert staff.post(address("change-place", slot_id), **TERMS).status_code == 403
    assert staff.get(address("add-place")).status_code == 403
    assert 'name="reason"' not in staff.get(address("ads-lot", street.lot.lot_id)).content.decode()


def test_pages_speak_chinese_and_ask_a_bounded_number_of_statements(street: Street, enter) -> None:
    staff = enter()
    for path in (address("ads-place", street.lot.slot.slot_id), address("ads-lot", street.lot.lot_id)):
        page = words_of(staff.get(path, "zh-CN").content.decode())
        assert CHINESE.search(page) and "sealed" not in page
        assert count_statements(staff, path) <= 30


@pytest.mark.parametrize("name", ["ads-place", "ads-lot"])
def test_what_is_not_there_is_not_found(db, enter, name) -> None:
    assert enter().get(address(name, 999_999)).status_code == 404


@pytest.mark.browser
def test_places_and_lots_fit_and_break_no_rule(site, browser, street: Street, enter, committed_db) -> None:
    street.alpha.bid(street.lot, 34_500)
    street.beta.bid(street.lot, 23_400)
    street.clock.now = street.lot.span.closes_at
    close_due_lots(now=street.clock.now)
    sealed = next(one for one in street.market.lots() if one.lot_id != street.lot.lot_id)
    pages = {
        "places": address("ads-places"),
        "place": address("ads-place", street.lot.slot.slot_id),
        "new-place": address("add-place"),
        "lot": address("ads-lot", street.lot.lot_id),
        "lot-sealed": address("ads-lot", sealed.lot_id),
    }
    look_over(browser, enter(), site, pages, "console-ads")
