"""What the provider says is believed once, and only when it fits."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from billing.payments.contracts import BadNotification, PaymentState, ProviderReport, WebhookAnswer
from billing.payments.models import Payment, PaymentShare, WebhookInbox
from billing.payments.rules import answer_webhook
from billing.payments.selectors import PaymentNotFound, get_payment, list_inbox, list_unsure_payments
from billing.payments.services import (
    AmountMismatch,
    ask_provider,
    ask_unsure_payments,
    close_payment,
    mark_closed,
)
from billing.payments.services import inbox as inbox_services
from tests.billing.payments.conftest import moment
from tests.billing.payments.steps import receive, record, start

FORGERIES = {
    "wrong_signature": ("bad_signature", 401),
    "changed_body": ("bad_signature", 401),
    "old_timestamp": ("old_timestamp", 401),
    "wrong_key": ("bad_encryption", 400),
    "unknown_order": ("unknown_order", 400),
    "wrong_amount": ("wrong_amount", 400),
    "wrong_currency": ("wrong_currency", 400),
    "wrong_account": ("wrong_account", 400),
    "missing_share": ("wrong_shares", 400),
    "foreign_merchant": ("foreign_merchant", 400),
}


def rows():
    """Everything that a callback could change."""
    return list(Payment.objects.order_by("id").values()), list(PaymentShare.objects.order_by("id").values())


def test_a_paid_payment_is_told_believed_and_captured_once(make_payment, wechat_simulator, told):
    payment_no = start(make_payment(10552, 7914, 7034))
    wechat_simulator.pay(payment_no)
    [message] = told.wait(1)
    notification = receive(message)
    before = rows()
    assert get_payment(payment_no).state is PaymentState.STARTED, "receiving alone touches no payment"

    first, second = record(notification.payment), record(notification.payment)
    assert (first.captured_now, first.late, second.captured_now) == (True, False, False)
    assert first.purchase_no == get_payment(payment_no).purchase_no and len(first.shares) == 3
    payment = get_payment(payment_no)
    assert payment.state is PaymentState.CAPTURED and payment.captured_at and not payment.captured_late
    assert all(share.transaction_id and share.paid_at for share in payment.shares)
    assert rows() != before
    receive(message)
    [entry] = list_inbox()
    assert (entry.accepted, entry.subject, entry.times) == (True, payment_no, 2)


@pytest.mark.parametrize(("kind", "expected"), FORGERIES.items())
def test_a_forged_notification_is_refused_logged_and_changes_nothing(
    make_payment, wechat_simulator, told, kind, expected
):
    payment_no = start(make_payment(100, 200))
    before = rows()
    wechat_simulator.act(f"orders/{payment_no}/forge", kind=kind)
    [message] = told.wait(1)
    with pytest.raises(BadNotification) as raised:
        receive(message)
    reason, status = expected
    assert raised.value.reason == reason and answer_webhook(raised.value.reason).status == status
    assert rows() == before
    [entry] = list_inbox(accepted=False)
    assert entry.reason == reason and entry.gateway == "wechatpay"
    wechat_simulator.pay(payment_no)
    assert record(receive(told.wait(2)[1]).payment).captured_now, "the true one is still believed"


def test_a_refused_message_does_not_take_the_place_of_the_true_one(make_payment, wechat_simulator, told):
    payment_no = start(make_payment(100))
    wechat_simulator.pay(payment_no)
    [(headers, body)] = told.wait(1)
    for _ in range(3):
        with pytest.raises(BadNotification):
            receive((headers, body + b" "))
    assert record(receive((headers, body)).payment).captured_now


def test_refusals_are_kept_but_not_without_bound(enrolled, monkeypatch):
    monkeypatch.setattr(inbox_services, "KEPT_REFUSALS", 5)
    for number in range(8):
        with pytest.raises(BadNotification):
            receive(({}, str(number).encode()))
    inbox_services.trim_inbox(gateway="wechatpay")
    kept = list(WebhookInbox.objects.order_by("id").values_list("body_digest", flat=True))
    assert len(kept) == 5 and len(set(kept)) == 5
    assert inbox_services.trim_inbox(gateway="wechatpay") == 0


def test_the_provider_is_answered_in_its_own_words():
    assert answer_webhook() == WebhookAnswer(204, b"")
    assert answer_webhook("bad_signature") == WebhookAnswer(401, b'{"code": "FAIL", "message": "bad_signature"}')


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda report: replace(report, currency="USD"), "wrong_currency"),
        (lambda report: replace(report, shares=report.shares[1:]), "wrong_shares"),
        (lambda report: replace(report, shares=(*report.shares, report.shares[0])), "wrong_shares"),
        (lambda report: change_first(report, amount_minor=99), "wrong_amount"),
        (lambda report: change_first(report, merchant_account="1600000000"), "wrong_account"),
        (lambda report: change_first(report, transaction_id=""), "no_transaction"),
        (lambda report: change_first(report, share_no="ANOTHER-1"), "wrong_shares"),
    ],
)
def test_a_report_that_does_not_fit_leaves_everything_as_it_was(make_payment, wechat_simulator, change, reason):
    payment_no = start(make_payment(100, 200))
    wechat_simulator.pay(payment_no)
    report = ask_provider(payment_no=payment_no, now=moment())
    before = rows()
    with pytest.raises(AmountMismatch) as raised:
        record(change(report))
    assert raised.value.reason == reason and rows() == before


def change_first(report: ProviderReport, **changes: object) -> ProviderReport:
    return replace(report, shares=(replace(report.shares[0], **changes), *report.shares[1:]))


def test_money_taken_a_second_time_for_a_paid_share_is_loud(make_payment, wechat_simulator):
    payment_no = start(make_payment(100))
    wechat_simulator.pay(payment_no)
    report = ask_provider(payment_no=payment_no, now=moment())
    record(report)
    with pytest.raises(AmountMismatch) as raised:
        record(change_first(report, transaction_id="4200999"))
    assert raised.value.reason == "another_transaction"


def test_an_unpaid_report_and_an_unknown_payment_change_nothing(make_payment):
    payment_no = start(make_payment(100))
    assert not record(ask_provider(payment_no=payment_no, now=moment())).captured_now
    with pytest.raises(PaymentNotFound):
        record(ProviderReport("PYNOSUCH", paid=True, closed=False, currency="CNY"))


def test_a_payment_that_arrives_after_closing_is_captured_as_late(make_payment, wechat_simulator, told):
    payment_no = start(make_payment(100, 200))
    assert close_payment(payment_no=payment_no, now=moment()).closed
    with transaction.atomic():
        mark_closed(payment_no=payment_no, now=moment())
    assert wechat_simulator.pay(payment_no) == "closed"
    assert wechat_simulator.pay(payment_no, force=True) == "paid"
    report = receive(told.wait(1)[0]).payment
    outcome = record(report)
    assert outcome.captured_now and outcome.late
    again = record(report)
    assert not again.captured_now and again.late
    with transaction.atomic():
        assert not mark_closed(payment_no=payment_no, now=moment()), "captured stays captured"
    assert get_payment(payment_no).state is PaymentState.CAPTURED


def test_closing_a_payment_that_was_paid_reports_it(make_payment, wechat_simulator):
    payment_no = start(make_payment(100))
    wechat_simulator.pay(payment_no)
    report = close_payment(payment_no=payment_no, now=moment())
    assert report.paid and record(report).captured_now


def test_a_lost_callback_is_asked_for(make_payment, wechat_simulator):
    paid, unpaid = start(make_payment(100)), start(make_payment(100))
    wechat_simulator.switch(hold_notifications=1)
    wechat_simulator.pay(paid)
    assert list_unsure_payments(now=moment()) == []
    later = moment() + timedelta(seconds=31)
    assert list_unsure_payments(now=later) == [paid, unpaid]
    assert ask_unsure_payments(now=later, settle=record) == 1
    assert get_payment(paid).state is PaymentState.CAPTURED
    assert list_unsure_payments(now=later) == []
    assert list_unsure_payments(now=later + timedelta(seconds=61)) == [unpaid]
    wechat_simulator.switch(fail_next=1)
    assert ask_unsure_payments(now=later + timedelta(seconds=61), settle=record) == 0


def test_a_closed_payment_is_asked_about_once_more(make_payment, wechat_simulator):
    payment_no = start(make_payment(100))
    with transaction.atomic():
        mark_closed(payment_no=payment_no, now=moment())
    wechat_simulator.switch(hold_notifications=1)
    wechat_simulator.pay(payment_no)
    later = moment() + timedelta(minutes=11)
    assert ask_unsure_payments(now=later, settle=record) == 1
    assert get_payment(payment_no).captured_late
    assert list_unsure_payments(now=later + timedelta(hours=1)) == []


def test_asking_about_a_closed_payment_is_not_repeated_for_ever(make_payment):
    payment_no = start(make_payment(100))
    close_payment(payment_no=payment_no, now=moment())
    with transaction.atomic():
        mark_closed(payment_no=payment_no, now=moment())
    later = moment() + timedelta(minutes=11)
    assert ask_unsure_payments(now=later, settle=record) == 0
    assert list_unsure_payments(now=later + timedelta(hours=1)) == []
