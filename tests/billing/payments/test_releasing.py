"""Out of custody: commission split, rest released, each once."""

import pytest

from billing.payments.contracts import ProviderError, ReleaseStep
from billing.payments.gateways.registry import NoCustody, UnknownGateway, get_custody_gateway, get_gateway
from billing.payments.selectors import get_share
from billing.payments.services import (
    CommissionChanged,
    NothingLeft,
    NotPaid,
    RefundUnderWay,
    SplitUnfinished,
    split_share,
    unfreeze_share,
)
from tests.billing.payments.conftest import moment
from tests.billing.payments.steps import ask, finish


def split(share_no: str, commission: int) -> bool:
    return split_share(share_no=share_no, commission_minor=commission, now=moment())


def release(share_no: str) -> bool:
    return unfreeze_share(share_no=share_no, now=moment())


def balance(simulator, share_no: str) -> dict[str, int]:
    return simulator.read("balances")[get_share(share_no).merchant_account]


def test_commission_goes_to_us_and_the_rest_to_the_shop(paid_share, wechat_simulator):
    share_no = paid_share(12_000)
    assert split(share_no, 600) and split(share_no, 600)
    assert get_share(share_no).step is ReleaseStep.SPLIT
    assert release(share_no) and release(share_no) and split(share_no, 600)
    assert get_share(share_no).step is ReleaseStep.UNFROZEN
    assert balance(wechat_simulator, share_no) == {"frozen": 0, "available": 11_328}


def test_without_commission_the_share_is_released_at_once(paid_share, wechat_simulator):
    share_no = paid_share(12_000)
    assert release(share_no)
    assert balance(wechat_simulator, share_no) == {"frozen": 0, "available": 11_928}


def test_a_lost_answer_does_not_split_twice(paid_share, wechat_simulator):
    share_no = paid_share(12_000)
    wechat_simulator.switch(drop_next=1)
    with pytest.raises(ProviderError):
        split(share_no, 600)
    assert get_share(share_no).step is ReleaseStep.SPLIT_ASKED
    with pytest.raises(SplitUnfinished):
        release(share_no)
    with pytest.raises(CommissionChanged):
        split(share_no, 601)
    assert split(share_no, 600)
    wechat_simulator.switch(drop_next=1)
    with pytest.raises(ProviderError):
        release(share_no)
    assert release(share_no)
    assert balance(wechat_simulator, share_no) == {"frozen": 0, "available": 11_328}


def test_unpaid_or_refunded_shares_are_not_released(make_payment, paid_share):
    with pytest.raises(NotPaid):
        split(make_payment(100).shares[0].share_no, 5)
    share_no = paid_share(10_000)
    refund_no = ask(share_no, 4_000, "part")
    with pytest.raises(RefundUnderWay):
        split(share_no, 300)
    finish(refund_no)
    rest = ask(share_no, 6_000, "rest")
    finish(rest)
    with pytest.raises(NothingLeft):
        release(share_no)


def test_what_is_left_after_a_refund_is_split_and_released(paid_share, wechat_simulator):
    share_no = paid_share(10_000)
    finish(ask(share_no, 4_000, "part"))
    assert split(share_no, 300) and release(share_no)
    assert balance(wechat_simulator, share_no) == {"frozen": 0, "available": 6_000 - 36 - 300}


def test_only_providers_with_custody_split(wechat_settings):
    assert get_gateway("wechatpay") is get_gateway("wechatpay"), "one client per configuration"
    with pytest.raises(NoCustody):
        get_custody_gateway("cod")
    with pytest.raises(UnknownGateway):
        get_gateway("piggybank")
