"""A gateway of the product, pointed at the simulator in both key modes."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from billing.payments.contracts import PaymentOrder, ShareToPay
from billing.payments.gateways.wechatpay import WechatPayGateway
from billing.payments.gateways.wechatpay_client import WechatPayConfig
from tests.fixtures.wechatpay import Inbox, Simulator

_numbers = count(1)


@pytest.fixture(params=["public_key", "certificate"])
def gateway(request: pytest.FixtureRequest, wechat_simulator: Simulator, merchant_inbox: Inbox) -> WechatPayGateway:
    settings = wechat_simulator.settings(mode=request.param, notify_url=merchant_inbox.url)
    return WechatPayGateway(WechatPayConfig(**settings))


def make_order(gateway: WechatPayGateway, *amounts: int, lives: timedelta = timedelta(minutes=15)) -> PaymentOrder:
    """An order with one share per amount, its shops enrolled."""
    number = next(_numbers)
    shares = tuple(
        ShareToPay(
            share_no=f"S{number:06d}{index:02d}",
            shop_id=index,
            merchant_account=gateway.enrol_merchant(shop_id=index, shop_name=f"清和{index}号店"),
            amount_minor=amount,
            description="青瓷茶杯 等 2 件",
        )
        for index, amount in enumerate(amounts, start=1)
    )
    return PaymentOrder(f"PY{number:08d}", shares, "CNY", datetime.now(UTC) + lives, "集市订单")
