"""The shop's own money at the provider: what there is, and taking it to the bank, through the product's gateway."""

import pytest

from billing.payments.contracts import ProviderError, RefundOrder, SplitOrder, WithdrawalOrder, WithdrawalState
from tests.fixtures.wechatpay import wait_for
from tests.onebox.wechatpay.conftest import make_order


@pytest.fixture
def shop(gateway, wechat_simulator):
    """A sub-merchant with 99.40 free: a share of 100.00 was paid and released, less the provider's fee."""
    order = make_order(gateway, 10_000)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    share = gateway.query(order.payment_no).shares[0]
    assert gateway.read_balance(share.merchant_account).frozen_minor == 9_940
    gateway.unfreeze(SplitOrder(f"{share.share_no}-free", share.transaction_id, share.merchant_account, 0, "CNY", "完"))
    return share


def order(shop, number="PO1", amount=5_000):
    return WithdrawalOrder(number, shop.merchant_account, amount, "CNY", "集市货款", "集市")


def ended(gateway, asked):
    wait_for(
        lambda: gateway.query_withdrawal(asked).state is not WithdrawalState.ACCEPTED, seconds=5, what="the withdrawal"
    )
    return gateway.query_withdrawal(asked)


def test_money_leaves_once_however_often_it_is_asked(gateway, shop, wechat_simulator):
    first, again = gateway.withdraw(order(shop)), gateway.withdraw(order(shop))
    assert first.reference == again.reference != ""
    assert ended(gateway, order(shop)).state is WithdrawalState.SUCCEEDED
    assert gateway.read_balance(shop.merchant_account).available_minor == 4_940
    assert len(wechat_simulator.read("withdrawals")) == 1
    with pytest.raises(ProviderError, match="INVALID_REQUEST"):
        gateway.withdraw(order(shop, amount=4_000))


def test_no_more_than_there_is_leaves(gateway, shop):
    with pytest.raises(ProviderError) as refused:
        gateway.withdraw(order(shop, amount=9_941))
    assert refused.value.code == "NOT_ENOUGH"
    assert gateway.query_withdrawal(order(shop)).state is WithdrawalState.UNKNOWN
    gateway.withdraw(order(shop, amount=9_940))
    assert gateway.read_balance(shop.merchant_account).available_minor == 0


@pytest.mark.parametrize("amount", [0, -1, True])
def test_an_amount_that_is_none_is_refused_before_the_call(gateway, shop, amount):
    with pytest.raises(ProviderError) as refused:
        gateway.withdraw(order(shop, amount=amount if amount is not True else 0))
    assert not refused.value.retry


@pytest.mark.parametrize("number", ["", "PO-1", "PO 1", "PO/../1", "提现", "A" * 33])
def test_a_number_that_the_provider_would_not_take_is_refused(gateway, shop, number):
    for deed in (gateway.withdraw, gateway.query_withdrawal):
        with pytest.raises(ProviderError, match="is not a number"):
            deed(order(shop, number))


def test_what_fails_and_what_the_bank_returns_comes_back(gateway, shop, wechat_simulator):
    wechat_simulator.switch(fail_next_withdrawals=1)
    gateway.withdraw(order(shop, "FAILS"))
    failed = ended(gateway, order(shop, "FAILS"))
    assert (failed.state, failed.reason) == (WithdrawalState.FAILED, "银行卡已注销")
    assert gateway.read_balance(shop.merchant_account).available_minor == 9_940
    gateway.withdraw(order(shop, "RETURNS"))
    assert ended(gateway, order(shop, "RETURNS")).state is WithdrawalState.SUCCEEDED
    wechat_simulator.act("withdrawals/RETURNS/finish", status="REFUND")
    returned = gateway.query_withdrawal(order(shop, "RETURNS"))
    assert returned.state is WithdrawalState.RETURNED and "退票" in returned.reason
    assert gateway.read_balance(shop.merchant_account).available_minor == 9_940


def test_what_is_only_begun_goes_on_when_it_is_asked_again(gateway, shop, wechat_simulator):
    wechat_simulator.switch(init_next_withdrawals=1)
    gateway.withdraw(order(shop))
    assert gateway.query_withdrawal(order(shop)).state is WithdrawalState.CREATED
    gateway.withdraw(order(shop))
    assert ended(gateway, order(shop)).state is WithdrawalState.SUCCEEDED


def test_a_lost_answer_is_found_again(gateway, shop, wechat_simulator):
    wechat_simulator.switch(drop_next=1)
    with pytest.raises(ProviderError) as lost:
        gateway.withdraw(order(shop))
    assert lost.value.retry
    assert gateway.query_withdrawal(order(shop)).state is not WithdrawalState.UNKNOWN
    gateway.withdraw(order(shop))
    assert gateway.read_balance(shop.merchant_account).available_minor == 4_940


def test_a_wrong_signature_is_not_believed(gateway, shop, wechat_simulator):
    wechat_simulator.switch(bad_signature_next=1)
    with pytest.raises(ProviderError) as refused:
        gateway.read_balance(shop.merchant_account)
    assert refused.value.code == "BAD_SIGNATURE"


def test_a_stranger_has_neither_balance_nor_withdrawals(gateway, shop):
    gateway.withdraw(order(shop))
    stranger = WithdrawalOrder("PO1", "1600000000", 5_000, "CNY", "", "")
    assert gateway.query_withdrawal(stranger).state is WithdrawalState.UNKNOWN
    for deed in (lambda: gateway.read_balance("1600000000"), lambda: gateway.read_balance("../x?y=z")):
        with pytest.raises(ProviderError):
            deed()


def test_what_was_withdrawn_cannot_be_refunded(gateway, shop):
    gateway.withdraw(order(shop, amount=9_940))
    refund = RefundOrder(
        "RF00000001", shop.share_no, shop.transaction_id, shop.merchant_account, 100, 10_000, "CNY", "退"
    )
    with pytest.raises(ProviderError) as refused:
        gateway.refund(refund)
    assert refused.value.code == "NOT_ENOUGH", refused.value


def test_money_that_nobody_can_explain_shows(gateway, shop, wechat_simulator):
    wechat_simulator.act(f"balances/{shop.merchant_account}/adjust", amount=-300)
    assert gateway.read_balance(shop.merchant_account).available_minor == 9_640
    assert wechat_simulator.read("balances")[shop.merchant_account] == {"frozen": 0, "available": 9_640}
