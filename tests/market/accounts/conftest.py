"""People and browsers for the account tests."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client

from market.accounts.contracts import PersonView
from market.accounts.services import register_person
from market.notifications.selectors import list_latest_messages

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _outbox(settings, any_db) -> None:
    """Messages become rows; the cache's limits are allauth's own business and off, ours in the database are on."""
    settings.EMAIL_BACKEND = "market.notifications.backends.OutboxEmailBackend"
    settings.SMS_BACKEND = "market.notifications.backends.OutboxSmsBackend"
    settings.ACCOUNT_RATE_LIMITS = False
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def market() -> Client:
    return browser()


def browser(host: str = "", language: str = "en") -> Client:
    """A browser that asks one of our hosts."""
    return Client(headers={"host": host or settings.MARKET_HOST, "accept-language": language})


@pytest.fixture
def make_person() -> Callable[..., PersonView]:
    numbers = iter(range(1000, 9999))

    def make(**facts: object) -> PersonView:
        facts.setdefault("email", f"person{next(numbers)}@example.com")
        facts.setdefault("password", PASSWORD)
        facts.setdefault("now", datetime.fromisoformat("2026-11-22T10:00:00+00:00"))
        return register_person(**facts)  # type: ignore[arg-type]

    return make


def newest_code(to: str) -> str:
    """The six digits of the newest message to an address."""
    for message in list_latest_messages():
        if message.to == to and (found := re.search(r"\b(\d{6})\b", message.body)):
            return found.group(1)
    raise AssertionError(f"no code was sent to {to}")


def messages_to(to: str) -> int:
    return sum(message.to == to for message in list_latest_messages())
