"""Signing up and in, by telephone and by e-mail, without telling who has an account."""

import pytest
from django.test import Client

from market.accounts.models import User
from tests.market.accounts.conftest import PASSWORD, browser, messages_to, newest_code

PHONE, E164 = "138 0013 8000", "+8613800138000"


def sign_up_by_phone(client: Client, phone: str = PHONE):
    return client.post("/accounts/signup/", {"by": "phone", "phone": phone})


def test_a_new_shopper_signs_up_with_a_number_and_a_code(market: Client) -> None:
    answer = sign_up_by_phone(market)
    assert answer.headers["Location"] == "/accounts/phone/verify/"
    answer = market.post("/accounts/phone/verify/", {"code": newest_code(E164)})
    assert answer.status_code == 302
    user = User.objects.get()
    assert (user.phone, user.phone_verified, user.email) == (E164, True, None)
    assert market.get("/account/profile/").status_code == 200


def test_a_new_shopper_signs_up_with_an_address_a_password_and_a_code(market: Client) -> None:
    answer = market.post("/accounts/signup/", {"by": "email", "email": "New@Example.com", "password1": PASSWORD})
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert market.get("/account/profile/").status_code == 302
    market.post("/accounts/confirm-email/", {"code": newest_code("new@example.com")})
    assert User.objects.get().email == "new@example.com"
    assert market.get("/account/profile/").status_code == 200


@pytest.mark.parametrize("login", ["known@example.com", "Known@Example.com", "13900139000", "+86 139 0013 9000"])
def test_a_password_opens_by_address_or_number(market: Client, make_person, login: str) -> None:
    make_person(email="known@example.com", phone="13900139000")
    answer = market.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_a_code_by_text_message_opens(market: Client, make_person) -> None:
    make_person(phone=PHONE, email=None)
    answer = market.post("/accounts/login/code/", {"phone": PHONE, "email": ""})
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"
    answer = market.post("/accounts/login/code/confirm/", {"code": newest_code(E164)})
    assert answer.headers["Location"] == "/"


def test_signing_up_looks_the_same_for_a_known_and_a_new_number(market: Client, make_person) -> None:
    make_person(phone=PHONE)
    known, new = browser(), browser()
    first, second = sign_up_by_phone(known), sign_up_by_phone(new, "13900139000")
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    page, other = known.get("/accounts/phone/verify/"), new.get("/accounts/phone/verify/")
    assert page.status_code == other.status_code == 200
    assert _shape(page) == _shape(other)
    assert messages_to(E164) == messages_to("+8613900139000") == 1
    wrong, refused = (client.post("/accounts/phone/verify/", {"code": "000000"}) for client in (known, new))
    assert wrong.status_code == refused.status_code
    assert User.objects.filter(phone_verified=True).count() == 1


def test_signing_up_looks_the_same_for_a_known_and_a_new_address(make_person) -> None:
    make_person(email="known@example.com")
    pages = []
    for email in ("known@example.com", "other@example.com"):
        client = browser()
        answer = client.post("/accounts/signup/", {"by": "email", "email": email, "password1": PASSWORD})
        pages.append((answer.status_code, answer.headers["Location"], _shape(client.get(answer.headers["Location"]))))
        assert messages_to(email) == 1
    assert pages[0] == pages[1]


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_asking_for_a_code_looks_the_same_for_known_and_unknown(path: str, make_person) -> None:
    make_person(email="known@example.com")
    pages = []
    for email in ("known@example.com", "other@example.com"):
        client = browser()
        answer = client.post(path, {"email": email, "phone": ""})
        pages.append((answer.status_code, answer.headers["Location"], _shape(client.get(answer.headers["Location"]))))
        assert messages_to(email) == 1
    assert pages[0] == pages[1]


def test_a_wrong_password_and_an_unknown_account_get_the_same_sentence(make_person) -> None:
    make_person(email="known@example.com")
    bodies = set()
    for login in ("known@example.com", "other@example.com", "13700137000"):
        answer = browser().post("/accounts/login/", {"login": login, "password": "wrong"})
        assert "do not go together" in answer.content.decode()
        bodies.add(answer.status_code)
    assert bodies == {200}


def test_both_kinds_of_sign_up_hash_one_password(market: Client, make_person, monkeypatch) -> None:
    """The slow part of a sign-up happens once, whether the address is known or not."""
    make_person(email="known@example.com")
    hashed: list[str] = []
    monkeypatch.setattr("market.accounts.forms.make_password", lambda raw: hashed.append(raw) or "x")
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    for email in ("known@example.com", "other@example.com"):
        browser().post("/accounts/signup/", {"by": "email", "email": email, "password1": PASSWORD})
    assert hashed == [PASSWORD, PASSWORD]


def test_a_number_that_was_only_typed_blocks_nobody(market: Client) -> None:
    sign_up_by_phone(market)
    owner = browser()
    sign_up_by_phone(owner)
    owner.post("/accounts/phone/verify/", {"code": newest_code(E164)})
    assert owner.get("/account/profile/").status_code == 200
    assert User.objects.filter(phone_verified=True).count() == 1


def test_a_forgotten_password_is_replaced_with_a_code(market: Client, make_person) -> None:
    make_person(email="known@example.com")
    market.post("/accounts/password/reset/", {"email": "known@example.com"})
    market.post("/accounts/password/reset/confirm/", {"code": newest_code("known@example.com")})
    market.post(
        "/accounts/password/reset/complete/", {"password1": "another fine phrase", "password2": "another fine phrase"}
    )
    answer = browser().post("/accounts/login/", {"login": "known@example.com", "password": "another fine phrase"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(("language", "sentence"), [("en", "Enter your mobile number."), ("zh-CN", "请填手机号。")])
def test_an_empty_form_says_what_to_do_in_both_languages(language: str, sentence: str) -> None:
    answer = browser(language=language).post("/accounts/signup/", {"by": "phone", "phone": ""})
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1380013", "11 digits"),
        ("10000000000", "Chinese mobile"),
        ("+1 23", "country code"),
        ("010-88888888", "mobile"),
    ],
)
def test_a_wrong_number_gets_a_sentence_that_helps(market: Client, typed: str, sentence: str) -> None:
    assert sentence in sign_up_by_phone(market, typed).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/login/code/",
        "/accounts/signup/",
        "/accounts/signup/?by=email",
        "/accounts/password/reset/",
        "/accounts/inactive/",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_small_page_is_drawn(path: str, language: str) -> None:
    answer = browser(language=language).get(path)
    assert answer.status_code == 200
    assert 'placeholder="Phone' not in answer.content.decode()


def _shape(answer) -> str:
    """A page without what differs by nature: tokens, addresses and numbers."""
    import re

    text = answer.content.decode()
    text = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", text)
    return re.sub(r"[\w.+]+@[\w.]+|\+?\d[\d ]{5,}", "…", text)


def test_the_page_of_a_code_sends_it_back_to_itself(market: Client) -> None:
    sign_up_by_phone(market)
    assert 'method="post" novalidate' in market.get("/accounts/phone/verify/").content.decode()
