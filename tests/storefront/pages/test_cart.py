"""The cart: everything by plain forms."""

import re
from datetime import UTC, datetime

import pytest

from billing.checkout.contracts import CartOwner
from billing.checkout.selectors import get_cart
from market.shops.services import suspend_shop
from tests.storefront.pages.conftest import Browser

_LINE = re.compile(r'id="tick-(\d+)"')
_FORM_OWN = {"remove", "submit", "reset", "action", "method", "elements", "target", "id", "closest", "contains"}


def _lines(street):
    """By shop: each has one product here."""
    return {line.offer.shop_id: line for line in get_cart(CartOwner(user_id=street.buyer.user_id)).lines}


def _change(browser, lines, **form):
    """The form as the browser would send it: ticks and quantities as they stand, changed by `form`."""
    stands = {f"quantity-{line.line_id}": line.quantity for line in lines.values()}
    ticked = [line.line_id for line in lines.values() if line.ticked]
    return browser.send("/cart/change/", **{"tick": ticked, **stands, **form})


@pytest.fixture
def shopper(street):
    browser = street.shopper()
    for listing_id in street.listing_ids:
        assert browser.put_in(listing_id)["Location"] == "/cart/"
    return browser


@pytest.mark.parametrize(
    ("language", "words"), [("en", ["Cart", "Check out (1)"]), ("zh-CN", ["购物车", "结算（1件）"])]
)
def test_a_visitor_fills_a_cart_in_both_languages(street, language, words):
    visitor = Browser(language)
    assert visitor.put_in(street.listing_ids[0])["Location"] == "/cart/"
    page = visitor.open("/cart/")
    assert all(word in page for word in words)
    assert "青釉马克杯 EN" in page if language == "en" else "青釉马克杯" in page


def test_an_empty_cart_says_the_next_step(street):
    assert "Look around the market" in Browser().open("/cart/")


@pytest.mark.parametrize("quantity", ["0", "abc", "1000", "-1", ""])
def test_a_quantity_that_cannot_be_is_refused_with_a_sentence(street, quantity):
    visitor = Browser()
    answer = visitor.put_in(street.listing_ids[0], quantity)
    assert answer["Location"] == f"/item/{street.listing_ids[0]}/"
    assert "Enter a quantity from 1 to 999." in visitor.open(answer["Location"])
    assert "Your cart is empty" in visitor.open("/cart/")


def test_what_is_not_listed_cannot_be_put_in(street):
    visitor = Browser()
    page = f"/item/{street.listing_ids[0]}/"
    assert visitor.send("/cart/add/", page=page, listing_id=999_999, add=1).status_code == 404
    assert visitor.send("/cart/add/", page=page, listing_id="x", add=1).status_code == 404


def test_a_form_without_a_token_changes_nothing(street, shopper):
    before = _lines(street)
    for path in ("/cart/add/", "/cart/change/"):
        assert shopper.client.post(path, {"listing_id": street.listing_ids[0], "remove_ticked": 1}).status_code == 403
    assert _lines(street) == before


def test_a_guests_cart_joins_the_members_at_sign_in(street):
    browser = Browser()
    browser.put_in(street.listing_ids[1], 2)
    browser.sign_in(street.buyer.user_id)
    assert "明前龙井 EN" in browser.open("/cart/")
    assert [line.quantity for line in _lines(street).values()] == [2]


def test_buying_now_ticks_this_alone_and_goes_to_checkout(street, shopper):
    assert shopper.put_in(street.listing_ids[0], 3, buy=1)["Location"] == "/checkout/"
    lines = _lines(street)
    assert [(line.quantity, line.ticked) for line in (lines[shop.shop_id] for shop in street.shops)] == [
        (3, True),
        (1, False),
    ]


def test_a_step_counts_from_what_was_typed(street, shopper):
    lines = _lines(street)
    mug = lines[street.shops[0].shop_id]
    _change(shopper, lines, **{f"quantity-{mug.line_id}": "5", "step": f"{mug.line_id}:1"})
    assert _lines(street)[street.shops[0].shop_id].quantity == 6


def test_nonsense_leaves_the_cart_as_it_is(street, shopper):
    before = _lines(street)
    mug = before[street.shops[0].shop_id]
    nonsense = {f"quantity-{mug.line_id}": "x", "step": "1:2", "take_out": "-", "shop-0": "1"}
    assert _change(shopper, before, **nonsense).status_code == 302
    assert _lines(street) == before


def test_ticks_of_one_line_a_shop_and_all(street, shopper):
    mug, tea = (shop.shop_id for shop in street.shops)
    lines = _lines(street)
    _change(shopper, lines, tick=[lines[mug].line_id])
    assert not _lines(street)[tea].ticked
    assert 'aria-pressed="mixed"' in shopper.open("/cart/")
    _change(shopper, _lines(street), tick_all=1)
    assert all(line.ticked for line in _lines(street).values())
    _change(shopper, _lines(street), **{f"shop-{mug}": 1})
    assert [_lines(street)[shop_id].ticked for shop_id in (mug, tea)] == [False, True]
    _change(shopper, _lines(street), remove_ticked=1)
    assert list(_lines(street)) == [mug]


def test_one_line_is_taken_out_and_nobody_elses(street, shopper):
    lines = _lines(street)
    stranger = street.stranger()
    stranger.put_in(street.listing_ids[0])
    mug = lines[street.shops[0].shop_id]
    stranger.send("/cart/change/", take_out=mug.line_id, tick=[mug.line_id])
    assert set(_lines(street)) == set(lines)
    _change(shopper, lines, take_out=mug.line_id)
    assert list(_lines(street)) == [street.shops[1].shop_id]


def test_a_shop_that_was_suspended_does_not_hold_up_the_rest(street, shopper):
    suspend_shop(shop_id=street.shops[0].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    page = shopper.open("/cart/")
    assert "No longer sold" in page and "Closed at the moment" in page and "Find similar" in page
    assert f'href="/item/{street.listing_ids[0]}/"' not in page and 'href="/shop/alpha/"' not in page
    lines = _lines(street)
    assert _change(shopper, lines, settle=1)["Location"] == "/checkout/"
    page = shopper.open("/checkout/")
    assert "明前龙井 EN" in page and "cannot be bought any more" not in page


def test_a_script_gets_the_part_alone(street, shopper):
    lines = _lines(street)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shopper.open("/cart/"))[1]
    answer = shopper.client.post(
        "/cart/change/", {"csrfmiddlewaretoken": token}, headers={"hx-request": "true", "host": "jishi.localhost"}
    )
    text = answer.content.decode()
    assert answer.status_code == 200 and text.count('id="cart"') == 1 and "<html" not in text
    assert len(_LINE.findall(text)) == len(lines)


def test_no_field_hides_what_a_form_can_do(street, shopper):
    """A field's name becomes a property of its form: one named remove broke form.remove(), and with it every swap."""
    names = set(re.findall(r'<(?:button|input)[^>]* name="([^"]+)"', shopper.open("/cart/")))
    assert "take_out" in names and not names & _FORM_OWN


def test_enter_in_a_field_only_keeps_what_was_typed(street, shopper):
    """A browser presses a form's first button for Enter."""
    form = shopper.open("/cart/").split('<form id="cart"')[1]
    first = re.search(r"<button[^>]*>", form)[0]
    assert 'name="keep"' in first
    mug = _lines(street)[street.shops[0].shop_id]
    _change(shopper, _lines(street), **{f"quantity-{mug.line_id}": "4", "keep": "1"})
    after = _lines(street)[street.shops[0].shop_id]
    assert (after.quantity, after.ticked) == (4, True)
