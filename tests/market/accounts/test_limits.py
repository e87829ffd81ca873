"""The limits that the database holds while the cache is away (these tests have no cache)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from market.accounts.contracts import AttemptKind
from market.accounts.models import Attempt
from market.accounts.rules import ATTEMPT_LIMITS, next_allowed_at
from market.accounts.services import TooManyAttempts, count_attempt
from tests.market.accounts.conftest import PASSWORD, browser, messages_to

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_number_gets_five_codes_in_half_an_hour_whoever_asks() -> None:
    answers = [browser().post("/accounts/login/code/", {"phone": "13800138000", "email": ""}) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert messages_to("+8613800138000") == 5
    assert "10 minutes" in answers[-1].content.decode()


def test_a_known_and_an_unknown_number_meet_the_same_limit(make_person) -> None:
    make_person(phone="13800138000")
    rows = []
    for phone in ("13800138000", "13900139000"):
        rows.append(
            [browser().post("/accounts/login/code/", {"phone": phone, "email": ""}).status_code for _ in range(6)]
        )
    assert rows[0] == rows[1] == [302] * 5 + [429]


def test_a_code_allows_three_tries(market: Client, make_person) -> None:
    make_person(phone="13800138000")
    market.post("/accounts/login/code/", {"phone": "13800138000", "email": ""})
    for _ in range(2):
        assert market.post("/accounts/login/code/confirm/", {"code": "000000"}).status_code == 200
    assert (
        market.post("/accounts/login/code/confirm/", {"code": "000000"}).headers["Location"] == "/accounts/login/code/"
    )


def test_ten_wrong_passwords_close_the_door_for_a_while(make_person) -> None:
    make_person(email="known@example.com")
    for _ in range(10):
        browser().post("/accounts/login/", {"login": "known@example.com", "password": "wrong"})
    answer = browser().post("/accounts/login/", {"login": "known@example.com", "password": PASSWORD})
    assert answer.status_code == 200
    assert "Too many tries" in answer.content.decode()
    Attempt.objects.update(at=NOW - timedelta(days=1))
    answer = browser().post("/accounts/login/", {"login": "known@example.com", "password": PASSWORD})
    assert answer.status_code == 302


def test_wrong_passwords_of_one_do_not_close_the_door_of_another(make_person) -> None:
    make_person(email="known@example.com", phone="13800138000")
    for _ in range(11):
        browser().post("/accounts/login/", {"login": "13900139000", "password": "wrong"})
    assert browser().post("/accounts/login/", {"login": "13800138000", "password": PASSWORD}).status_code == 302


def test_attempts_are_counted_by_who_and_what(db) -> None:
    for _ in range(5):
        count_attempt(kind=AttemptKind.SMS_CODE, subject="+8613800138000", now=NOW)
    with pytest.raises(TooManyAttempts) as caught:
        count_attempt(kind=AttemptKind.SMS_CODE, subject="+8613800138000", now=NOW + timedelta(minutes=1))
    assert caught.value.again_at == NOW + timedelta(minutes=30)
    count_attempt(kind=AttemptKind.MAIL_CODE, subject="+8613800138000", now=NOW)
    count_attempt(kind=AttemptKind.SMS_CODE, subject="+8613900139000", now=NOW)
    count_attempt(kind=AttemptKind.SMS_CODE, subject="+8613800138000", now=caught.value.again_at)


@given(st.lists(st.integers(0, 3 * 86_400), max_size=60), st.sampled_from(list(AttemptKind)))
def test_no_window_ever_holds_more_than_its_limit(seconds: list[int], kind: AttemptKind) -> None:
    allowed: list[datetime] = []
    for second in sorted(seconds):
        at = NOW + timedelta(seconds=second)
        again_at = next_allowed_at(kind, allowed, at)
        if again_at is None:
            allowed.append(at)
        else:
            assert again_at > at
            assert next_allowed_at(kind, allowed, again_at) is None
    for limit in ATTEMPT_LIMITS[kind]:
        for at in allowed:
            assert sum(at - limit.window < other <= at for other in allowed) <= limit.count


def test_signing_in_goes_on_while_the_cache_is_away(settings, make_person) -> None:
    """allauth's limits fail open; the database's still hold."""
    del settings.ACCOUNT_RATE_LIMITS
    settings.CACHES = {"default": {"BACKEND": "web.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}
    make_person(email="known@example.com")
    answer = browser().post("/accounts/login/", {"login": "known@example.com", "password": PASSWORD})
    assert answer.status_code == 302
    answers = [browser().post("/accounts/login/code/", {"phone": "13800138000"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_one_visitor_cannot_have_messages_sent_to_number_after_number(make_person) -> None:
    limit = ATTEMPT_LIMITS[AttemptKind.SMS_HOST][0].count
    for _ in range(limit - 1):
        count_attempt(kind=AttemptKind.SMS_HOST, subject="127.0.0.1", now=timezone.now())
    answers = [browser().post("/accounts/login/code/", {"phone": f"1380013800{n}"}).status_code for n in range(3)]
    assert answers == [302, 429, 429]
