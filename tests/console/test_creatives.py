"""Staff look at merchants' pictures: approve, refuse with a reason, take down, and nobody without the role."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from console import lists
from console.advertising import creatives
from market.accounts.contracts import StaffRole
from market.audit.selectors import list_entries
from market.shops.selectors import read_epochs
from search.campaigns.contracts import CreativeState, PageKind
from search.campaigns.selectors import list_creatives, map_creatives
from search.slots.contracts import LotUnit
from search.slots.selectors import list_running
from search.slots.services import watch_running
from tests.console.test_in_a_browser import browser, look_over, site
from tests.console.test_pages import count_statements
from tests.search.slots.conftest import make_creative, make_market

__all__ = ["browser", "make_market", "site"]


def address(name: str, *args: object) -> str:
    return reverse(f"console:{name}", args=args, urlconf="config.urls.console")


def test_a_picture_is_approved_or_refused_with_a_reason(make_shop, enter) -> None:
    shop, staff = make_shop("alpha"), enter(StaffRole.REVIEWER)
    first, second = (
        make_creative(shop.shop_id, timezone.now(), state=CreativeState.WAITING, size=size)
        for size in ((1_200, 400), (1_200, 200))
    )
    page = staff.get(address("ads-creatives")).content.decode()
    assert "1200×400" in page and "1200×200" in page and "Alpha" in page
    staff.post(address("decide-creative", first), word="approve")
    refused = staff.post(address("decide-creative", second), word="refuse", reason=" ")
    assert refused.status_code == 422 and "Write a reason of one line" in refused.content.decode()
    long = staff.post(address("decide-creative", second), word="refuse", reason="x" * 201)
    assert "at most 200 characters" in long.content.decode() and f'value="{"x" * 201}"' in long.content.decode()
    assert map_creatives([second])[second].state is CreativeState.WAITING
    staff.post(address("decide-creative", second), word="refuse", reason="it promises cures")
    found = map_creatives([first, second])
    assert (found[first].state, found[second].state) == (CreativeState.APPROVED, CreativeState.REFUSED)
    assert found[second].reason == "it promises cures"
    assert [line.actor_id for line in list_entries(action="creative.approved", limit=5)] == [staff.user_id]
    assert "No picture waits" in staff.get(address("ads-creatives")).content.decode()


def test_who_asks_again_for_a_reason_that_was_sent_back_is_led_to_the_list(make_shop, enter) -> None:
    creative = make_creative(make_shop("alpha").shop_id, timezone.now(), state=CreativeState.WAITING)
    staff, path = enter(StaffRole.REVIEWER), f"{address('decide-creative', creative)}?tab=waiting&shop=alpha"
    assert staff.post(path, word="refuse", reason=" ").status_code == 422
    again = staff.get(path)
    assert (again.status_code, again["Location"]) == (302, f"{address('ads-creatives')}?tab=waiting&shop=alpha")
    assert map_creatives([creative])[creative].state is CreativeState.WAITING


def test_who_is_no_reviewer_looks_and_decides_nothing(make_shop, enter) -> None:
    creative = make_creative(make_shop("alpha").shop_id, timezone.now(), state=CreativeState.WAITING)
    staff = enter(StaffRole.SUPPORT)
    assert 'value="approve"' not in staff.get(address("ads-creatives")).content.decode()
    assert staff.post(address("decide-creative", creative), word="approve").status_code == 403
    assert map_creatives([creative])[creative].state is CreativeState.WAITING


def test_pictures_that_wait_are_counted_on_the_rail_and_among_what_somebody_has_to_do(make_shop, enter) -> None:
    staff, shop, door = enter(), make_shop("alpha"), 'href="/ads/creatives/"'
    for size, state in (((1_200, 400), CreativeState.WAITING), ((600, 600), CreativeState.APPROVED)):
        make_creative(shop.shop_id, timezone.now(), state=state, size=size)
    for path, doors in (("/", 2), ("/shops/", 1), ("/ads/creatives/", 1)):
        page = staff.get(path).content.decode()
        rail, _, content = page.partition("<main")
        (entry,) = (one for one in rail.split("</li>") if door in one)
        assert '<span class="badge">1</span>' in entry, path
        assert content.count(door) == doors - 1 and page.count(door) == doors, path
        assert path != "/" or "Pictures to review" in content


def test_an_approved_picture_is_found_and_taken_down_and_the_place_that_shows_it_stands_empty(
    clock, make_market, enter
) -> None:
    market, staff = make_market(LotUnit.HOUR, closes_minutes=30), enter(StaffRole.REVIEWER)
    lot, tea, cups = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    tea.bid(lot, 20_000)
    market.close(lot)
    clock.now = lot.span.starts_at
    watch_running(now=clock.now)
    (running,) = list_running(page=PageKind.HOME, epochs=read_epochs(), now=clock.now)
    assert running.lot_id == lot.lot_id
    tab = f"{address('ads-creatives')}?tab=approved"
    both, own = staff.get(tab).content.decode(), staff.get(f"{tab}&shop=alpha").content.decode()
    assert "takes it down for good" in both and 'value="approve"' not in both
    assert [f"reason-{one.creative_id}" in both for one in (tea, cups)] == [True, True]
    assert [f"reason-{one.creative_id}" in own for one in (tea, cups)] == [True, False]
    sent = staff.post(f"{address('decide-creative', tea.creative_id)}?tab=approved", word="refuse", reason="it lies")
    assert sent["Location"] == tab
    assert f"reason-{tea.creative_id}" not in staff.get(tab).content.decode()
    assert "it lies" in staff.get(f"{address('ads-creatives')}?tab=refused").content.decode()
    assert watch_running(now=clock.move(minutes=1)) == 0, "a minute without the picture is not delivered"
    assert not market.again(lot).is_servable
    (running,) = list_running(page=PageKind.HOME, epochs=read_epochs(), now=clock.now)
    assert running.creative is None
    own_pictures = list_creatives(shop_id=tea.shop_id)
    assert [(one.state, one.reason) for one in own_pictures] == [(CreativeState.REFUSED, "it lies")]


def test_lists_of_pictures_go_on_and_ask_the_same_however_many_there_are(make_shop, enter, monkeypatch) -> None:
    monkeypatch.setattr(creatives, "PAGE", 3)
    monkeypatch.setattr(lists, "PAGE", 3)
    staff, now = enter(StaffRole.REVIEWER), timezone.now()
    first = [make_creative(make_shop("alpha").shop_id, now, size=(1_200, 400))]
    path = f"{address('ads-creatives')}?tab=approved"
    few = count_statements(staff, path)
    more = [make_creative(make_shop(f"shop-{number}").shop_id, now) for number in range(3)]
    assert count_statements(staff, path) == few
    page = staff.get(path).content.decode()
    (cursor,) = set(re.findall(r"after=([^\"&]+)", page))
    rest = staff.get(f"{path}&after={cursor}").content.decode()
    assert re.findall(r'id="reason-(\d+)"', page) == [str(one) for one in reversed(more)], "the newest first"
    assert re.findall(r'id="reason-(\d+)"', rest) == [str(one) for one in first]
    assert staff.get(f"{address('ads-creatives')}?tab=waiting&after={cursor}").status_code == 404
    assert staff.get(f"{address('ads-creatives')}?tab=none").status_code == 404


@pytest.mark.browser
def test_pictures_fit_both_widths_and_break_no_rule(site, browser, make_shop, enter) -> None:
    visitor, shop, now = enter(), make_shop("alpha"), timezone.now()
    for state in CreativeState:
        make_creative(shop.shop_id, now, state=state)
    pages = {one.value: f"/ads/creatives/?tab={one.value}" for one in CreativeState}
    look_over(browser, visitor, site, pages, "console-pictures")
