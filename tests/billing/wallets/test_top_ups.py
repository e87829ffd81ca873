"""Topping up through the provider's real protocol: credited once, late money too, closed there when time is over."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from billing.checkout.services import check_payment
from billing.checkout.tasks import ask_unsure
from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger
from billing.payments.selectors import get_payment
from billing.payments.services import AmountMismatch, NoOwnAccount, PaymentClosed, ask_provider
from billing.settlement.contracts.reconciling import FindingKind, StatementKind
from billing.settlement.selectors.reconciling import list_findings, list_runs
from billing.settlement.services import record_provider_settled
from billing.settlement.services.reconciling_fetching import ask_for_fetch, fetch_due
from billing.wallets.contracts import TopUpSource, TopUpState
from billing.wallets.models import TopUp
from billing.wallets.selectors import TopUpNotFound, get_top_up, list_top_ups
from billing.wallets.services import (
    BadAmount,
    KeyReused,
    TooManyOpen,
    check_top_up_paid,
    close_due_top_ups,
    settle_top_up,
    start_top_up,
    top_ups,
)


def own_account() -> int:
    return get_balance(code=Code.PSP_RECEIVABLE, owner=Owner.of_psp("wechatpay_own")).posted_minor


def test_a_top_up_that_is_paid_is_in_the_wallet_once(till, merchant_inbox, settings):
    settings.WECHATPAY = till.simulator.settings(notify_url=merchant_inbox.url)
    top_up = till.begin(50_000)
    assert (top_up.state, top_up.source, till.cash()) == (TopUpState.OPEN, TopUpSource.PAYMENT, 0)
    assert till.simulator.pay(top_up.payment_no) == "paid"
    till.receive(merchant_inbox)
    till.receive(merchant_inbox)
    assert check_payment(payment_no=top_up.payment_no, now=till.now)
    assert check_top_up_paid(payment_no=top_up.payment_no, now=till.now)
    assert (till.look(top_up).state, till.cash()) == (TopUpState.PAID, 50_000)
    fee = get_balance(code=Code.PSP_FEE).posted_minor
    assert (fee, own_account()) == (300, 49_700), "rows H1 and H2"
    order = till.simulator.read(f"orders/{top_up.payment_no}")
    assert [sub["sub_mchid"] for sub in order["sub_orders"]] == [settings.WECHATPAY["own_mchid"]]
    assert [sub["frozen"] for sub in order["sub_orders"]] == [0], "our own money is not kept for an order"
    assert prove_ledger().sound


def test_the_same_key_is_the_same_top_up(till):
    first = till.begin(key="a")
    assert till.begin(key="a") == first
    assert till.begin(key="b") != first
    with pytest.raises(KeyReused):
        till.open(10_001, key="a")
    assert TopUp.objects.count() == 2


@pytest.mark.parametrize("amount", [999, 20_000_001, 0, -5])
def test_an_amount_outside_the_limits_is_refused(till, amount):
    with pytest.raises(BadAmount):
        till.open(amount)
    assert not TopUp.objects.exists()


def test_only_so_many_wait_at_once(till):
    for number in range(10):
        till.open(key=f"k{number}")
    with pytest.raises(TooManyOpen):
        till.open(key="one more")
    till.clock.move(minutes=16)
    till.open(key="one more")


def test_without_an_account_of_our_own_nothing_is_opened(till, settings):
    settings.WECHATPAY = {**settings.WECHATPAY, "own_mchid": ""}
    with pytest.raises(NoOwnAccount):
        till.open()
    assert not TopUp.objects.exists()


def test_one_that_is_not_paid_in_time_is_closed_at_the_provider(till):
    top_up = till.begin()
    assert close_due_top_ups(now=till.now) == 0
    assert close_due_top_ups(now=till.clock.move(minutes=15)) == 1
    assert till.look(top_up).state is TopUpState.CLOSED
    assert till.simulator.pay(top_up.payment_no) == "closed"
    with pytest.raises(PaymentClosed):
        start_top_up(payment_no=top_up.payment_no, now=till.now)
    assert (close_due_top_ups(now=till.now), till.cash()) == (0, 0)


def test_who_pays_at_the_last_moment_has_topped_up(till):
    top_up = till.begin()
    till.simulator.pay(top_up.payment_no)
    assert close_due_top_ups(now=till.clock.move(minutes=15)) == 0
    assert (till.look(top_up).state, till.cash()) == (TopUpState.PAID, 10_000)


def test_money_that_comes_after_the_close_is_credited_all_the_same(till):
    top_up = till.begin()
    close_due_top_ups(now=till.clock.move(minutes=15))
    till.simulator.pay(top_up.payment_no, force=True)
    ask_unsure(till.clock.move(minutes=11))
    assert get_payment(top_up.payment_no).captured_late
    assert (till.look(top_up).state, till.cash()) == (TopUpState.PAID, 10_000)


def test_a_callback_that_never_came_is_asked_for(till):
    top_up = till.begin()
    till.simulator.pay(top_up.payment_no)
    ask_unsure(till.clock.move(seconds=31))
    assert (till.look(top_up).state, till.cash()) == (TopUpState.PAID, 10_000)


def test_a_provider_that_does_not_answer_closes_nothing(till):
    top_up = till.begin()
    till.clock.move(minutes=15)
    till.simulator.switch(fail_next=1)
    assert (close_due_top_ups(now=till.now), till.look(top_up).state) == (0, TopUpState.OPEN)
    assert close_due_top_ups(now=till.now) == 1


def test_a_report_of_another_sum_or_account_changes_nothing(till):
    top_up = till.begin()
    till.simulator.pay(top_up.payment_no)
    report = ask_provider(payment_no=top_up.payment_no, now=till.now)
    [share] = report.shares
    for lie in ({"amount_minor": 10_001}, {"merchant_account": "1600000001"}):
        with pytest.raises(AmountMismatch):
            settle_top_up(report=replace(report, shares=(replace(share, **lie),)), now=till.now)
    assert (till.look(top_up).state, till.cash()) == (TopUpState.OPEN, 0)


def test_a_credit_that_fails_half_way_leaves_the_payment_to_be_asked_again(till, monkeypatch):
    top_up = till.begin()
    till.simulator.pay(top_up.payment_no)

    def fail(*args: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(top_ups, "provider_fee_minor", fail)
    with pytest.raises(ZeroDivisionError):
        check_payment(payment_no=top_up.payment_no, now=till.now)
    assert (till.look(top_up).state, till.cash()) == (TopUpState.OPEN, 0)
    assert get_payment(top_up.payment_no).captured_at is None
    monkeypatch.undo()
    assert check_payment(payment_no=top_up.payment_no, now=till.now)
    assert till.cash() == 10_000


def test_one_shop_sees_nothing_of_anothers_top_ups(till, shop_b):
    top_up = till.begin(key="same")
    other = till.open(10_001, key="same", shop_id=shop_b.shop_id)
    with pytest.raises(TopUpNotFound):
        get_top_up(shop_id=shop_b.shop_id, number=top_up.number)
    assert [one.number for one in list_top_ups(shop_id=shop_b.shop_id)] == [other.number]
    till.simulator.pay(top_up.payment_no)
    check_payment(payment_no=top_up.payment_no, now=till.now)
    assert (till.cash(), till.cash(shop_b.shop_id)) == (10_000, 0)


def test_the_providers_bill_of_the_day_matches_and_its_settlement_clears(till):
    till.simulator.switch(bills_of_today=1)
    for key, amount in (("a", 50_000), ("b", 10_001)):
        top_up = till.begin(amount, key=key)
        till.simulator.pay(top_up.payment_no)
        check_payment(payment_no=top_up.payment_no, now=till.now)
    till.cash()
    day = till.now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    morning = till.now + timedelta(days=1)
    ask_for_fetch(psp="wechatpay", kind=StatementKind.TRADE, day=day, actor_id=1, now=morning)
    assert fetch_due(now=morning) == 1
    [run] = list_runs()
    assert (run.lines, run.matched, run.waiting) == (2, 2, 0)
    assert list_findings() == []

    till.simulator.act("bills/faults", bill="trade", fault="amount", number=top_up.number, amount=7)
    ask_for_fetch(psp="wechatpay", kind=StatementKind.TRADE, day=day, actor_id=1, now=morning)
    fetch_due(now=morning)
    [finding] = list_findings()
    assert (finding.kind, finding.number, finding.shop_id) == (FindingKind.AMOUNT, top_up.number, till.shop_id)

    record_provider_settled(
        psp="wechatpay_own",
        reference="bank-9",
        amount_minor=own_account(),
        bank_account="main",
        actor_id=1,
        now=till.now,
    )
    till.cash()
    assert own_account() == 0
