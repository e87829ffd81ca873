"""Listings by their rows alone, and reports as pages make them."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from search.listings.contracts import ListingState
from search.listings.models import Listing
from search.signals.contracts import EventKind, Report, Sighting
from search.signals.rules.visitors import make_person
from search.signals.services import buffering
from tests.conftest import Clock

_numbers = itertools.count(1)


@pytest.fixture
def make_listings(any_db: None, clock: Clock) -> Callable[..., list[int]]:
    """Rows of listings that are shown, of shop 7 unless told otherwise: their ids."""

    def make(count: int, *, shop_id: int = 7, state: ListingState = ListingState.SHOWN) -> list[int]:
        rows = [
            Listing(
                shop_id=shop_id, product_id=next(_numbers), state=state.value, category_ids=[3, 4],
                created_at=clock.now, changed_at=clock.now,
            )
            for _ in range(count)
        ]  # fmt: skip
        return [row.pk for row in Listing.objects.bulk_create(rows)]

    return make


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A stream of the test's own in Valkey."""
    name = f"signals:test:{uuid.uuid4().hex}"
    monkeypatch.setattr(buffering, "STREAM", name)
    yield name
    Redis.from_url(settings.REDIS_URL).delete(name)


def person(number: int) -> str:
    """A member."""
    return make_person(secret="test", user_id=number)


def report(at: datetime, who: str, *sightings: tuple[EventKind, int | None, int | None], **more: Any) -> Report:
    """A report of its own unless a token is given."""
    more.setdefault("token", f"token-{next(_numbers):06d}")
    return Report(at=at, person=who, sightings=tuple(Sighting(*sight) for sight in sightings), **more)
