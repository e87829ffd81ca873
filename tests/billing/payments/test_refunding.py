"""Refunds: never more than was paid, never twice, and known to the end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from billing.payments.contracts import ProviderError, RefundReport, RefundState
from billing.payments.models import PaymentShare
from billing.payments.rules import commission_to_return, provider_fee_minor
from billing.payments.selectors import get_refund, get_share, list_due_refunds, list_refunds
from billing.payments.services import (
    KeyReused,
    NothingLeft,
    NotPaid,
    RefundTooLarge,
    RefundUnderWay,
    receive_notification,
    send_due_refunds,
    send_refund,
    split_share,
    unfreeze_share,
)
from tests.billing.payments.conftest import moment
from tests.billing.payments.steps import ask, finish, in_threads, record_refunded


def test_a_share_is_refunded_and_the_provider_agrees(paid_share, wechat_simulator):
    share_no = paid_share(10_000)
    refund_no = ask(share_no, 10_000, "cancel:1")
    assert get_refund(refund_no).state is RefundState.ASKED
    outcome = record_refunded(send_refund(refund_no=refund_no, now=moment()))
    assert (outcome.refund_no, outcome.share_no, outcome.state) == (refund_no, share_no, RefundState.SENT)
    finish(refund_no)
    assert record_refunded(send_refund(refund_no=refund_no, now=moment())) is None, "a repeat changes nothing"
    assert get_share(share_no).refunded_minor == 10_000
    [row] = [row for row in wechat_simulator.read("bill") if row["out_trade_no"] == share_no]
    assert (row["refunded"], row["fee"]) == (10_000, 0)


def test_the_callback_of_a_refund_is_believed(paid_share, wechat_simulator, merchant_inbox, settings):
    settings.WECHATPAY = wechat_simulator.settings(notify_url=merchant_inbox.url)
    refund_no = ask(paid_share(), 2_500, "part:1")
    send_refund(refund_no=refund_no, now=moment())
    headers, body = next(m for m in merchant_inbox.wait(2) if b"REFUND" in m[1])
    notification = receive_notification(gateway="wechatpay", headers=headers, body=body, now=moment())
    assert record_refunded(notification.refund).state is RefundState.SUCCEEDED
    assert record_refunded(notification.refund) is None
    assert get_refund(refund_no).succeeded_at is not None


def test_the_same_key_is_one_refund_and_another_amount_under_it_is_refused(paid_share):
    share_no = paid_share()
    assert ask(share_no, 100, "key") == ask(share_no, 100, "key")
    with pytest.raises(KeyReused):
        ask(share_no, 101, "key")
    assert get_share(share_no).refunded_minor == 100 and len(list_refunds(share_no=share_no)) == 1


def test_refunds_never_exceed_what_was_paid(paid_share):
    share_no = paid_share(10_000)
    ask(share_no, 7_500, "a")
    for amount in (2_501, 0, -1):
        with pytest.raises(RefundTooLarge):
            ask(share_no, amount, f"b{amount}")
    ask(share_no, 2_500, "c")
    with pytest.raises(RefundTooLarge):
        ask(share_no, 1, "d")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentShare.objects.filter(share_no=share_no).update(refunded_minor=10_001)


def test_at_most_fifty_parts(paid_share):
    share_no = paid_share()
    for number in range(50):
        ask(share_no, 1, f"part:{number}")
    with pytest.raises(RefundTooLarge):
        ask(share_no, 1, "part:50")


def test_many_refunds_at_once_never_exceed_what_was_paid(committed_db, paid_share):
    share_no = paid_share(10_000)
    works = [lambda number=number: ask(share_no, 3_000, f"at-once:{number}") for number in range(6)]
    results = in_threads(*works)
    assert sum(isinstance(result, str) for result in results) == 3
    assert sum(isinstance(result, RefundTooLarge) for result in results) == 3
    assert get_share(share_no).refunded_minor == 9_000


def test_an_unpaid_share_is_not_refunded(make_payment):
    with pytest.raises(NotPaid):
        ask(make_payment(100).shares[0].share_no, 100, "x")


@pytest.mark.parametrize("released", [False, True])
def test_after_the_split_our_commission_goes_back_before_the_refund(paid_share, wechat_simulator, released):
    share_no = paid_share(10_000)
    assert split_share(share_no=share_no, commission_minor=500, now=moment())
    if released:
        assert unfreeze_share(share_no=share_no, now=moment())
    refund_no = ask(share_no, 10_000, "x")
    for _ in range(2):  # a worker that dies after the call asks for the same return again
        report = send_refund(refund_no=refund_no, now=moment())
        assert report.returned and report.state is RefundState.ASKED
    outcome = record_refunded(report)
    assert (outcome.returned_now, outcome.commission_minor, outcome.released) == (True, 500, released)
    assert record_refunded(report) is None, "a repeat changes nothing"
    account = get_share(share_no).merchant_account
    pot = "available" if released else "frozen"
    assert wechat_simulator.read("balances")[account][pot] == 10_000 - 60
    assert list_due_refunds(now=moment()) == [refund_no], "the refund itself is due at once"
    assert record_refunded(send_refund(refund_no=refund_no, now=moment())).state is RefundState.SENT
    finish(refund_no)
    assert wechat_simulator.read("balances")[account][pot] == 0
    assert PaymentShare.objects.get(share_no=share_no).commission_returned_minor == 500


def test_a_split_that_is_under_way_is_waited_for(paid_share):
    share_no = paid_share()
    PaymentShare.objects.filter(share_no=share_no).update(step="split_asked", commission_minor=500)
    refund_no = ask(share_no, 10_000, "x")
    report = send_refund(refund_no=refund_no, now=moment())
    assert not report.returned and record_refunded(report) is None
    assert split_share(share_no=share_no, commission_minor=500, now=moment())
    assert send_refund(refund_no=refund_no, now=moment()).returned


def test_what_is_split_is_not_released_while_a_refund_is_under_way_nor_after_it(paid_share):
    share_no = paid_share()
    split_share(share_no=share_no, commission_minor=500, now=moment())
    refund_no = ask(share_no, 5_000, "x")
    with pytest.raises(RefundUnderWay):
        unfreeze_share(share_no=share_no, now=moment())
    record_refunded(send_refund(refund_no=refund_no, now=moment()))
    record_refunded(send_refund(refund_no=refund_no, now=moment()))
    finish(refund_no)
    ask(share_no, 5_000, "y")
    with pytest.raises(NothingLeft):
        unfreeze_share(share_no=share_no, now=moment())


def test_a_return_that_is_refused_is_asked_again_and_no_refund_is_sent_before(paid_share, wechat_simulator):
    share_no = paid_share()
    split_share(share_no=share_no, commission_minor=500, now=moment())
    refund_no = ask(share_no, 10_000, "x")
    wechat_simulator.switch(fail_next_returns=1)
    with pytest.raises(ProviderError):
        send_refund(refund_no=refund_no, now=moment())
    assert get_refund(refund_no).trouble and get_refund(refund_no).state is RefundState.ASKED
    assert send_refund(refund_no=refund_no, now=moment()).returned


@given(
    amount=st.integers(1, 100_000),
    rate=st.integers(0, 3_000),
    parts=st.lists(st.integers(1, 100_000), min_size=1, max_size=6),
)
def test_parts_of_a_refund_return_exactly_the_commission_and_never_more(amount, rate, parts):
    commission = amount * rate // 10_000
    refunded = returned = 0
    for part in [*parts, amount]:
        part = min(part, amount - refunded)
        refunded += part
        back = commission_to_return(
            commission_minor=commission, amount_minor=amount, refunded_minor=refunded, promised_minor=returned
        )
        assert 0 <= back <= part
        returned += back
        assert returned <= commission
    assert returned == commission


def test_a_provider_that_is_down_is_asked_again_with_the_same_number(paid_share, wechat_simulator):
    share_no = paid_share()
    refund_no = ask(share_no, 100, "x")
    assert list_due_refunds(now=moment()) == [refund_no]
    wechat_simulator.switch(drop_next=1)
    assert send_due_refunds(now=moment(), settle=record_refunded) == 0
    assert get_refund(refund_no).trouble and list_due_refunds(now=moment()) == []
    later = moment() + timedelta(seconds=60)
    assert send_due_refunds(now=later, settle=record_refunded) == 1
    finish(refund_no)
    [row] = [row for row in wechat_simulator.read("bill") if row["out_trade_no"] == share_no]
    assert row["refunded"] == 100, "the lost answer had been carried out; it moved money once"
    assert get_refund(refund_no).trouble == ""


def test_a_refund_that_failed_gives_its_amount_free(paid_share, wechat_simulator):
    wechat_simulator.switch(hold_refunds=1)
    share_no = paid_share(10_000)
    refund_no = ask(share_no, 10_000, "x")
    record_refunded(send_refund(refund_no=refund_no, now=moment()))
    wechat_simulator.act(f"refunds/{refund_no}/finish", status="CLOSED")
    assert record_refunded(send_refund(refund_no=refund_no, now=moment())).state is RefundState.FAILED
    assert get_share(share_no).refunded_minor == 0 and get_refund(refund_no).trouble == "CLOSED"
    assert record_refunded(RefundReport(refund_no, RefundState.SUCCEEDED, 10_000)) is None
    ask(share_no, 10_000, "y")


def test_a_refund_that_waits_for_a_person_keeps_its_amount(paid_share, wechat_simulator):
    wechat_simulator.switch(hold_refunds=1)
    share_no = paid_share(10_000)
    refund_no = ask(share_no, 10_000, "x")
    record_refunded(send_refund(refund_no=refund_no, now=moment()))
    wechat_simulator.act(f"refunds/{refund_no}/finish", status="ABNORMAL")
    assert record_refunded(send_refund(refund_no=refund_no, now=moment())) is None
    refund = get_refund(refund_no)
    assert refund.state is RefundState.SENT and refund.trouble == "ABNORMAL"
    assert get_share(share_no).refunded_minor == 10_000


def test_an_error_that_a_repeat_does_not_mend_is_kept_and_tried_seldom(paid_share, monkeypatch):
    refund_no = ask(paid_share(), 100, "x")
    PaymentShare.objects.filter(refunds__refund_no=refund_no).update(transaction_id="4200000000")
    with pytest.raises(ProviderError) as raised:
        send_refund(refund_no=refund_no, now=moment())
    assert not raised.value.retry and "RESOURCE_NOT_EXISTS" in get_refund(refund_no).trouble


@pytest.mark.parametrize(("amount", "fee"), [(10_552, 63), (83, 0), (84, 1), (25_500, 153), (1, 0)])
def test_the_providers_fee_is_half_up(amount, fee):
    assert provider_fee_minor("wechatpay", amount) == fee
    assert provider_fee_minor("cod", amount) == 0
