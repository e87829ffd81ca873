"""How search stands and what people ask, as staff see it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from market.accounts.contracts import StaffRole
from market.outbox.models import Delivery, Event
from search.listings.engines.chosen import get_indexes
from search.listings.engines.guarded import GuardedEngine
from search.listings.models import Listing, ListingChange
from search.listings.rules.breaking import BreakerLimits
from search.listings.services.indexing import catch_up, number_changes
from search.listings.services.running import open_index
from search.results.tasks import count_looks
from search.signals import tasks
from search.signals.contracts import EventKind, Report, Sighting
from search.signals.selectors import health
from search.signals.services import name_person, record_reports
from tests.console.test_pages import CHINESE, count_statements, words_of
from tests.fixtures.api import list_product

MOST_STATEMENTS = 30


@pytest.fixture
def asked(db) -> None:
    """Twelve people asked for cups yesterday and half of them opened the second; one asked for what is not there."""
    at = timezone.now() - timedelta(days=1)
    rows = [Listing(shop_id=7, product_id=number, state="shown", created_at=at, changed_at=at) for number in range(2)]
    cups = [row.pk for row in Listing.objects.bulk_create(rows)]
    told = []
    for number in range(12):
        person = name_person(user_id=900_000 + number)
        shown = tuple(Sighting(EventKind.SHOWN, pk, place) for place, pk in enumerate(cups, 1))
        told += [
            Report(f"search-{number}", at, person, (Sighting(EventKind.SEARCHED),), query="马克杯", total=2),
            Report(f"list-{number}", at, person, shown, query="马克杯"),
        ]
        if number % 2:
            clicked = Sighting(EventKind.CLICKED, cups[1], 2)
            told.append(Report(f"click-{number}", at, person, (clicked,), query="马克杯"))
    told.append(Report("none-here", at, "", (Sighting(EventKind.SEARCHED),), query="<b>flugelhorn", total=0))
    record_reports(reports=told, now=timezone.now())
    tasks.count(timezone.now())


def test_staff_see_what_is_asked_and_what_finds_nothing(asked, enter) -> None:
    page = enter().get("/search-health/").content.decode()
    for piece in ("马克杯", "50%", "&lt;b&gt;flugelhorn", "synonyms/?phrase=%3Cb%3Eflugelhorn", "Hot at the moment"):
        assert piece in page, piece
    assert page.count('id="asked"') == page.count("Told by pages") == 1
    assert "<svg" in page and "<b>flugelhorn" not in page
    assert "13 searches in 28 days, 7.69% found nothing." in page
    assert "Of 100 showings at the first place, 0.0 are opened." in page


def test_the_span_of_days_is_a_choice_and_nonsense_is_the_usual_one(asked, enter) -> None:
    staff = enter()
    assert "searches in 7 days" in staff.get("/search-health/", days=7).content.decode()
    for typed in ("0", "-1", "9999999", "seven", ""):
        assert "searches in 28 days" in staff.get("/search-health/", days=typed).content.decode()


def test_the_page_is_bilingual_plain_and_bounded(asked, enter) -> None:
    staff = enter()
    chinese = staff.get("/search-health/", "zh-CN").content.decode()
    assert CHINESE.search(words_of(chinese)) and "搜索状况" in chinese
    assert "style=" not in chinese
    assert count_statements(staff, "/search-health/") <= MOST_STATEMENTS


def test_what_waits_and_what_is_parked_is_shown(db, enter) -> None:
    now = timezone.now()
    ListingChange.objects.bulk_create([ListingChange(listing_id=number) for number in range(41)])
    event = Event.objects.create(kind="product.changed", key="k", recorded_at=now, fanned_out_at=now)
    Delivery.objects.create(event=event, consumer="search.listings.tasks.x", due_at=now, parked_at=now, error="away")
    Delivery.objects.create(event=event, consumer="billing.x", due_at=now, parked_at=now, error="other")
    page = enter(StaffRole.SUPPORT).get("/search-health/").content.decode()
    assert "<b>41</b><small>at change 0 of 0" in page and "<b>1</b><small><a" in page
    assert "The search engine does not answer" in page and "no index" in page


def test_the_lag_counts_what_the_index_lacks_and_no_more(db, make_shop, settings, tmp_path, enter) -> None:
    settings.INDEX_ROOT = tmp_path
    shop = make_shop("alpha")
    for number in range(3):
        list_product(shop, sku=f"CUP-{number}", title="马克杯")
    indexer, position = open_index(get_indexes(), rebuild=False, progress=lambda count: None)
    assert "<b>0</b><small>at change 3 of 3" in enter().get("/search-health/").content.decode()
    list_product(shop, sku="CUP-9", title="马克杯")
    number_changes()
    assert "<b>1</b><small>at change 3 of 4" in enter().get("/search-health/").content.decode()
    catch_up(indexer, after=position)
    indexer.close()
    assert "<b>0</b><small>at change 4 of 4" in enter().get("/search-health/").content.decode()


def test_the_last_comparison_is_kept_with_its_outcome(db, make_shop, enter) -> None:
    now = timezone.now()
    shop = make_shop("alpha")
    Listing.objects.create(
        shop_id=shop.shop_id, product_id=77, state="shown", created_at=now, changed_at=now, digest="x"
    )
    assert tasks.reconcile_listings(now) == 1
    page = enter().get("/search-health/").content.decode()
    assert "0 lost, 0 stale, 1 ghosts" in page
    assert tasks.reconcile_listings(now + timedelta(hours=1)) == 0
    assert "all right" in enter().get("/search-health/").content.decode()


def test_a_shopper_and_staff_with_one_factor_do_not_get_in(db, enter) -> None:
    assert enter(None).get("/search-health/").status_code in (302, 403)


def test_how_long_looks_wait_to_be_counted_together_is_shown(asked, enter) -> None:
    staff = enter()
    assert "since the first look that is not counted" in staff.get("/search-health/").content.decode()
    count_looks(timezone.now())
    assert "every look is counted" in staff.get("/search-health/").content.decode()


class Refusing:
    """An engine that took everything but two listings."""

    name = "refusing"

    def read_generation(self) -> str:
        return "1"

    def read_position(self) -> int:
        return 0

    def list_parked(self) -> dict[int, str]:
        return {8: "too long", 7: "failed to parse <b>field</b>"}


def test_what_the_engine_refused_stands_there_with_why(db, enter, monkeypatch) -> None:
    monkeypatch.setattr(health, "get_engine", Refusing)
    page = enter().get("/search-health/")
    assert page.context["parked"] == [(7, "failed to parse <b>field</b>"), (8, "too long")]
    assert "failed to parse &lt;b&gt;field" in page.content.decode()
    assert "closed: asked as always" in page.content.decode()


def test_an_open_breaker_says_when_the_engine_is_tried_again(db, enter, monkeypatch) -> None:
    limits = BreakerLimits(pause_seconds=90.0, longest_pause_seconds=90.0)
    resting = GuardedEngine(Refusing(), slow_seconds=0.0, limits=limits)
    for _ in range(limits.most_bad):
        resting.read_generation()  # whatever it takes is too slow
    monkeypatch.setattr(health, "get_engine", lambda: resting)
    page = enter().get("/search-health/").content.decode()
    assert "open: left alone" in page and re.search("It is tried again in (1 min|[78][0-9].. s)", page)
