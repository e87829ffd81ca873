"""Properties: the order and number of callbacks do not matter, and only the agreed report fits."""

import random
from collections.abc import Callable
from dataclasses import replace

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.payments.contracts import BadNotification, PaidShare, PaymentOrder, ProviderReport, ShareToPay
from billing.payments.models import Payment, PaymentShare
from billing.payments.rules import find_mismatch
from tests.billing.payments.conftest import moment
from tests.billing.payments.steps import receive, record, start


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_stream_of_callbacks_doubled_and_shuffled_ends_in_the_same_rows(make_payment, wechat_simulator, told, data):
    """Three payments, their messages repeated and mixed with refused ones: the same rows as told once, in order."""
    if not Payment.objects.exists():
        for amounts in ((100, 200), (300,), (10552, 7914, 7034)):
            wechat_simulator.pay(start(make_payment(*amounts)))
            wechat_simulator.pay(Payment.objects.order_by("id").last().payment_no)
        told.wait(6)
    messages = list(told.received)
    orderly = capture_in(messages, transaction_ends_in_rows)
    copies = data.draw(st.lists(st.sampled_from(range(len(messages))), max_size=12))
    stream = [*messages, *(messages[index] for index in copies), (messages[0][0], messages[0][1] + b"x")]
    data.draw(st.randoms(use_true_random=False)).shuffle(stream)
    assert capture_in(stream, transaction_ends_in_rows) == orderly


def capture_in(stream, look: Callable[[], object]) -> object:
    """Feed a stream to the product inside a savepoint, look, and undo it."""
    verified = [verify(message) for message in stream]
    savepoint = transaction.savepoint()
    try:
        for notification in verified:
            if notification is not None:
                record(notification.payment)
        return look()
    finally:
        transaction.savepoint_rollback(savepoint)


def verify(message):
    try:
        return receive(message)
    except BadNotification:
        return None


def transaction_ends_in_rows() -> object:
    payments = Payment.objects.order_by("id").values_list("payment_no", "state", "captured_late")
    shares = PaymentShare.objects.order_by("id").values_list("share_no", "transaction_id", "paid_at")
    return list(payments), list(shares)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_only_the_agreed_report_fits(seed):
    """Pure: change any one fact of a fitting report and it fits no more."""
    chance = random.Random(seed)
    payment = Payment(payment_no="PY000001", currency="CNY", expires_at=moment(), description="")
    order = replace(to_order_of(payment, chance), currency="CNY")
    report = fitting_report(order)
    assert find_mismatch(order, report) == ""
    index = chance.randrange(len(report.shares))
    for change in (
        {"amount_minor": report.shares[index].amount_minor + 1},
        {"share_no": "?"},
        {"merchant_account": "?"},
    ):
        shares = list(report.shares)
        shares[index] = replace(shares[index], **change)
        assert find_mismatch(order, replace(report, shares=tuple(shares)))


def to_order_of(payment, chance):
    shares = tuple(
        ShareToPay(f"S{number:05d}", number, f"16{number:08d}", chance.randint(1, 10**9), "")
        for number in range(chance.randint(1, 50))
    )
    return PaymentOrder(payment.payment_no, shares, "CNY", payment.expires_at, "")


def fitting_report(order):
    shares = [
        PaidShare(share.share_no, share.merchant_account, f"42{index}", share.amount_minor, moment())
        for index, share in enumerate(order.shares)
    ]
    random.shuffle(shares)
    return ProviderReport(order.payment_no, paid=True, closed=False, currency=order.currency, shares=tuple(shares))
