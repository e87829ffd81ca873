"""The product's gateway against the simulator, over real HTTP, in both key modes."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from billing.payments.contracts import BadNotification, ProviderError, RefundOrder, RefundState, ReturnOrder, SplitOrder
from billing.payments.gateways.wechatpay import WechatPayGateway
from billing.payments.gateways.wechatpay_client import WechatPayConfig
from tests.fixtures.wechatpay import Inbox, Simulator, read_provider_clock, wait_for
from tests.onebox.wechatpay.conftest import make_order

REFUSED = {
    "wrong_signature": "bad_signature",
    "changed_body": "bad_signature",
    "old_timestamp": "old_timestamp",
    "wrong_key": "bad_encryption",
    "foreign_merchant": "foreign_merchant",
}


def refusal(call, *arguments, **named) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        call(*arguments, **named)
    return raised.value


def refund_order(order, report, amount: int, refund_no: str = "RF0000001") -> RefundOrder:
    share, paid = order.shares[0], report.shares[0]
    return RefundOrder(
        refund_no,
        share.share_no,
        paid.transaction_id,
        share.merchant_account,
        amount,
        share.amount_minor,
        "CNY",
        "七天无理由",
    )


def split_order(order, report, commission: int, split_no: str = "SP0000001") -> SplitOrder:
    share, paid = order.shares[0], report.shares[0]
    return SplitOrder(split_no, paid.transaction_id, share.merchant_account, commission, "CNY", "平台服务费")


def test_a_payment_over_three_shops_is_started_paid_and_told(gateway, wechat_simulator, merchant_inbox):
    order = make_order(gateway, 10552, 7914, 7034)
    started = gateway.start(order)
    assert started.qr_content.startswith(f"{wechat_simulator.base_url}/pay/")
    assert not gateway.query(order.payment_no).paid

    assert wechat_simulator.pay(order.payment_no) == "paid"
    [(headers, body)] = merchant_inbox.wait(1)
    told = gateway.read_notification(headers, body, datetime.now(UTC)).payment
    asked = gateway.query(order.payment_no)

    assert told == asked
    assert asked.paid and not asked.closed and asked.currency == "CNY"
    assert [(share.share_no, share.merchant_account, share.amount_minor) for share in asked.shares] == [
        (share.share_no, share.merchant_account, share.amount_minor) for share in order.shares
    ]
    assert len({share.transaction_id for share in asked.shares}) == 3


def test_starting_again_gives_the_same_code_and_other_parameters_are_refused(gateway):
    order = make_order(gateway, 100)
    assert gateway.start(order) == gateway.start(order)
    dearer = replace(order, shares=(replace(order.shares[0], amount_minor=101),))
    assert refusal(gateway.start, dearer).code == "INVALID_REQUEST"
    elsewhere = replace(order, payment_no="PYOTHER1")
    assert refusal(gateway.start, elsewhere).code == "OUT_TRADE_NO_USED"


def test_one_to_fifty_shares_fit_into_one_payment(gateway):
    order = make_order(gateway, 100)
    many = tuple(replace(order.shares[0], share_no=f"MANY{order.payment_no[-4:]}{n:02d}") for n in range(51))
    error = refusal(gateway.start, replace(order, shares=many))
    assert error.code == "TOO_MANY_SHARES" and not error.retry
    assert refusal(gateway.start, replace(order, shares=())).code == "TOO_MANY_SHARES"
    assert gateway.start(replace(order, shares=many[:50])).qr_content


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 0},
        {"amount_minor": -5},
        {"merchant_account": ""},
        {"share_no": "a/../b?x"},
        {"share_no": "短号"},
    ],
)
def test_what_the_provider_would_refuse_is_refused_before_asking(gateway, change):
    order = make_order(gateway, 100)
    error = refusal(gateway.start, replace(order, shares=(replace(order.shares[0], **change),)))
    assert not error.retry
    assert refusal(gateway.query, order.payment_no).code == "ORDER_NOT_EXIST"


def test_closing_an_unpaid_order_ends_it_and_closing_again_is_the_same(gateway, wechat_simulator):
    order = make_order(gateway, 100, 200)
    gateway.start(order)
    assert gateway.close(order).closed
    assert gateway.close(order).closed
    assert gateway.query(order.payment_no).closed
    assert wechat_simulator.pay(order.payment_no) == "closed"
    assert refusal(gateway.start, order).code == "ORDER_CLOSED"


def test_closing_names_every_sub_order(gateway):
    order = make_order(gateway, 100, 200)
    gateway.start(order)
    assert refusal(gateway.close, replace(order, shares=order.shares[:1])).code == "INVALID_REQUEST"
    assert not gateway.query(order.payment_no).closed


def test_closing_a_paid_order_reports_the_payment(gateway, wechat_simulator):
    order = make_order(gateway, 100)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    report = gateway.close(order)
    assert report.paid and not report.closed and len(report.shares) == 1


def test_closing_an_order_that_the_provider_never_saw_counts_as_closed(gateway):
    assert gateway.close(make_order(gateway, 100)).closed


def test_an_expired_order_cannot_be_paid(gateway, wechat_simulator):
    behind = datetime.now(UTC) - read_provider_clock()
    order = make_order(gateway, 100, lives=timedelta(seconds=2) - behind)
    gateway.start(order)
    wait_for(lambda: wechat_simulator.read(f"orders/{order.payment_no}")["expired"], seconds=5, what="expiry")
    assert wechat_simulator.pay(order.payment_no) == "expired"
    assert refusal(gateway.start, make_order(gateway, 100, lives=timedelta(seconds=-60) - behind)).code == "PARAM_ERROR"


def test_paying_twice_moves_money_once_and_tells_twice(gateway, wechat_simulator, merchant_inbox):
    order = make_order(gateway, 1000)
    gateway.start(order)
    assert [wechat_simulator.pay(order.payment_no) for _ in range(2)] == ["paid", "again"]
    messages = [gateway.read_notification(*one, datetime.now(UTC)) for one in merchant_inbox.wait(2)]
    assert messages[0].event_id != messages[1].event_id
    assert messages[0].payment == messages[1].payment
    assert wechat_simulator.read("balances")[order.shares[0].merchant_account] == {"frozen": 994, "available": 0}


def test_a_notification_is_repeated_until_it_is_accepted(gateway, wechat_simulator, merchant_inbox):
    answers = iter([500, 401, 200])
    merchant_inbox.answer = lambda headers, body: next(answers, 200)
    order = make_order(gateway, 100)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    ids = {gateway.read_notification(*one, datetime.now(UTC)).event_id for one in merchant_inbox.wait(3)}
    assert len(ids) == 1
    wait_for(
        lambda: wechat_simulator.read(f"notifications/{order.payment_no}")[0]["state"] == "delivered",
        seconds=5,
        what="delivery",
    )


@pytest.mark.parametrize(("kind", "reason"), REFUSED.items())
def test_a_forged_notification_is_refused(gateway, wechat_simulator, merchant_inbox, kind, reason):
    order = make_order(gateway, 100)
    gateway.start(order)
    wechat_simulator.act(f"orders/{order.payment_no}/forge", kind=kind)
    [(headers, body)] = merchant_inbox.wait(1)
    with pytest.raises(BadNotification) as raised:
        gateway.read_notification(headers, body, datetime.now(UTC))
    assert raised.value.reason == reason
    assert not gateway.query(order.payment_no).paid


def test_a_true_notification_is_stale_after_five_minutes_and_unreadable_when_touched(
    gateway, wechat_simulator, merchant_inbox
):
    order = make_order(gateway, 100)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    [(headers, body)] = merchant_inbox.wait(1)
    now = datetime.now(UTC)
    assert gateway.read_notification(headers, body, now).payment.paid
    for changed, reason in (
        ((headers, body, now + timedelta(seconds=302)), "old_timestamp"),
        ((headers, body, now - timedelta(seconds=302)), "old_timestamp"),
        ((headers, body.replace(b"CNY", b"USD") + b" ", now), "bad_signature"),
        (({**headers, "Wechatpay-Timestamp": "1e9"}, body, now), "bad_timestamp"),
        (({**headers, "Wechatpay-Serial": "PUB_KEY_ID_0000000000000000000000000000"}, body, now), "bad_signature"),
        (({**headers, "Wechatpay-Signature": "%%%"}, body, now), "bad_signature"),
        (({**headers, "Wechatpay-Signature-Type": "none"}, body, now), "bad_signature"),
        (({}, body, now), "missing_header"),
        ((headers, b"x" * 70_000, now), "too_large"),
        ((headers, b"\xff\xfe", now), "bad_signature"),
    ):
        with pytest.raises(BadNotification) as raised:
            gateway.read_notification(*changed)
        assert raised.value.reason == reason


def test_refunds_in_parts_never_exceed_what_was_paid(gateway, wechat_simulator, merchant_inbox):
    order = make_order(gateway, 10_000)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    report = gateway.query(order.payment_no)
    part = refund_order(order, report, 2_500)

    assert gateway.refund(part).state is RefundState.SENT
    wait_for(lambda: gateway.query_refund(part).state is RefundState.SUCCEEDED, seconds=5, what="the refund")
    messages = [gateway.read_notification(*one, datetime.now(UTC)) for one in merchant_inbox.wait(2)]
    told = next(message.refund for message in messages if message.refund)
    assert told == gateway.refund(part) and told.amount_minor == 2_500

    assert refusal(gateway.refund, refund_order(order, report, 7_501, "RF0000002")).code == "INVALID_REQUEST"
    assert refusal(gateway.refund, refund_order(order, report, 2_501, part.refund_no)).code == "INVALID_REQUEST"
    gateway.refund(refund_order(order, report, 7_500, "RF0000003"))
    assert wechat_simulator.read("balances")[order.shares[0].merchant_account] == {"frozen": 0, "available": 0}
    assert gateway.query(order.payment_no).paid


def test_a_share_is_refunded_in_at_most_fifty_parts(gateway, wechat_simulator):
    order = make_order(gateway, 10_000)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    report = gateway.query(order.payment_no)
    for number in range(50):
        gateway.refund(refund_order(order, report, 10, f"RFP{number:05d}"))
    assert refusal(gateway.refund, refund_order(order, report, 10, "RFP99999")).code == "INVALID_REQUEST"


@pytest.mark.parametrize(("status", "state"), [("ABNORMAL", RefundState.SENT), ("CLOSED", RefundState.FAILED)])
def test_a_refund_that_does_not_reach_the_buyer_says_why(gateway, wechat_simulator, status, state):
    wechat_simulator.switch(hold_refunds=1)
    order = make_order(gateway, 10_000)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    refund = refund_order(order, gateway.query(order.payment_no), 2_500)
    gateway.refund(refund)
    wechat_simulator.act(f"refunds/{refund.refund_no}/finish", status=status)
    report = gateway.query_refund(refund)
    assert report.state is state and report.reason == status


def test_the_commission_is_split_and_the_rest_released(gateway, wechat_simulator):
    order = make_order(gateway, 12_000)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    report = gateway.query(order.payment_no)
    split = split_order(order, report, 600)
    account = order.shares[0].merchant_account

    assert gateway.split(split) and gateway.split(split) and gateway.query_split(split)
    assert wechat_simulator.read("balances")[account] == {"frozen": 12_000 - 72 - 600, "available": 0}
    release = replace(split, split_no="SP0000002")
    assert gateway.unfreeze(release) and gateway.unfreeze(release)
    assert wechat_simulator.read("balances")[account] == {"frozen": 0, "available": 12_000 - 72 - 600}
    assert refusal(gateway.split, replace(split, split_no="SP0000003")).code == "INVALID_REQUEST"


def test_a_split_is_capped_at_thirty_percent_and_follows_the_payment(gateway, wechat_simulator):
    order = make_order(gateway, 1_000)
    gateway.start(order)
    unpaid = SplitOrder("SP0000001", "4200000000000000000000000000", order.shares[0].merchant_account, 1, "CNY", "x")
    assert refusal(gateway.split, unpaid).code == "RESOURCE_NOT_EXISTS"
    wechat_simulator.pay(order.payment_no)
    report = gateway.query(order.payment_no)
    assert refusal(gateway.split, split_order(order, report, 301)).code == "INVALID_REQUEST"
    assert refusal(gateway.split, split_order(order, report, 0)).code == "PARAM_ERROR"
    assert gateway.split(split_order(order, report, 300))


def test_a_split_is_returned_once_a_number_and_never_more_than_was_split(gateway, wechat_simulator):
    order = make_order(gateway, 12_000)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    split = split_order(order, gateway.query(order.payment_no), 600)
    account = order.shares[0].merchant_account
    back = ReturnOrder("RT0000001", split.split_no, account, 400, "CNY", "用户退款")
    assert refusal(gateway.return_split, back).code == "RESOURCE_NOT_EXISTS"
    assert gateway.split(split) and gateway.return_split(back) and gateway.return_split(back)
    assert wechat_simulator.read("balances")[account] == {"frozen": 12_000 - 72 - 200, "available": 0}
    assert refusal(gateway.return_split, replace(back, amount_minor=100)).code == "PARAM_ERROR"
    assert refusal(gateway.return_split, replace(back, return_no="RT0000002")).code == "INVALID_REQUEST"
    assert refusal(gateway.return_split, replace(back, amount_minor=0)).code == "PARAM_ERROR"
    assert gateway.unfreeze(replace(split, split_no="SP0000002"))
    assert gateway.return_split(replace(back, return_no="RT0000003", amount_minor=200))
    assert wechat_simulator.read("balances")[account] == {"frozen": 0, "available": 12_000 - 72}


def test_the_fee_of_each_sub_order_is_on_the_bill(gateway, wechat_simulator):
    order = make_order(gateway, 10_552, 83)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    assert [row["fee"] for row in wechat_simulator.read("bill")] == [63, 0]


def test_a_shop_is_enrolled_once(gateway, wechat_simulator):
    accounts = {gateway.enrol_merchant(shop_id=7, shop_name="墨斋") for _ in range(2)}
    assert len(accounts) == 1 and accounts != {gateway.enrol_merchant(shop_id=8, shop_name="墨斋")}
    wechat_simulator.switch(hold_applyments=1)
    error = refusal(gateway.enrol_merchant, shop_id=9, shop_name="竹里")
    assert error.code == "PENDING" and error.retry
    wechat_simulator.act(f"applyments/{wechat_simulator.environment['WECHATPAY_SP_MCHID']}_9/finish")
    assert gateway.enrol_merchant(shop_id=9, shop_name="竹里")


def test_errors_say_whether_to_ask_again(gateway, wechat_simulator):
    order = make_order(gateway, 100)
    wechat_simulator.switch(fail_next=1)
    error = refusal(gateway.start, order)
    assert error.code == "SYSTEM_ERROR" and error.retry
    wechat_simulator.switch(drop_next=1)
    error = refusal(gateway.start, order)
    assert error.code == "UNREACHABLE" and error.retry
    assert gateway.start(order).qr_content, "the lost answer was carried out, and the repeat is harmless"
    assert not refusal(gateway.query, "PYNOSUCHORDER").retry


def test_an_answer_that_is_not_signed_by_the_provider_is_not_believed(gateway, wechat_simulator):
    order = make_order(gateway, 100)
    gateway.start(order)
    wechat_simulator.switch(bad_signature_next=1)
    assert refusal(gateway.query, order.payment_no).code == "BAD_SIGNATURE"


def test_a_slow_provider_is_not_waited_for(wechat_simulator, gateway):
    order = make_order(gateway, 100)
    hurried = WechatPayGateway(replace(gateway._config, timeout_seconds=0.2))
    wechat_simulator.switch(latency_ms=800)
    begun = time.monotonic()
    error = refusal(hurried.start, order)
    assert error.code == "UNREACHABLE" and error.retry and time.monotonic() - begun < 0.7


def test_certificates_are_fetched_when_needed_and_kept(wechat_simulator, tmp_path):
    """Certificate mode may start while the provider is down, and asks for certificates once."""
    settings = {**wechat_simulator.settings(mode="certificate"), "certificate_dir": str(tmp_path / "certificates")}
    early = WechatPayGateway(WechatPayConfig(**settings))
    wechat_simulator.switch(fail_next=1)
    error = refusal(early.enrol_merchant, shop_id=1, shop_name="清和")
    assert error.retry
    assert not list(tmp_path.glob("certificates/*.pem"))
    later = WechatPayGateway(WechatPayConfig(**settings))
    assert later.enrol_merchant(shop_id=1, shop_name="清和")
    [kept] = tmp_path.glob("certificates/*.pem")
    assert "BEGIN CERTIFICATE" in kept.read_text()
    again = WechatPayGateway(WechatPayConfig(**settings))
    assert again.enrol_merchant(shop_id=1, shop_name="清和")


def test_a_killed_simulator_knows_its_orders_again(gateway, wechat_simulator: Simulator, merchant_inbox: Inbox):
    order = make_order(gateway, 100, 200)
    gateway.start(order)
    wechat_simulator.switch(hold_notifications=1)
    wechat_simulator.pay(order.payment_no)
    before = gateway.query(order.payment_no)
    wechat_simulator.kill()
    assert refusal(gateway.query, order.payment_no).code == "UNREACHABLE"
    wechat_simulator.start()
    assert gateway.query(order.payment_no) == before
    assert wechat_simulator.act("notifications/release")["released"] == 1
    [(headers, body)] = merchant_inbox.wait(1)
    assert gateway.read_notification(headers, body, datetime.now(UTC)).payment == before
    assert json.loads(body)["resource"]["algorithm"] == "AEAD_AES_256_GCM"
