"""Fixed places in the portal: bid, raise, withdraw, the outcome with its price, and nobody else's bids."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.ledger.tasks import post_requests
from billing.wallets.services import grant_bonus
from market.shops.contracts import Role
from market.shops.models import Membership
from search.campaigns.contracts import CreativeState
from search.listings.keeping import forget_all
from search.slots.contracts import BidState
from search.slots.models import Lot
from search.slots.selectors import list_bids_of_shop
from search.slots.services import close_due_lots, count_click, count_views, open_due_lots, save_slot
from tests.merchant_portal.conftest import Merchant, enter, make_person
from tests.search.slots.conftest import make_creative, top_up
from tests.search.slots.test_rules import make_terms


@pytest.fixture
def lot(db) -> Lot:
    """Tomorrow's carousel, by the real clock: pages have no other."""
    forget_all()
    now = timezone.now()
    save_slot(slot_id=0, terms=make_terms(closes=0), actor_id=1, now=now)
    open_due_lots(now=now)
    return Lot.objects.earliest("starts_at")


def equip(merchant: Merchant, minor: int = 50_000, state: CreativeState = CreativeState.APPROVED) -> int:
    now = timezone.now()
    top_up(merchant.shop.shop_id, minor, now)
    return make_creative(merchant.shop.shop_id, now, size=(1_800, 600), state=state)


def standing(merchant: Merchant, lot: Lot) -> tuple[int, BidState] | None:
    bid = list_bids_of_shop(shop_id=merchant.shop.shop_id, lot_ids=[lot.pk]).get(lot.pk)
    return (bid.maximum_minor, bid.state) if bid else None


