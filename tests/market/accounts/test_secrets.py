"""What is unreadable at rest, and still found."""

import pytest
from cryptography.fernet import InvalidToken
from django.core.exceptions import FieldError
from django.db import connection

from market.accounts.fields import blind_index, decrypt_text, encrypt_text, rotate_text
from market.accounts.models import Address, User
from market.accounts.rules import BadPhone, mask_phone, normalize_mobile, normalize_phone, show_phone
from market.accounts.selectors import find_user_by_phone
from market.accounts.services import AddressDraft, AlreadyRegistered, add_address
from tests.market.accounts.conftest import browser

PHONE = "13800138000"


def raw(*tables: str) -> str:
    """Everything that stands in tables, as the database sees it."""
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += cursor.fetchall()
    return str(rows)


def test_telephone_and_street_are_unreadable_in_the_tables(make_person, clock) -> None:
    person = make_person(phone=PHONE)
    draft = AddressDraft(recipient="林小满", phone=PHONE, district_code="330106", street="文三路1号")
    add_address(user_id=person.user_id, draft=draft, now=clock.now)
    text = raw("accounts_user", "accounts_address")
    assert PHONE not in text and "文三路" not in text
    assert User.objects.get().phone == "+86" + PHONE and Address.objects.get().street == "文三路1号"


def test_telephones_and_codes_are_unreadable_in_sessions_and_messages(make_person) -> None:
    make_person(phone=PHONE)
    client = browser()
    client.post("/accounts/login/code/", {"phone": PHONE, "email": ""})
    assert PHONE in str(client.session["account_login"])
    import base64
    import zlib

    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        for (data,) in cursor.fetchall():
            body = data.split(":")[0]
            plain = base64.urlsafe_b64decode(body.lstrip(".") + "===")
            plain = zlib.decompress(plain) if body.startswith(".") else plain
            assert PHONE.encode() not in plain
    assert PHONE not in raw("notifications_sentmessage", "accounts_attempt")


def test_a_person_is_found_by_the_number_however_it_is_written(make_person) -> None:
    person = make_person(phone=PHONE)
    for typed in ("13800138000", "138 0013 8000", "+86 138-0013-8000", "+8613800138000", "0086 138 0013 8000"):
        found = find_user_by_phone(typed)
        assert found is not None and found.pk == person.user_id
    assert find_user_by_phone("13900139000") is None
    assert find_user_by_phone("x") is None


def test_a_number_and_an_address_belong_to_one(make_person) -> None:
    make_person(phone=PHONE, email="one@example.com")
    for facts in ({"phone": "+86 138 0013 8000"}, {"email": "ONE@example.com"}):
        with pytest.raises(AlreadyRegistered):
            make_person(**facts)


def test_an_encrypted_column_cannot_be_searched(db) -> None:
    with pytest.raises(FieldError):
        User.objects.filter(phone__contains="138")


def test_keys_rotate_and_what_was_written_before_is_still_read(settings) -> None:
    settings.FIELD_KEYS = ["old"]
    stored, index = encrypt_text(PHONE), blind_index(PHONE, purpose="test")
    settings.FIELD_KEYS = ["new", "old"]
    assert decrypt_text(stored) == PHONE and blind_index(PHONE, purpose="test") == index
    rotated = rotate_text(stored)
    settings.FIELD_KEYS = ["new"]
    assert decrypt_text(rotated) == PHONE
    with pytest.raises(InvalidToken):
        decrypt_text(stored)


def test_the_same_secret_never_looks_the_same_and_purposes_do_not_join() -> None:
    assert encrypt_text(PHONE) != encrypt_text(PHONE)
    assert blind_index(PHONE, purpose="a") != blind_index(PHONE, purpose="b")
    assert encrypt_text("") == "" == decrypt_text("")


@pytest.mark.parametrize("typed", ["", "abc", "123", "1" * 40, "+99 123456", "010-8888-8888"])
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(BadPhone):
        normalize_mobile(typed)


def test_numbers_are_shown_as_their_country_writes_them() -> None:
    assert show_phone(normalize_phone(PHONE)) == PHONE
    assert show_phone(normalize_phone("010-88888888")) == "010 8888 8888"
    assert show_phone(normalize_phone("+44 20 7946 0958")) == "+44 20 7946 0958"
    assert mask_phone("+8613800138000") == "138****8000"
