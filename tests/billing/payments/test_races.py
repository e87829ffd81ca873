"""Two at once: real threads, real commits, one truth."""

import pytest
from django.db import transaction

from billing.payments.contracts import PaymentState
from billing.payments.selectors import get_payment, list_inbox
from billing.payments.services import (
    PaymentClosed,
    ask_provider,
    close_payment,
    mark_closed,
    record_report,
    start_payment,
)
from tests.billing.payments.conftest import moment
from tests.billing.payments.steps import in_threads, receive, record, start
from tests.fixtures.wechatpay import wait_for


def test_many_starts_at_once_give_one_code(committed_db, make_payment, wechat_simulator):
    payment = make_payment(100, 200)
    starts = [lambda: start_payment(payment_no=payment.payment_no, now=moment()) for _ in range(6)]
    results = in_threads(*starts)
    assert len({result.qr_content for result in results}) == 1, results
    assert get_payment(payment.payment_no).state is PaymentState.STARTED


def test_the_same_callback_at_once_captures_once(committed_db, make_payment, wechat_simulator, told):
    payment_no = start(make_payment(100, 200))
    wechat_simulator.pay(payment_no)
    [message] = told.wait(1)
    results = in_threads(*[lambda: record(receive(message).payment).captured_now for _ in range(6)])
    assert sorted(map(str, results)) == ["False"] * 5 + ["True"]
    [entry] = list_inbox()
    assert entry.times == 6


@pytest.mark.parametrize("round_", range(4))
def test_closing_and_paying_at_once_end_in_one_truth(committed_db, make_payment, wechat_simulator, told, round_):
    """Whoever is first at the provider wins there; our rows follow, and money is never forgotten."""
    payment_no = start(make_payment(100, 200))

    def close():
        report = close_payment(payment_no=payment_no, now=moment())
        with transaction.atomic():
            if report.paid:
                return record_report(report=report, now=moment()).captured_now
            return mark_closed(payment_no=payment_no, now=moment())

    def pay_and_tell():
        if wechat_simulator.pay(payment_no) != "paid":
            return "closed"
        wait_for(lambda: bool(told.received), seconds=10, what="the callback")
        return record(receive(told.received[0]).payment).captured_now

    results = in_threads(close, pay_and_tell)
    assert not any(isinstance(result, Exception) for result in results), results
    at_provider = ask_provider(payment_no=payment_no, now=moment())
    state = get_payment(payment_no).state
    assert (at_provider.paid, state) in ((True, PaymentState.CAPTURED), (False, PaymentState.CLOSED))


def test_starting_and_closing_at_once_leave_nothing_payable(committed_db, make_payment, wechat_simulator):
    payment = make_payment(100)

    def close():
        close_payment(payment_no=payment.payment_no, now=moment())
        with transaction.atomic():
            return mark_closed(payment_no=payment.payment_no, now=moment())

    wechat_simulator.switch(latency_ms=100)
    results = in_threads(lambda: start_payment(payment_no=payment.payment_no, now=moment()), close)
    wechat_simulator.switch(latency_ms=0)
    if isinstance(results[0], PaymentClosed):
        assert wechat_simulator.pay(payment.payment_no) == "closed"
    assert get_payment(payment.payment_no).state is PaymentState.CLOSED
