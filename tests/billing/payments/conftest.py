"""A payment over shops that are enrolled at the running simulator."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import transaction

from billing.payments.contracts import PaymentView, ShareToPay
from billing.payments.selectors import get_payment, list_merchant_accounts
from billing.payments.services import enrol_merchant, open_payment
from tests.fixtures.wechatpay import Simulator

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


def moment() -> datetime:
    """The simulator lives in real time, so these tests do too."""
    return datetime.now(UTC)
