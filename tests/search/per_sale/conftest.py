"""A shop whose mugs stand in a plan, a shopper who clicks and buys, and everything that happens to the order after."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from billing.checkout.services import (
    check_payment,
    confirm_receipt,
    refund_share_as_shop,
    ship_share,
    start_paying,
)
from billing.checkout.tasks import send_refunds
from billing.ledger.tasks import post_requests
from billing.settlement.tasks import on_share_final, release_shares
from market.outbox.contracts import EventEnvelope
from market.outbox.models import Event
from search.campaigns.contracts import PageKind
from search.listings.services import refresh_listings
from search.per_sale import tasks
from search.per_sale.contracts import PlanDraft, SaleView
from search.per_sale.selectors import get_sale
from search.per_sale.services import choose_sales, create_plan
from search.per_sale.services.showing import SaleAsk, load_table
from search.serving.contracts import ShownLine
from search.serving.services import get_server
from search.signals.services import name_person
from search.spending.contracts import ClickOutcome
from search.spending.services import note_rendered, record_click, store_decisions
from tenants.orders.contracts import PaymentMethod
from tests.billing.checkout.conftest import BUYER, Fair, fair  # noqa: F401 - a fixture
from tests.fixtures.ads import visitor
from tests.fixtures.wechatpay import Simulator

ACTOR = 7
_FOLLOWED = {
    "share.paid": tasks.on_share_sold,
    "share.agreed": tasks.on_share_sold,
    "share.completed": on_share_final,
    "share.released": tasks.on_share_moved,
    "share.refunded": tasks.on_share_moved,
    "share.cancelled": tasks.on_share_moved,
}


@dataclass
class Street:
    """The first shop of a fair and its plan."""

    fair: Fair
    simulator: Simulator

    @property
    def now(self) -> datetime:
        return self.fair.clock.now

    @property
    def shop_id(self) -> int:
        return self.fair.shops[0].shop_id

    @property
    def product_id(self) -> int:
        return self.fair.offers[0].product_id

    def plan(self, bps: int = 1_000, *, key: str = "plan", **more: Any) -> int:
        """Start a plan for the mugs."""
        goods: Mapping[int, int | None] = more.pop("goods", {self.product_id: None})
        return create_plan(
            shop_id=self.shop_id,
            key=key,
            draft=PlanDraft(name="成交付费", default_bps=bps, goods=goods, **more),
            runs=True,
            actor_id=ACTOR,
            now=self.now,
        )

    def show(self) -> list[ShownLine]:
        """What the first page shows, seen by a browser."""
        load_table(self.now)
        lines = choose_sales(ask=SaleAsk(page=PageKind.HOME), now=self.now)
        state = get_server().state
        store_decisions(state.take_decisions(100))
        note_rendered(tokens=[line.click_token for line in lines], now=self.now)
        return lines

    def click(self, **facts: Any) -> ClickOutcome:
        """A click of the buyer's, some seconds after the ad was shown."""
        (line,) = [line for line in self.show() if line.shop_id == self.shop_id]
        named = visitor(person=name_person(user_id=BUYER), **facts)
        outcome = record_click(token=line.click_token, facts=named, now=self.fair.clock.move(seconds=5))
        self.fair.clock.move(minutes=1)
        return outcome

    def buy(self, *pieces: int, method: PaymentMethod = PaymentMethod.COD, key: str = "key-1") -> str:
        """An order of so many pieces; the number of the first shop's share."""
        self.fair.fill(*pieces)
        purchase = self.fair.place(method=method, key=key)
        if method is PaymentMethod.WECHATPAY:
            assert start_paying(payment_no=purchase.payment_no, now=self.now).qr_content
            assert self.simulator.pay(purchase.payment_no) == "paid"
            assert check_payment(payment_no=purchase.payment_no, now=self.now)
        self.deliver()
        return next(share.share_no for share in purchase.shares if share.shop_id == self.shop_id)

    def receive(self, share_no: str, carrier: str = "self") -> None:
        """It is sent, received, and released."""
        where = {"shop_id": self.shop_id, "share_no": share_no}
        ship_share(carrier=carrier, tracking_number="1", actor_id=1, now=self.now, **where)
        confirm_receipt(share_no=share_no, buyer_id=BUYER, now=self.now)
        self.deliver()

    def refund(self, share_no: str) -> None:
        """The shop gives everything back, and the provider has done it."""
        refund_share_as_shop(shop_id=self.shop_id, share_no=share_no, actor_id=1, reason="坏了", now=self.now)
        for _ in range(40):
            send_refunds(self.fair.clock.move(seconds=10))
            if Event.objects.filter(kind="share.refunded", payload__share_no=share_no).exists():
                break
            threading.Event().wait(0.1)
        self.deliver()

    def deliver(self) -> None:
        """Every event to its consumers, again and again, and what runs by the clock."""
        for _ in range(3):
            for kind, consumer in _FOLLOWED.items():
                events = read_events(kind)
                if events:
                    consumer(events)
            release_shares(self.fair.clock.move(seconds=60))
            while post_requests(self.now):
                pass

    def read(self, share_no: str) -> SaleView:
        return get_sale(shop_id=self.shop_id, share_no=share_no)


def read_events(kind: str) -> list[EventEnvelope]:
    rows = Event.objects.filter(kind=kind).order_by("pk")
    return [EventEnvelope(row.pk, row.kind, row.shop_id, row.key, row.payload, row.recorded_at) for row in rows]


@pytest.fixture
def street(fair: Fair, wechat_settings: Simulator, settings: Any) -> Street:  # noqa: F811
    settings.ADS_ON = True
    for shop, offer in zip(fair.shops, fair.offers, strict=True):
        refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=fair.clock.now)
    return Street(fair, wechat_settings)
