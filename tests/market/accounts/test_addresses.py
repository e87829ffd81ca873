"""The address book: limits, the default, two people, and a page that works without a script."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from market.accounts.models import Address
from market.accounts.regions import UnknownRegion, get_region, list_cities, list_districts, list_provinces
from market.accounts.rules import ADDRESSES_A_PERSON, is_safe_path
from market.accounts.selectors import find_address, find_default_address, list_addresses
from market.accounts.services import (
    AddressDraft,
    AddressNotFound,
    BadAddress,
    TooManyAddresses,
    add_address,
    change_address,
    make_default,
    remove_address,
)
from tests.market.accounts.conftest import PASSWORD, browser

DRAFT = AddressDraft(recipient="林 小满", phone="13800138000", district_code="330106", street="文三路 1 号 2 幢 301")
TYPED = {
    "recipient": "林小满",
    "phone": "138 0013 8000",
    "province": "33",
    "city": "3301",
    "district": "330106",
    "street": "文三路1号2幢301",
    "postcode": "310012",
}


def test_an_address_names_its_region_from_the_district(make_person, clock) -> None:
    address = add_address(user_id=make_person().user_id, draft=DRAFT, now=clock.now)
    assert (address.province, address.city, address.district) == ("浙江省", "杭州市", "西湖区")
    assert address.phone == "+8613800138000"
    assert address.is_default


def test_there_is_one_default_through_every_change(make_person, clock) -> None:
    user_id = make_person().user_id
    first, second, third = (add_address(user_id=user_id, draft=DRAFT, now=clock.now).address_id for _ in range(3))
    make_default(user_id=user_id, address_id=second)
    assert _defaults(user_id) == [second]
    remove_address(user_id=user_id, address_id=second)
    assert _defaults(user_id) == [third]
    change_address(user_id=user_id, address_id=third, draft=DRAFT)
    assert _defaults(user_id) == [third]
    remove_address(user_id=user_id, address_id=third)
    remove_address(user_id=user_id, address_id=first)
    assert find_default_address(user_id) is None


def test_an_address_book_is_full_at_twenty(make_person, clock) -> None:
    user_id = make_person().user_id
    for _ in range(ADDRESSES_A_PERSON):
        add_address(user_id=user_id, draft=DRAFT, now=clock.now)
    with pytest.raises(TooManyAddresses):
        add_address(user_id=user_id, draft=DRAFT, now=clock.now)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("recipient", "  ", "missing"),
        ("recipient", "长" * 41, "long"),
        ("recipient", "a\x07b", "unknown"),
        ("phone", "", "missing"),
        ("phone", "12", "unknown"),
        ("street", "", "missing"),
        ("street", "x" * 201, "long"),
        ("district_code", "", "missing"),
        ("district_code", "999999", "unknown"),
        ("district_code", "3301", "unknown"),
        ("postcode", "12ab", "digits"),
        ("postcode", "３１００１２", "digits"),
    ],
)
def test_what_cannot_be_an_address_is_refused(make_person, clock, field: str, value: str, reason: str) -> None:
    draft = AddressDraft(**{**{name: getattr(DRAFT, name) for name in DRAFT.__slots__}, field: value})
    with pytest.raises(BadAddress) as caught:
        add_address(user_id=make_person().user_id, draft=draft, now=clock.now)
    assert caught.value.problems == {field: reason}
    assert Address.objects.count() == 0


def test_two_people_do_not_reach_each_others_addresses(make_person, clock) -> None:
    mine, other = make_person().user_id, make_person().user_id
    address_id = add_address(user_id=mine, draft=DRAFT, now=clock.now).address_id
    assert list_addresses(other) == [] and find_address(user_id=other, address_id=address_id) is None
    for deed in (
        lambda: change_address(user_id=other, address_id=address_id, draft=DRAFT),
        lambda: make_default(user_id=other, address_id=address_id),
        lambda: remove_address(user_id=other, address_id=address_id),
    ):
        with pytest.raises(AddressNotFound):
            deed()
    client = signed_in(other)
    for path in ("", "default/", "delete/"):
        url = f"/account/addresses/{address_id}/{path}"
        assert (client.post(url, TYPED) if path else client.get(url)).status_code == 404
    assert len(list_addresses(mine)) == 1


def test_an_address_is_saved_from_the_page_and_leads_back(make_person) -> None:
    user_id = make_person().user_id
    client = signed_in(user_id)
    answer = client.post("/account/addresses/new/?next=/checkout/", {**TYPED, "next": "/checkout/"})
    assert answer.headers["Location"] == "/checkout/"
    assert list_addresses(user_id)[0].street == TYPED["street"]


def test_a_deletion_is_taken_back_once(make_person, clock) -> None:
    user_id = make_person().user_id
    before = add_address(user_id=user_id, draft=DRAFT, now=clock.now)
    client = signed_in(user_id)
    client.post(f"/account/addresses/{before.address_id}/delete/")
    assert list_addresses(user_id) == []
    assert "/account/addresses/restore/" in client.get("/account/addresses/").content.decode()
    for _ in range(2):
        client.post("/account/addresses/restore/")
    (after,) = list_addresses(user_id)
    assert (after.street, after.phone, after.is_default) == (before.street, before.phone, True)


def test_the_form_leads_nowhere_else(make_person) -> None:
    client = signed_in(make_person().user_id)
    answer = client.post("/account/addresses/new/", {**TYPED, "next": "//evil.example/"})
    assert answer.headers["Location"] == "/account/addresses/"


def test_without_a_script_a_button_brings_cities_and_districts(make_person) -> None:
    client = signed_in(make_person().user_id)
    page = client.post("/account/addresses/new/", {"recipient": "林小满", "province": "33", "city": "", "refresh": "1"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "杭州市" in text and "林小满" in text and "wrong" not in text
    page = client.post("/account/addresses/new/", {"province": "33", "city": "3301", "refresh": "1"})
    assert "西湖区" in page.content.decode()
    assert Address.objects.count() == 0


def test_with_a_script_the_selects_are_fetched_alone(make_person) -> None:
    client = signed_in(make_person().user_id)
    text = client.get("/account/addresses/regions/", {"province": "33", "city": "3301"}).content.decode()
    assert "西湖区" in text and "<html" not in text
    other = client.get("/account/addresses/regions/", {"province": "44", "city": "3301"}).content.decode()
    assert "深圳市" in other and "西湖区" not in other


@pytest.mark.parametrize(("language", "sentence"), [("en", "Choose the district."), ("zh-CN", "请选区县。")])
def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(make_person, language: str, sentence: str) -> None:
    client = signed_in(make_person().user_id, language)
    page = client.post("/account/addresses/new/", {**TYPED, "district": "", "postcode": "12"})
    assert page.status_code == 422
    assert sentence in page.content.decode() and TYPED["street"] in page.content.decode()


def test_every_district_has_a_city_and_a_province() -> None:
    codes = {d.code for p in list_provinces() for c in list_cities(p.code) for d in list_districts(c.code)}
    assert len(list_provinces()) == 31 and len(codes) > 2_900
    for code in codes:
        region = get_region(code)
        assert region.district.code == code and region.city.name and region.province.name
    for code in ("", "33", "3301", "330199", "abcdef"):
        with pytest.raises(UnknownRegion):
            get_region(code)


@given(st.text(max_size=30))
def test_a_safe_path_has_no_other_host(typed: str) -> None:
    from django.utils.http import url_has_allowed_host_and_scheme

    if is_safe_path("/" + typed):
        assert url_has_allowed_host_and_scheme("/" + typed, allowed_hosts=set())


def signed_in(user_id: int, language: str = "en") -> Client:
    from market.accounts.models import User

    client = browser(language=language)
    client.post("/accounts/login/", {"login": User.objects.get(pk=user_id).email, "password": PASSWORD})
    return client


def _defaults(user_id: int) -> list[int]:
    return [address.address_id for address in list_addresses(user_id) if address.is_default]
