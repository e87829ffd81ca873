"""Text that no table can hold is refused with a page, wherever it is typed."""

import pytest

from web.middleware.text import is_unwritable


@pytest.mark.parametrize("address", ["/search?q=%00", "/search?a%00=1", "/shop/a%00b/", "/orders/?tab=%00"])
def test_a_nul_in_an_address_is_a_bad_request(db, client, settings, address):
    assert client.get(address, HTTP_HOST=settings.MARKET_HOST).status_code == 400


def test_a_nul_in_a_form_is_a_bad_request(db, client, settings):
    answer = client.post("/cart/change/", {"step": "1\x00"}, HTTP_HOST=settings.MARKET_HOST)
    assert answer.status_code == 400


def test_what_a_table_can_hold_is_let_through():
    assert not any(map(is_unwritable, ["", "马克杯", "a\tb", "𝄞", "é"]))
    assert is_unwritable("\ud83d") and is_unwritable("a\x00")
