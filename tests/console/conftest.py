"""Staff at the console, and a market in which something has happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from billing.checkout.contracts import PurchaseView
from billing.checkout.services import check_payment, confirm_receipt, ship_share, start_paying
from billing.ledger.models import PostingRequest
from billing.ledger.tasks import post_requests
from billing.settlement.tasks import on_share_final
from market.accounts.contracts import EntryKind, StaffRole
from market.accounts.services import appoint_staff, mint_ticket, register_person
from market.jobs.contracts import JobState
from market.jobs.models import Job
from market.outbox.models import Delivery, Event
from market.outbox.services import deliver_due, fan_out
from market.shops.contracts import ShopContext
from market.shops.services import open_shop
from tenants.orders.contracts import PaymentMethod
from tests.billing.checkout.conftest import BUYER, Fair, fair
from web.messages import compile_all

__all__ = ["fair"]

SETTLE = "billing.settlement.tasks.on_share_final"


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    compile_all()


@pytest.fixture(autouse=True)
def _plain(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@dataclass
class Visitor:
    """Somebody with a browser at the console."""

    user_id: int
    client: Client

    def get(self, path: str, language: str = "en", **query: object):
        return self.client.get(path, query, headers={"accept-language": language})

    def post(self, path: str, **fields: object):
        return self.client.post(path, fields)


@pytest.fixture
def enter(any_db) -> Callable[..., Visitor]:
    """Come in through the door with a ticket: `enter(StaffRole.FINANCE)`, `enter(None)` is a shopper."""
    numbers = iter(range(100, 999))

    def come(
        role: StaffRole | None = StaffRole.ADMIN,
        *,
        two_factor: bool = True,
        proved_at: datetime | None = None,
        checks_csrf: bool = False,
    ) -> Visitor:
        now = timezone.now()
        person = register_person(
            email=f"visitor{next(numbers)}@example.com", password="correct horse battery", display_name="周岚", now=now
        )
        if role:
            appoint_staff(user_id=person.user_id, role=role, actor_id=None, now=now)
        token = mint_ticket(
            user_id=person.user_id,
            kind=EntryKind.CONSOLE,
            next_path="/",
            two_factor=two_factor,
            authenticated_at=proved_at or now,
            now=now,
        )
        client = Client(
            headers={"host": django_settings.CONSOLE_HOST, "accept-language": "en"}, enforce_csrf_checks=checks_csrf
        )
        assert client.get("/enter", {"ticket": token}).status_code == 302
        return Visitor(person.user_id, client)

    return come


@pytest.fixture
def applicant(any_db, clock) -> ShopContext:
    """A shop that waits for its review."""
    return open_shop(owner_id=900_009, name_zh="云朵面包房", name_en="Cloud Bakery", slug="bakery", now=clock.now)


@dataclass
class World:
    """What the pages have to show."""

    fair: Fair
    paid: PurchaseView
    cod: PurchaseView
    parked_event_id: int
    parked_request_id: int


@pytest.fixture
def world(fair, wechat_settings, clock) -> World:
    """Two purchases, one paid by WeChat and one on delivery whose cash is to come; one of everything that troubles."""
    fair.fill(1, 1)
    paid = fair.place()
    start_paying(payment_no=paid.payment_no, now=clock.now)
    assert wechat_settings.pay(paid.payment_no) == "paid"
    assert check_payment(payment_no=paid.payment_no, now=clock.now)
    fair.fill(1, 0)
    cod = fair.place(key="key-2", method=PaymentMethod.COD)
    for share in cod.shares:
        ship_share(
            shop_id=share.shop_id,
            share_no=share.share_no,
            carrier="顺丰速运",
            tracking_number="SF1",
            actor_id=900_001,
            now=clock.now,
        )
        confirm_receipt(share_no=share.share_no, buyer_id=BUYER, now=clock.now)
    settle(clock.now)
    market = Client(headers={"host": django_settings.MARKET_HOST})
    assert market.post("/webhooks/wechatpay/", b"{}", content_type="application/json").status_code == 401
    return World(fair, paid, cod, park_event(clock.now), park_request(clock.now))


def settle(now: datetime) -> None:
    """What relay and workers do."""
    fan_out(subscriptions={"share.completed": (SETTLE,), "share.cash_collected": (SETTLE,)}, now=now)
    deliver_due(consumer=SETTLE, call=on_share_final, now=now)
    while post_requests(now):
        pass


def park_event(now: datetime) -> int:
    """An event that was given up after twelve tries."""
    event = Event.objects.create(
        kind="product.changed", shop_id=1, key="product:1", payload={}, recorded_at=now, fanned_out_at=now
    )
    error = "Traceback (most recent call last):\n  …\nValueError: the index is away"
    delivery = Delivery.objects.create(
        event=event, consumer="a.consumer", due_at=now, attempts=12, error=error, parked_at=now
    )
    return delivery.pk


def park_request(now: datetime) -> int:
    """A posting that nobody can read."""
    request = PostingRequest.objects.create(
        key="strange:1",
        payload_hash="0" * 64,
        kind="strange_event",
        payload="{}",
        created_at=now,
        due_at=now,
        attempts=1,
        error="unreadable: no event is called 'strange_event'",
        parked=True,
    )
    return request.pk


def fail_jobs(count: int, now: datetime) -> None:
    """Imports that went wrong."""
    Job.objects.bulk_create(
        Job(
            shop_id=1,
            kind="catalog.import",
            state=JobState.FAILED.value,
            total=10,
            done=number % 10,
            error="crashed",
            created_at=now - timedelta(minutes=number),
        )
        for number in range(count)
    )
