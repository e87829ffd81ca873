"""The simulator's bills: signed requests, true content from its own orders, sums that add up, faults as planted."""

import hashlib
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from billing.payments.contracts import NoStatement, ProviderError, RefundOrder, SplitOrder, StatementNotReady
from billing.payments.gateways.wechatpay import WechatPayGateway
from billing.settlement.contracts.reconciling import BadStatement, LineKind, StatementKind, StatementLine
from billing.settlement.rules.reconciling import check_hash, open_content, read_statement
from tests.fixtures.wechatpay import Simulator, read_provider_clock, wait_for
from tests.onebox.wechatpay.conftest import make_order
from tests.onebox.wechatpay.test_server import ask, authorize

SHANGHAI = ZoneInfo("Asia/Shanghai")


def fetch(gateway: WechatPayGateway, kind: StatementKind) -> list[StatementLine]:
    day = read_provider_clock().date()
    fetched = gateway.fetch_statement(kind=kind.value, day=day)
    check_hash(fetched.content, fetched.sha1)
    stream = open_content(fetched.content)
    return list(read_statement(stream, psp="wechatpay", kind=kind, day=day, zone=SHANGHAI, merchant=fetched.merchant))


def trade(gateway: WechatPayGateway, simulator: Simulator) -> list[str]:
    """Two shares paid; the second refunded in part; commission of the first split off and settled to the bank."""
    simulator.switch(bills_of_today=1)
    order = make_order(gateway, 10_552, 7_914)
    gateway.start(order)
    assert simulator.pay(order.payment_no) == "paid"
    first, second = gateway.query(order.payment_no).shares
    refund = RefundOrder(
        "RF000001", second.share_no, second.transaction_id, second.merchant_account, 914, 7_914, "CNY", "x"
    )
    gateway.refund(refund)
    wait_for(lambda: simulator.read("refunds")[0]["status"] == "SUCCESS", seconds=10, what="the refund")
    split = SplitOrder(f"{first.share_no}-split", first.transaction_id, first.merchant_account, 600, "CNY", "服务费")
    assert gateway.split(split)
    simulator.act("settle", amount=500)
    return [first.share_no, second.share_no]


def test_both_bills_say_what_happened(gateway: WechatPayGateway, wechat_simulator: Simulator) -> None:
    numbers = trade(gateway, wechat_simulator)
    lines = fetch(gateway, StatementKind.TRADE)
    assert {(line.kind, line.number, line.amount_minor, line.fee_minor) for line in lines} == {
        (LineKind.PAYMENT, numbers[0], 10_552, 63),
        (LineKind.PAYMENT, numbers[1], 7_914, 47),
        (LineKind.REFUND, "RF000001", -914, -5),
    }
    flows = fetch(gateway, StatementKind.FUNDFLOW)
    assert [(line.kind, line.amount_minor) for line in flows] == [(LineKind.SPLIT, 600), (LineKind.SETTLEMENT, -500)]
    assert flows[0].order_no == numbers[0]
    balances = wechat_simulator.read("balances")
    assert balances[wechat_simulator.environment["WECHATPAY_SP_MCHID"]]["available"] == 100


def test_the_same_day_gives_the_same_file(gateway: WechatPayGateway, wechat_simulator: Simulator) -> None:
    trade(gateway, wechat_simulator)
    day = read_provider_clock().date()
    files = {gateway.fetch_statement(kind="trade", day=day).content for _ in range(2)}
    assert len(files) == 1


def test_days_without_a_bill_and_bills_that_are_being_made(gateway, wechat_simulator: Simulator) -> None:
    with pytest.raises(NoStatement):
        gateway.fetch_statement(kind="trade", day=read_provider_clock().date() - timedelta(days=1))
    wechat_simulator.switch(bills_creating_next=1)
    with pytest.raises(StatementNotReady):
        gateway.fetch_statement(kind="fundflow", day=read_provider_clock().date() - timedelta(days=1))
    for day in (read_provider_clock().date(), read_provider_clock().date() - timedelta(days=100)):
        with pytest.raises(ProviderError) as refused:
            gateway.fetch_statement(kind="trade", day=day)
        assert refused.value.code == "INVALID_REQUEST"


@pytest.mark.parametrize(
    ("fault", "count", "change"),
    [("drop", 2, -1), ("double", 4, 1), ("amount", 3, 0), ("currency", 3, 0), ("unknown", 4, 1)],
)
def test_planted_faults_stand_in_a_bill_that_still_adds_up(
    gateway: WechatPayGateway, wechat_simulator: Simulator, fault: str, count: int, change: int
) -> None:
    numbers = trade(gateway, wechat_simulator)
    before = fetch(gateway, StatementKind.TRADE)
    number = "" if fault == "unknown" else numbers[1]
    wechat_simulator.act("bills/faults", bill="trade", fault=fault, number=number, amount=7)
    after = fetch(gateway, StatementKind.TRADE)
    assert len(after) == count == len(before) + change
    if fault == "amount":
        assert sum(line.amount_minor for line in after) == sum(line.amount_minor for line in before) + 7
    if fault == "currency":
        assert {line.currency for line in after if line.number == numbers[1]} == {"USD"}
    wechat_simulator.act("bills/true")
    assert fetch(gateway, StatementKind.TRADE) == before


@pytest.mark.parametrize(("fault", "code"), [("hash", "wrong_hash"), ("totals", "wrong_totals"), ("cut", "")])
def test_broken_files_are_recognised(gateway, wechat_simulator: Simulator, fault: str, code: str) -> None:
    trade(gateway, wechat_simulator)
    wechat_simulator.act("bills/faults", bill="fundflow", fault=fault)
    with pytest.raises(BadStatement) as refused:
        fetch(gateway, StatementKind.FUNDFLOW)
    assert refused.value.code == code or not code


def test_a_bill_is_asked_for_and_fetched_with_a_signature(gateway, wechat_simulator: Simulator) -> None:
    trade(gateway, wechat_simulator)
    path = f"/v3/bill/tradebill?bill_date={read_provider_clock():%Y-%m-%d}"
    assert ask(wechat_simulator, "GET", path)[0] == 401
    status, headers, body = ask(wechat_simulator, "GET", path, headers=authorize(wechat_simulator, "GET", path))
    answer = json.loads(body)
    assert status == 200 and "Wechatpay-Signature" in headers and answer["hash_type"] == "SHA1"
    address = answer["download_url"].removeprefix(wechat_simulator.base_url)
    assert ask(wechat_simulator, "GET", address)[0] == 401
    status, headers, body = ask(wechat_simulator, "GET", address, headers=authorize(wechat_simulator, "GET", address))
    assert status == 200 and "Wechatpay-Signature" not in headers
    assert hashlib.sha1(body.encode()).hexdigest() == answer["hash_value"]
    wrong = f"{address}x"
    assert ask(wechat_simulator, "GET", wrong, headers=authorize(wechat_simulator, "GET", wrong))[0] == 400


@pytest.mark.parametrize("query", ["bill_date=soon", "bill_date=2026-02-30", "bill_date=2026-11-21&tar_type=ZIP", ""])
def test_wrong_questions_are_refused(gateway, wechat_simulator: Simulator, query: str) -> None:
    path = f"/v3/bill/tradebill?{query}"
    status, _, body = ask(wechat_simulator, "GET", path, headers=authorize(wechat_simulator, "GET", path))
    assert status == 400 and json.loads(body)["code"] == "PARAM_ERROR"
