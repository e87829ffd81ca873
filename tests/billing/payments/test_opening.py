"""Payments are opened in rows and started at the provider."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from billing.payments.contracts import PaymentState, ProviderError, ShareToPay
from billing.payments.models import Payment, PaymentShare
from billing.payments.selectors import get_payment, get_share
from billing.payments.services import (
    BadShares,
    PaymentClosed,
    PaymentExpired,
    PaymentReused,
    ProviderCallInTransaction,
    close_payment,
    enrol_merchant,
    mark_closed,
    open_payment,
    start_payment,
)
from tests.billing.payments.conftest import moment


def opening(shares, purchase_no="261122X", **changes):
    return {
        "purchase_no": purchase_no,
        "gateway": "wechatpay",
        "currency": "CNY",
        "shares": shares,
        "description": "集市订单",
        "expires_at": moment() + timedelta(minutes=15),
        "now": moment(),
        **changes,
    }


def share(number=1, amount=100, account="1600000001"):
    return ShareToPay(f"261122X-{number}", number, account, amount, "茶杯")


def test_a_payment_is_opened_with_its_shares_and_started_once(make_payment, wechat_simulator):
    payment = make_payment(10552, 7914, 7034)
    assert payment.state is PaymentState.OPENED and payment.amount_minor == 25500
    assert [one.amount_minor for one in payment.shares] == [10552, 7914, 7034]

    started = start_payment(payment_no=payment.payment_no, now=moment())
    wechat_simulator.switch(fail_next=1)
    assert start_payment(payment_no=payment.payment_no, now=moment()) == started, "answered from the row"
    known = get_payment(payment.payment_no)
    assert known.state is PaymentState.STARTED and known.qr_content == started.qr_content


def test_opening_again_gives_the_same_payment_and_other_shares_are_refused(make_payment):
    payment = make_payment(100, 200)
    shares = [
        ShareToPay(one.share_no, one.shop_id, one.merchant_account, one.amount_minor, "青瓷茶杯")
        for one in payment.shares
    ]
    with transaction.atomic():
        assert open_payment(**opening(shares, payment.purchase_no)) == payment.payment_no
        with pytest.raises(PaymentReused):
            open_payment(**opening([replace(shares[0], amount_minor=101), shares[1]], payment.purchase_no))
    assert Payment.objects.count() == 1 and PaymentShare.objects.count() == 2


@pytest.mark.parametrize(
    "shares",
    [
        [],
        [share(number) for number in range(1, 52)],
        [share(), share()],
        [share(amount=0)],
        [share(amount=-1)],
        [share(account="")],
    ],
)
def test_shares_that_cannot_be_paid_together_are_refused(shares, db, wechat_settings):
    with transaction.atomic(), pytest.raises(BadShares):
        open_payment(**opening(shares))
    assert not Payment.objects.exists()


def test_a_step_wants_a_transaction_and_a_provider_call_wants_none(committed_db, make_payment):
    payment = make_payment(100)
    with pytest.raises(TransactionManagementError):
        open_payment(**opening([share()]))
    with transaction.atomic(), pytest.raises(ProviderCallInTransaction):
        start_payment(payment_no=payment.payment_no, now=moment())


def test_a_provider_that_is_down_leaves_the_payment_to_be_started_later(make_payment, wechat_simulator):
    payment = make_payment(100)
    wechat_simulator.switch(fail_next=1)
    with pytest.raises(ProviderError) as raised:
        start_payment(payment_no=payment.payment_no, now=moment())
    assert raised.value.retry and get_payment(payment.payment_no).state is PaymentState.OPENED
    wechat_simulator.switch(drop_next=1)
    with pytest.raises(ProviderError):
        start_payment(payment_no=payment.payment_no, now=moment())
    assert start_payment(payment_no=payment.payment_no, now=moment()).qr_content


def test_a_closed_or_expired_payment_is_not_started(make_payment):
    payment = make_payment(100)
    assert close_payment(payment_no=payment.payment_no, now=moment()).closed
    with transaction.atomic():
        assert mark_closed(payment_no=payment.payment_no, now=moment())
        assert mark_closed(payment_no=payment.payment_no, now=moment())
    with pytest.raises(PaymentClosed):
        start_payment(payment_no=payment.payment_no, now=moment())
    with pytest.raises(PaymentExpired):
        start_payment(payment_no=make_payment(100).payment_no, now=moment() + timedelta(hours=1))


def test_cash_on_delivery_has_nothing_to_start(make_payment):
    payment = make_payment(100, gateway="cod")
    assert start_payment(payment_no=payment.payment_no, now=moment()).qr_content == ""
    assert close_payment(payment_no=payment.payment_no, now=moment()).closed


def test_a_shop_has_one_account_however_often_it_is_enrolled(enrolled, wechat_simulator):
    wechat_simulator.switch(fail_next=1)
    again = enrol_merchant(shop_id=1, shop_name="另一个名字", gateway="wechatpay", now=moment())
    assert again == enrolled[1] and len(set(enrolled.values())) == 3


def test_the_database_refuses_shares_that_do_not_sum_to_their_payment(make_payment):
    payment = Payment.objects.get(payment_no=make_payment(100, 200).payment_no)
    with pytest.raises(IntegrityError, match="sum to 330"), transaction.atomic():
        extra = {"merchant_account": "x", "amount_minor": 30, "description": ""}
        PaymentShare.objects.create(payment=payment, position=9, share_no="EXTRA-1", shop_id=9, **extra)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 1},
        {"merchant_account": "elsewhere"},
        {"refunded_minor": 1},
        {"step": "gone"},
        {"paid_at": moment()},
        {"step": "split"},
    ],
)
def test_the_database_refuses_untrue_shares(make_payment, change):
    share_no = make_payment(100).shares[0].share_no
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentShare.objects.filter(share_no=share_no).update(**change)
    assert get_share(share_no).amount_minor == 100


@pytest.mark.parametrize(
    "change",
    [{"state": "captured"}, {"state": "closed"}, {"state": "odd"}, {"amount_minor": 5}, {"captured_late": True}],
)
def test_the_database_refuses_untrue_payments(make_payment, change):
    payment_no = make_payment(100).payment_no
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(payment_no=payment_no).update(**change)
