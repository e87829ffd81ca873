"""Merchants at work: a shop with goods, its owner's browser, and browsers of those who must stay outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.accounts.contracts import EntryKind, PersonView
from market.accounts.services import mint_ticket, register_person
from market.shops.contracts import ShopContext
from web.messages import compile_all


@pytest.fixture(scope="session")
def words() -> None:
    """The catalogues, compiled."""
    compile_all()


@dataclass
class Merchant:
    """An owner with a shop and a browser that is signed in on the portal host."""

    person: PersonView
    shop: ShopContext
    browser: Client


@pytest.fixture
def make_merchant(make_shop, words, settings) -> Callable[..., Merchant]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RATE_LIMITS_ON = False

    def make(slug: str, *, approved: bool = True) -> Merchant:
        person = make_person(slug)
        shop = make_shop(slug, owner_id=person.user_id, approved=approved)
        return Merchant(person, shop, enter(person))

    return make


@pytest.fixture
def merchant(make_merchant) -> Merchant:
    return make_merchant("alpha")


def make_person(name: str) -> PersonView:
    return register_person(email=f"{name}@example.com", password="correct horse battery", now=datetime.now(UTC))


def portal(language: str = "en") -> Client:
    """A browser on the portal host that is nobody yet."""
    return Client(headers={"host": settings.PORTAL_HOST, "accept-language": language})


def enter(person: PersonView, language: str = "en") -> Client:
    """A browser that came in with a ticket, as people do."""
    now, browser = datetime.now(UTC), portal(language)
    token = mint_ticket(
        user_id=person.user_id, kind=EntryKind.PORTAL, next_path="/", two_factor=False, authenticated_at=now, now=now
    )
    answer = browser.get("/enter", {"ticket": token})
    assert answer.status_code == 302, answer.content
    return browser


def count_statements(browser: Client, path: str) -> int:
    """How many statements a page asks, without those that only mark transactions."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert browser.get(path).status_code == 200
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return sum(not query["sql"].startswith(marks) for query in caught)
