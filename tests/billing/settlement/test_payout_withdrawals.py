"""A shop's own money at WeChat Pay: asked, approved by two, withdrawn once by the clock, and believed when it ended."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from time import sleep
from types import SimpleNamespace

import pytest
from django.db import transaction

from billing.ledger.contracts import Code
from billing.ledger.rules import CustodyFeeTaken, CustodyReleased, CustodySharePaid
from billing.ledger.selectors import list_transactions
from billing.payments.contracts import ShareToPay, WithdrawalOrder, WithdrawalReport, WithdrawalState
from billing.payments.services import (
    ask_provider,
    enrol_merchant,
    open_payment,
    record_report,
    start_payment,
    unfreeze_share,
)
from billing.settlement.channels import wechatpay
from billing.settlement.contracts.payouts import CarryReport, CarryState, ChannelName, PayoutState, PayoutView
from billing.settlement.models.payouts import Payout
from billing.settlement.selectors.guarding import read_shop_money
from billing.settlement.selectors.payouts import get_payout
from billing.settlement.services import payout_sending
from billing.settlement.services.guarding import PayoutRefused, judge_shop
from billing.settlement.services.payout_answers import record_bank_answer, return_payout
from billing.settlement.services.payout_asking import NotEnough, cancel_payout, retry_payout
from billing.settlement.services.payout_batches import NothingToSend, make_batch
from billing.settlement.services.payout_deciding import reject_payout
from billing.settlement.services.payout_sending import carry_due_payouts
from billing.settlement.services.payout_steps import WrongState
from tests.billing.settlement.payouts import CLERK, FIRST, OWNER, Till
from tests.fixtures.wechatpay import Simulator, wait_for

_numbers = count(1)


@dataclass
class Purse(Till):
    """A till whose money lies at the provider."""

    account: str = ""
    simulator: Simulator | None = None
    hours: int = 0

    def earn_there(self, amount: int, *, release: bool = True) -> None:
        """A share is paid and released at the provider, and the same in the books (rows L1, L3, L5)."""
        share_no = f"W{next(_numbers):08d}"
        self._pay(share_no, amount)
        fee = (amount * 60 + 5_000) // 10_000
        about = {"shop_id": self.shop_id, "share_no": share_no, "psp": "wechatpay"}
        self.book(f"paid:{share_no}", CustodySharePaid(amount_minor=amount, **about))
        self.book(f"fee:{share_no}", CustodyFeeTaken(amount_minor=fee, **about))
        if release:
            unfreeze_share(share_no=share_no, now=self.now)
            self.book(f"released:{share_no}", CustodyReleased(amount_minor=amount - fee, **about))

    def withdraw(self, amount: int | None = None) -> PayoutView:
        return self.approve(self.ask(amount, channel=ChannelName.WECHATPAY))

    def carry(self) -> int:
        """What the clock does, an hour later each time; the provider lives in real time."""
        self.hours += 1
        sleep(0.05)
        return carry_due_payouts(now=datetime.now(UTC) + timedelta(hours=self.hours))

    def until(self, number: str, *states: PayoutState) -> PayoutView:
        """Let the clock run until the payout stands there."""

        def there() -> bool:
            self.carry()
            return get_payout(number).state in states

        wait_for(there, seconds=10, what=f"{number} to be {states}")
        return get_payout(number)

    def available(self) -> int:
        assert self.simulator is not None
        return int(self.simulator.read("balances")[self.account]["available"])

    def _pay(self, share_no: str, amount: int) -> None:
        assert self.simulator is not None
        with transaction.atomic():
            payment_no = open_payment(
                purchase_no=f"P{share_no}",
                gateway="wechatpay",
                currency="CNY",
                shares=[ShareToPay(share_no, self.shop_id, self.account, amount, "青瓷茶杯")],
                description="集市订单",
                expires_at=self.now + timedelta(minutes=15),
                now=self.now,
            )
        start_payment(payment_no=payment_no, now=self.now)
        self.simulator.pay(payment_no)
        report = ask_provider(payment_no=payment_no, now=self.now)
        with transaction.atomic():
            record_report(report=report, now=self.now)


@pytest.fixture
def purse(any_db, make_shop, clock, wechat_settings) -> Purse:
    """A shop with 99.40 free at the provider."""
    clock.now = datetime.now(UTC)
    shop = make_shop("alpha", owner_id=OWNER)
    account = enrol_merchant(shop_id=shop.shop_id, shop_name="甲铺", gateway="wechatpay", now=clock.now)
    made = Purse(shop, clock, account=account, simulator=wechat_settings)
    made.earn_there(10_000)
    return made


def test_the_whole_way_of_a_withdrawal(purse, wechat_simulator):
    payout = purse.withdraw()
    assert (payout.amount_minor, payout.merchant_account, payout.in_books) == (9_940, purse.account, False)
    done = purse.until(payout.number, PayoutState.CONFIRMED)
    (there,) = wechat_simulator.read("withdrawals")
    assert (there["out_request_no"], there["amount"]) == (payout.number, 9_940)
    assert done.reference == there["withdraw_id"] and purse.available() == 0
    assert list_transactions(subject=payout.number) == [], "the money is the shop's own there: not in our books"
    assert purse.balance(Code.PAYOUT_IN_TRANSIT) == 0
    assert judge_shop(shop_id=purse.shop_id, channel=ChannelName.WECHATPAY, now=purse.now).allows


def test_what_is_promised_is_not_promised_twice(purse):
    purse.ask(9_000, channel=ChannelName.WECHATPAY)
    with pytest.raises(NotEnough) as refused:
        purse.ask(941, channel=ChannelName.WECHATPAY)
    assert refused.value.free_minor == 940
    second = purse.ask(None, channel=ChannelName.WECHATPAY)
    assert second.amount_minor == 940
    cancel_payout(shop_id=purse.shop_id, number=second.number, actor_id=OWNER, now=purse.now)
    assert purse.ask(940, channel=ChannelName.WECHATPAY).amount_minor == 940


def test_money_that_is_still_frozen_cannot_be_asked_for(purse):
    purse.earn_there(5_000, release=False)
    money = read_shop_money(shop_id=purse.shop_id, now=purse.now)
    assert (money.at_provider.available_minor, money.at_provider.frozen_minor) == (9_940, 4_970)
    with pytest.raises(PayoutRefused) as refused:
        purse.ask(9_941, channel=ChannelName.WECHATPAY)
    assert refused.value.verdict.codes == "provider_short"


def test_a_balance_that_nobody_can_explain_stops_everything(purse, wechat_simulator):
    approved = purse.withdraw(1_000)
    wechat_simulator.act(f"balances/{purse.account}/adjust", amount=-1)
    with pytest.raises(PayoutRefused) as refused:
        purse.ask(1_000, channel=ChannelName.WECHATPAY)
    assert refused.value.verdict.codes == "provider_differs"
    purse.carry()
    stuck = get_payout(approved.number)
    assert (stuck.state, stuck.error) == (PayoutState.APPROVED, "provider_differs")
    assert wechat_simulator.read("withdrawals") == []
    wechat_simulator.act(f"balances/{purse.account}/adjust", amount=1)
    assert purse.until(approved.number, PayoutState.CONFIRMED).error == ""


def test_a_provider_that_does_not_answer_pays_nobody(purse, wechat_simulator):
    wechat_simulator.switch(fail_next=1)
    with pytest.raises(PayoutRefused) as refused:
        purse.ask(1_000, channel=ChannelName.WECHATPAY)
    assert refused.value.verdict.codes == "provider_silent"


def test_what_fails_is_the_shops_again_and_can_be_asked_again(purse, wechat_simulator):
    wechat_simulator.switch(fail_next_withdrawals=1)
    payout = purse.withdraw(9_940)
    failed = purse.until(payout.number, PayoutState.FAILED)
    assert failed.reason == "银行卡已注销" and purse.available() == 9_940
    again = retry_payout(shop_id=purse.shop_id, number=payout.number, actor_id=OWNER, now=purse.now)
    purse.approve(again)
    assert purse.until(again.number, PayoutState.CONFIRMED).retry_of == payout.number
    assert len(wechat_simulator.read("withdrawals")) == 2 and purse.available() == 0


def test_what_the_bank_returns_days_later_is_noticed(purse, wechat_simulator):
    payout = purse.withdraw(5_000)
    confirmed = purse.until(payout.number, PayoutState.CONFIRMED)
    row = Payout.objects.get(number=payout.number)
    assert row.due_at == confirmed.confirmed_at + timedelta(days=1)
    wechat_simulator.act(f"withdrawals/{payout.number}/finish", status="REFUND")
    assert carry_due_payouts(now=row.due_at) == 1
    returned = get_payout(payout.number)
    assert (returned.state, returned.returned_at) == (PayoutState.FAILED, row.due_at)
    assert "退票" in returned.reason
    assert judge_shop(shop_id=purse.shop_id, channel=ChannelName.WECHATPAY, now=purse.now).allows


def test_a_success_is_asked_about_for_two_weeks_and_then_left(purse):
    payout = purse.withdraw(5_000)
    done = purse.until(payout.number, PayoutState.CONFIRMED).confirmed_at
    for day in range(1, 14):
        assert carry_due_payouts(now=done + timedelta(days=day, minutes=day)) == 1
    carry_due_payouts(now=done + timedelta(days=15))
    assert Payout.objects.get().due_at is None


def test_what_is_only_begun_there_is_sent_again_unchanged(purse, wechat_simulator):
    wechat_simulator.switch(init_next_withdrawals=1)
    payout = purse.withdraw(5_000)
    assert purse.until(payout.number, PayoutState.CONFIRMED).amount_minor == 5_000
    assert len(wechat_simulator.read("withdrawals")) == 1


def test_a_lost_answer_is_asked_for_and_not_paid_again(purse, wechat_simulator):
    payout = purse.withdraw(5_000)
    wechat_simulator.switch(drop_next=2)  # the guard's question, then the call itself
    purse.until(payout.number, PayoutState.CONFIRMED)
    assert len(wechat_simulator.read("withdrawals")) == 1 and purse.available() == 4_940


def test_what_the_provider_refuses_for_good_fails_with_its_words(purse, wechat_simulator, monkeypatch):
    payout = purse.withdraw(5_000)

    def allow(**_: object) -> SimpleNamespace:
        """The guard has looked; then the shop itself empties its balance."""
        wechat_simulator.act(f"balances/{purse.account}/adjust", amount=-9_000)
        return SimpleNamespace(allows=True)

    monkeypatch.setattr(payout_sending, "judge_shop", allow)
    failed = purse.until(payout.number, PayoutState.FAILED)
    assert "NOT_ENOUGH" in failed.reason and wechat_simulator.read("withdrawals") == []


def test_trouble_is_kept_with_growing_pauses(purse, wechat_simulator):
    payout = purse.withdraw(5_000)
    moments = []
    now = datetime.now(UTC)
    for _ in range(4):
        wechat_simulator.switch(fail_next=1)
        assert carry_due_payouts(now=now) == 1
        row = Payout.objects.get(number=payout.number)
        moments.append((row.due_at - now).total_seconds())
        assert row.error == "provider_silent"
        now = row.due_at
    assert moments == [10, 20, 40, 80]


def test_a_withdrawal_goes_into_no_file_and_takes_no_word_of_staff(purse):
    payout = purse.withdraw(1_000)
    with pytest.raises(NothingToSend):
        make_batch(actor_id=CLERK, key="b", now=purse.now)
    report = CarryReport(payout.number, CarryState.ARRIVED, "B1")
    with pytest.raises(WrongState):
        record_bank_answer(number=payout.number, report=report, actor_id=FIRST, now=purse.now)
    purse.until(payout.number, PayoutState.CONFIRMED)
    with pytest.raises(WrongState):
        return_payout(number=payout.number, reason="x", actor_id=FIRST, now=purse.now)


def test_what_the_provider_has_forgotten_is_never_paid_twice(purse, wechat_simulator, monkeypatch):
    paid = purse.withdraw(1_000)
    purse.until(paid.number, PayoutState.CONFIRMED)
    wechat_simulator.switch(hold_withdrawals=1)
    taken = purse.withdraw(2_000)
    purse.carry()
    assert get_payout(taken.number).reference
    forget = WithdrawalReport("", WithdrawalState.UNKNOWN)

    def forgotten(*, gateway: str, order: WithdrawalOrder) -> WithdrawalReport:
        return replace(forget, withdrawal_no=order.withdrawal_no)

    monkeypatch.setattr(wechatpay, "query_withdrawal", forgotten)
    monkeypatch.setattr(wechatpay, "withdraw", lambda **_: pytest.fail("it was sent again"))
    now = datetime.now(UTC) + timedelta(days=3)
    assert carry_due_payouts(now=now) == 2
    for number, state in ((paid.number, PayoutState.CONFIRMED), (taken.number, PayoutState.SENT)):
        assert get_payout(number).state is state
        assert "does not know any more" in get_payout(number).error


def test_a_payout_that_ended_is_not_due_any_more(purse):
    payout = purse.withdraw(1_000)
    reject_payout(number=payout.number, reason="x", actor_id=FIRST, now=purse.now)
    Payout.objects.filter(number=payout.number).update(due_at=purse.now)
    assert purse.carry() == 1 and purse.carry() == 0
    assert Payout.objects.get().due_at is None and get_payout(payout.number).error == ""
