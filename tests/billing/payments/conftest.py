"""A payment over shops that are enrolled at the running simulator."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction

from billing.payments.contracts import PaymentView, ShareToPay
from billing.payments.selectors import get_payment, list_merchant_accounts
from billing.payments.services import ask_provider, enrol_merchant, open_payment, record_report, start_payment
from tests.fixtures.wechatpay import Inbox, Simulator

_numbers = count(1)


@pytest.fixture
def enrolled(any_db: None, wechat_settings: Simulator) -> dict[int, str]:
    """Three shops with their accounts."""
    for shop_id in (1, 2, 3):
        enrol_merchant(shop_id=shop_id, shop_name=f"清和{shop_id}号店", gateway="wechatpay", now=moment())
    return list_merchant_accounts(shop_ids=(1, 2, 3), gateway="wechatpay")


@pytest.fixture
def make_payment(enrolled: dict[int, str]) -> Callable[..., PaymentView]:
    """`make_payment(10552, 7914)`: one share per amount."""

    def make(*amounts: int, lives: timedelta = timedelta(minutes=15), gateway: str = "wechatpay") -> PaymentView:
        number = next(_numbers)
        shares = [
            ShareToPay(f"26112{number:06d}-{shop_id}", shop_id, enrolled[shop_id], amount, "青瓷茶杯")
            for shop_id, amount in enumerate(amounts, start=1)
        ]
        with transaction.atomic():
            payment_no = open_payment(
                purchase_no=f"26112{number:06d}",
                gateway=gateway,
                currency="CNY",
                shares=shares,
                description="集市订单",
                expires_at=moment() + lives,
                now=moment(),
            )
        return get_payment(payment_no)

    return make


@pytest.fixture
def paid_share(make_payment: Callable[..., PaymentView], wechat_simulator: Simulator) -> Callable[..., str]:
    """`paid_share(12_000)`: a paid share of that amount, beside another one."""

    def make(amount: int = 10_000) -> str:
        payment = make_payment(amount, 500)
        start_payment(payment_no=payment.payment_no, now=moment())
        wechat_simulator.pay(payment.payment_no)
        report = ask_provider(payment_no=payment.payment_no, now=moment())
        with transaction.atomic():
            record_report(report=report, now=moment())
        return payment.shares[0].share_no

    return make


@pytest.fixture
def told(enrolled: dict[int, str], wechat_simulator: Simulator, merchant_inbox: Inbox, settings: Any) -> Inbox:
    """The merchant's web server: the messages that came to it."""
    settings.WECHATPAY = wechat_simulator.settings(notify_url=merchant_inbox.url)
    return merchant_inbox


def moment() -> datetime:
    """The simulator lives in real time, so these tests do too."""
    return datetime.now(UTC)