def test_a_bid_is_placed_raised_and_withdrawn(merchant, lot) -> None:
    path, creative = f"/ads/slots/lots/{lot.pk}/", equip(merchant)
    page = merchant.browser.get("/ads/slots/").content.decode()
    assert "Carousel 1" in page and f'href="{path}"' in page
    page = merchant.browser.post(path, {"maximum": "120", "creative": creative}, follow=True).content.decode()
    assert "Your bid stands" in page and 'value="120.00"' in page and standing(merchant, lot)[0] == 12_000
    merchant.browser.post(path, {"maximum": "¥150.50", "creative": creative})
    assert standing(merchant, lot) == (15_050, BidState.STANDING)
    assert "150.50" in merchant.browser.get("/ads/slots/bids/").content.decode()
    page = merchant.browser.post(f"{path}withdraw/", follow=True).content.decode()
    assert "You have not bid yet" in merchant.browser.get("/ads/slots/bids/").content.decode()
    assert "Withdrawn" in page and standing(merchant, lot) is None
    assert "no bid of yours" in merchant.browser.post(f"{path}withdraw/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"maximum": ""}, "Enter the most"),
        ({"maximum": "99.99"}, "below the lowest price"),
        ({"maximum": "501"}, "Only ¥500.00 of your advertising balance is free cash"),
        ({"maximum": "2000000"}, "more than anybody may bid"),
        ({"maximum": "120", "creative": "1"}, "not one of the available choices"),
        ({"maximum": "x"}, "Enter a sum"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_held(merchant, lot, typed: dict[str, str], said: str) -> None:
    creative = equip(merchant)
    answer = merchant.browser.post(f"/ads/slots/lots/{lot.pk}/", {"creative": creative, **typed})
    assert (answer.status_code, standing(merchant, lot)) == (422, None)
    assert said in answer.content.decode()


def test_bonus_is_not_shown_as_free_since_it_buys_no_place(merchant, lot) -> None:
    equip(merchant, minor=50_000)
    now = timezone.now()
    grant_bonus(
        shop_id=merchant.shop.shop_id, amount_minor=77_000, expires_at=now + timedelta(days=30), reason="welcome",
        key="bonus", actor_id=1, now=now,
    )  # fmt: skip
    for path in ("/ads/slots/", f"/ads/slots/lots/{lot.pk}/"):
        page = merchant.browser.get(path).content.decode()
        assert "500.00" in page and "1,270.00" not in page and "onus is" in page


def test_next_to_close_is_when_bids_end(merchant, lot) -> None:
    Lot.objects.filter(pk=lot.pk).update(closes_at=timezone.now() + timedelta(hours=3, minutes=5))
    lot.refresh_from_db()
    page = merchant.browser.get("/ads/slots/").content.decode()
    cell = page.split(f'href="/ads/slots/lots/{lot.pk}/">')[1].split("</td>")[0]
    ends, rest = cell.split("</a>")
    assert f">{timezone.localtime(lot.closes_at):%m-%d %H:%M}</time>" in ends
    assert "3 hours left" in rest and f"for tomorrow ({timezone.localtime(lot.starts_at):%-d %b})" in rest


def test_a_lower_bid_says_what_to_do_instead(merchant, lot) -> None:
    path, creative = f"/ads/slots/lots/{lot.pk}/", equip(merchant)
    merchant.browser.post(path, {"maximum": "150", "creative": creative})
    answer = merchant.browser.post(path, {"maximum": "120", "creative": creative})
    assert answer.status_code == 422 and "withdraw it and bid anew" in answer.content.decode()
    assert standing(merchant, lot) == (15_000, BidState.STANDING)


def test_without_a_fitting_picture_the_page_says_what_is_needed(merchant, lot) -> None:
    make_creative(merchant.shop.shop_id, timezone.now(), size=(600, 600))
    page = merchant.browser.get(f"/ads/slots/lots/{lot.pk}/").content.decode()
    assert "no picture for this place yet" in page and "1200×400" in page


def test_the_outcome_explains_its_price_and_shows_others_nothing_of_it(make_merchant, lot) -> None:
    here, there = make_merchant("alpha"), make_merchant("beta")
    path = f"/ads/slots/lots/{lot.pk}/"
    here.browser.post(path, {"maximum": "303.30", "creative": equip(here)})
    there.browser.post(path, {"maximum": "200", "creative": equip(there)})
    assert "303.30" not in there.browser.get(path).content.decode()
    close_due_lots(now=lot.closes_at)
    page = here.browser.get(path).content.decode()
    assert "Why ¥210.00" in page and "Second highest bid" in page and "One step above it" in page
    assert "minutes served" in page.lower() and "beta" not in page.lower()
    page = there.browser.get(path).content.decode()
    assert "Somebody else bid more" in page and "303.30" not in page and "Why" not in page
    assert "Not won" in there.browser.get("/ads/slots/bids/").content.decode()
    assert "210.00" in here.browser.get("/ads/slots/bids/").content.decode()


def test_movements_name_the_place_and_its_time_and_open_the_lot(make_merchant, lot) -> None:
    here, there = make_merchant("alpha"), make_merchant("beta")
    path = f"/ads/slots/lots/{lot.pk}/"
    here.browser.post(path, {"maximum": "300", "creative": equip(here)})
    close_due_lots(now=lot.closes_at)
    post_requests(lot.closes_at)
    wallet = here.browser.get("/wallet/").content.decode()
    named = re.search(rf'<a href="{path}">(Carousel 1 · [^<]+)</a>', wallet)
    assert named and "tomorrow" in named[1]
    postings = re.findall(r'href="(/money/postings/\d+/)"[^>]*>Advertising slot won', wallet)
    assert postings
    for address in ("/wallet/", "/money/movements/", postings[0]):
        page = here.browser.get(address).content.decode()
        assert f'<a href="{path}">{named[1]}</a>' in page and "LOT-" not in page, address
    assert path not in there.browser.get("/wallet/").content.decode()


def test_a_picture_is_changed_once_the_lot_is_won_and_only_for_an_approved_one(merchant, lot) -> None:
    path, first = f"/ads/slots/lots/{lot.pk}/", equip(merchant)
    merchant.browser.post(path, {"maximum": "300", "creative": first})
    close_due_lots(now=lot.closes_at)
    other = make_creative(merchant.shop.shop_id, timezone.now(), size=(1_800, 600))
    waiting = make_creative(merchant.shop.shop_id, timezone.now(), size=(800, 360), state=CreativeState.WAITING)
    merchant.browser.post(f"{path}picture/", {"creative": waiting})
    assert Lot.objects.get(pk=lot.pk).creative_id == first
    merchant.browser.post(f"{path}picture/", {"creative": other})
    assert Lot.objects.get(pk=lot.pk).creative_id == other


def test_a_won_lot_says_how_often_it_was_seen_and_clicked(merchant, lot) -> None:
    path = f"/ads/slots/lots/{lot.pk}/"
    merchant.browser.post(path, {"maximum": "300", "creative": equip(merchant)})
    close_due_lots(now=lot.closes_at)
    for number in range(16):
        count_views(lot_ids=[lot.pk], now=lot.starts_at + timedelta(minutes=number))
    count_click(lot_id=lot.pk, now=lot.starts_at)
    said = merchant.browser.get(path).content.decode()
    assert "Seen 16 times · 1 click · 6.25% of views clicked" in said


def test_who_may_not_spend_money_may_not_bid(merchant, lot) -> None:
    person = make_person("editor")
    Membership.objects.create(
        user_id=person.user_id, shop_id=merchant.shop.shop_id, role=Role.GOODS.value, since=timezone.now()
    )
    browser, creative = enter(person), equip(merchant)
    for path in ("/ads/slots/", "/ads/slots/bids/", f"/ads/slots/lots/{lot.pk}/"):
        assert browser.get(path).status_code == 403
    answer = browser.post(f"/ads/slots/lots/{lot.pk}/", {"maximum": "120", "creative": creative})
    assert (answer.status_code, standing(merchant, lot)) == (403, None)


def test_what_does_not_exist_is_not_found(merchant, lot) -> None:
    for path in ("/ads/slots/lots/999999999/", "/ads/slots/nowhere/", "/ads/slots/bids/?after=forged"):
        assert merchant.browser.get(path).status_code == 404


def test_without_places_the_page_says_so(merchant) -> None:
    assert "No place is for sale yet" in merchant.browser.get("/ads/slots/").content.decode()
    assert "You have not bid yet" in merchant.browser.get("/ads/slots/bids/").content.decode()
