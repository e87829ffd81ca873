"""A shop that tops up at the simulated provider."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import transaction

from billing.checkout.services import take_notification
from billing.ledger.rules import DebtMoved
from billing.ledger.services import post, post_pending
from billing.wallets.contracts import TopUpView
from billing.wallets.selectors import get_top_up, get_wallet
from billing.wallets.services import open_top_up, start_top_up
from tests.conftest import Clock
from tests.fixtures.wechatpay import Inbox, Simulator, read_provider_clock


@dataclass
class Till:
    """One shop, the provider and the clock that they share."""

    shop_id: int
    simulator: Simulator
    clock: Clock

    @property
    def now(self):
        return self.clock.now

    def open(self, amount_minor: int = 10_000, *, key: str = "k", shop_id: int = 0) -> TopUpView:
        return open_top_up(
            shop_id=shop_id or self.shop_id,
            amount_minor=amount_minor,
            gateway="wechatpay",
            key=key,
            actor_id=900_001,
            now=self.now,
        )

    def begin(self, amount_minor: int = 10_000, *, key: str = "k") -> TopUpView:
        top_up = self.open(amount_minor, key=key)
        assert start_top_up(payment_no=top_up.payment_no, now=self.now).qr_content
        return top_up

    def look(self, top_up: TopUpView) -> TopUpView:
        return get_top_up(shop_id=self.shop_id, number=top_up.number)

    def cash(self, shop_id: int = 0) -> int:
        """What is in the wallet once the poster has worked."""
        while post_pending(now=self.now):
            pass
        return get_wallet(shop_id or self.shop_id).cash_minor

    def receive(self, inbox: Inbox) -> None:
        """Every message of the provider, as the merchant's web server takes it; what is signed has the real time."""
        self.clock.now = datetime.now(UTC)
        for headers, body in inbox.wait(1):
            take_notification(gateway="wechatpay", headers=headers, body=body, now=self.now)

    def owe(self, amount_minor: int, *, shop_id: int = 0, key: str = "owed") -> None:
        """Sales that the shop has not been paid out yet."""
        shop_id = shop_id or self.shop_id
        with transaction.atomic():
            event = DebtMoved(shop_id=shop_id, reference=key, amount_minor=amount_minor)
            post(key=f"{key}:{shop_id}", event=event, now=self.now)


@pytest.fixture
def till(committed_db, make_shop, wechat_settings: Simulator, clock: Clock) -> Till:
    shop = make_shop("alpha", owner_id=900_001)
    clock.now = read_provider_clock().astimezone(UTC)
    return Till(shop.shop_id, wechat_settings, clock)
