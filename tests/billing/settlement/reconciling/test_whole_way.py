"""Real orders through the provider's protocol, its bills fetched and compared: all matches, planted faults do not."""

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from billing.checkout.services import (
    cancel_share_as_buyer,
    check_payment,
    confirm_receipt,
    refund_share_as_shop,
    ship_share,
    start_paying,
)
from billing.checkout.tasks import send_refunds
from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance
from billing.ledger.tasks import post_requests
from billing.payments.contracts import RefundState
from billing.payments.models import Refund
from billing.settlement.contracts.reconciling import FindingKind, FindingState, StatementKind
from billing.settlement.models.reconciling import ProviderStatement, StatementFetch, StatementRow
from billing.settlement.selectors.reconciling import count_open_findings, list_fetches, list_findings, list_runs
from billing.settlement.services import record_provider_settled
from billing.settlement.services.reconciling_fetching import (
    DayOutOfReach,
    ask_for_fetch,
    fetch_due,
    list_fetched_providers,
)
from billing.settlement.tasks import fetch_statements, on_share_final, release_shares
from market.outbox.services import deliver_due, fan_out
from tests.billing.checkout.conftest import BUYER, Fair, fair
from tests.fixtures.wechatpay import Simulator, read_provider_clock

__all__ = ["fair"]

SETTLE = "billing.settlement.tasks.on_share_final"
SHANGHAI = ZoneInfo("Asia/Shanghai")
KINDS = (StatementKind.TRADE, StatementKind.FUNDFLOW)


@dataclass
class Market:
    """A day of trade at two shops, and the morning after it."""

    fair: Fair
    simulator: Simulator
    day: date
    numbers: list[str]

    @property
    def morning(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 10, 30, tzinfo=SHANGHAI) + timedelta(days=1)

    def fetch(self) -> None:
        for kind in KINDS:
            ask_for_fetch(psp="wechatpay", kind=kind, day=self.day, actor_id=1, now=self.morning)
        assert fetch_due(now=self.morning) == 2
        assert list_fetches() == []

    def findings(self, state: FindingState = FindingState.OPEN) -> set[tuple[str, str, str]]:
        return {(f.statement_kind.value, f.kind.value, f.number) for f in list_findings(states=[state], limit=200)}


def _work(clock) -> None:
    """What relay and workers do."""
    fan_out(subscriptions={"share.completed": (SETTLE,), "share.cash_collected": (SETTLE,)}, now=clock.now)
    deliver_due(consumer=SETTLE, call=on_share_final, now=clock.now)
    for _ in range(3):
        release_shares(clock.move(seconds=5))
    while post_requests(clock.now):
        pass


def _send_refunds(clock) -> None:
    """Until the provider has given back, and told so, all that was asked for."""
    for _ in range(100):
        send_refunds(clock.move(seconds=10))
        if not Refund.objects.exclude(state=RefundState.SUCCEEDED.value).exists():
            return
        threading.Event().wait(0.05)
    pytest.fail("the refunds do not succeed")


@pytest.fixture
def market(fair, wechat_settings: Simulator, clock) -> Market:
    """Three purchases over two shops: two completed and released, one share cancelled and refunded."""
    clock.now = read_provider_clock().astimezone(UTC)
    wechat_settings.switch(bills_of_today=1)
    numbers: list[str] = []
    for key in ("k1", "k2", "k3"):
        fair.fill(1, 1)
        purchase = fair.place(key=key)
        start_paying(payment_no=purchase.payment_no, now=clock.now)
        assert wechat_settings.pay(purchase.payment_no) == "paid"
        assert check_payment(payment_no=purchase.payment_no, now=clock.now)
        numbers += [share.share_no for share in purchase.shares]
        if key == "k3":
            break
        for share in purchase.shares:
            ship = {"carrier": "顺丰速运", "tracking_number": "SF1", "actor_id": 1, "now": clock.now}
            ship_share(shop_id=share.shop_id, share_no=share.share_no, **ship)
            confirm_receipt(share_no=share.share_no, buyer_id=BUYER, now=clock.now)
    cancel_share_as_buyer(share_no=numbers[4], buyer_id=BUYER, reason="不想要了", now=clock.now)
    _send_refunds(clock)
    _work(clock)
    paid_at = datetime.fromtimestamp(wechat_settings.read("orders")[-1]["paid_at"], SHANGHAI)
    return Market(fair, wechat_settings, paid_at.date(), numbers)


def test_a_true_day_matches_to_the_last_line(market: Market) -> None:
    market.fetch()
    runs = {run.statement.kind: run for run in list_runs()}
    assert (runs[StatementKind.TRADE].lines, runs[StatementKind.TRADE].matched) == (7, 7)
    assert (runs[StatementKind.FUNDFLOW].lines, runs[StatementKind.FUNDFLOW].matched) == (4, 4)
    assert list_findings() == [] and all(run.waiting == 0 for run in runs.values())
    before = list(ProviderStatement.objects.values_list("pk", "state"))
    market.fetch()
    assert list(ProviderStatement.objects.values_list("pk", "state")) == before
    assert StatementRow.objects.count() == 11


def test_planted_faults_are_all_reported_and_the_true_file_mends_them(market: Market) -> None:
    numbers, plant = market.numbers, market.simulator.act
    for fault, number in (
        ("drop", numbers[0]),
        ("double", numbers[1]),
        ("amount", numbers[2]),
        ("currency", numbers[3]),
    ):
        plant("bills/faults", bill="trade", fault=fault, number=number, amount=7)
    plant("bills/faults", bill="trade", fault="unknown", number="NOBODYS1")
    plant("bills/faults", bill="fundflow", fault="drop", number=f"{numbers[0]}-split")
    plant("bills/faults", bill="fundflow", fault="double", number=f"{numbers[1]}-split")
    plant("bills/faults", bill="fundflow", fault="amount", number=f"{numbers[2]}-split", amount=50)
    plant("bills/faults", bill="fundflow", fault="unknown", number="NOBODYS2")
    market.fetch()
    assert market.findings() == {
        ("trade", "missing", numbers[0]),
        ("trade", "duplicate", numbers[1]),
        ("trade", "amount", numbers[2]),
        ("trade", "currency", numbers[3]),
        ("trade", "extra", "NOBODYS1"),
        ("fundflow", "missing", f"{numbers[0]}-split"),
        ("fundflow", "duplicate", f"{numbers[1]}-split"),
        ("fundflow", "amount", f"{numbers[2]}-split"),
        ("fundflow", "extra", "NOBODYS2"),
    }
    alpha, beta = (shop.shop_id for shop in market.fair.shops)
    assert (count_open_findings("wechatpay", alpha), count_open_findings("wechatpay", beta)) == (4, 3)
    assert count_open_findings("wechatpay") == 9
    plant("bills/true")
    market.fetch()
    assert market.findings() == set() and len(market.findings(FindingState.CLEARED)) == 9


def test_the_commission_settled_to_the_bank_is_found_on_the_bill(market: Market, clock) -> None:
    owed = get_balance(code=Code.PSP_RECEIVABLE, owner=Owner.of_psp("wechatpay")).posted_minor
    assert market.simulator.act("settle")["amount"] == owed
    market.fetch()
    assert [(f.kind, f.theirs_minor) for f in list_findings()] == [(FindingKind.EXTRA, -owed)]
    record_provider_settled(
        psp="wechatpay", reference="bank-1", amount_minor=owed, bank_account="main", actor_id=1, now=clock.now
    )
    post_requests(clock.now)
    market.fetch()
    assert market.findings() == set()
    assert get_balance(code=Code.PSP_RECEIVABLE, owner=Owner.of_psp("wechatpay")).posted_minor == 0


def test_a_refund_after_the_split_is_found_on_both_bills(market: Market, clock) -> None:
    share_no, shop_id = market.numbers[0], market.fair.shops[0].shop_id
    refund_share_as_shop(shop_id=shop_id, share_no=share_no, actor_id=1, reason="坏了", now=clock.now)
    _send_refunds(clock)
    _work(clock)
    market.fetch()
    assert list_findings() == []
    runs = {run.statement.kind: run for run in list_runs()}
    assert (runs[StatementKind.TRADE].lines, runs[StatementKind.TRADE].matched) == (8, 8)
    assert (runs[StatementKind.FUNDFLOW].lines, runs[StatementKind.FUNDFLOW].matched) == (5, 5)


def test_the_night_fetches_from_ten_on_and_tries_again_until_the_file_is_there(market: Market) -> None:
    nine = market.morning - timedelta(hours=1, minutes=30)
    assert fetch_statements(nine) == 0 and not StatementFetch.objects.exists()
    market.simulator.switch(bills_creating_next=1)
    fetch_statements(market.morning)
    fetch_statements(market.morning)
    waiting = StatementFetch.objects.get(done_at__isnull=True)
    assert waiting.due_at == market.morning + timedelta(minutes=30) and "CREATING" in waiting.error
    fetch_statements(market.morning + timedelta(minutes=31))
    assert not StatementFetch.objects.filter(done_at__isnull=True).exists()
    states = ProviderStatement.objects.filter(day=market.day).values_list("kind", "state")
    assert sorted(states) == [("fundflow", "loaded"), ("trade", "loaded")]
    assert market.findings() == set()
    assert {run.statement.day for run in list_runs() if not run.lines} == {
        market.day - timedelta(days=1),
        market.day - timedelta(days=2),
    }


@pytest.mark.parametrize(("fault", "code"), [("hash", ""), ("totals", "wrong_totals"), ("cut", "wrong_cells")])
def test_a_broken_file_is_refused_and_fetched_again(market: Market, fault: str, code: str) -> None:
    market.simulator.act("bills/faults", bill="trade", fault=fault)
    ask_for_fetch(psp="wechatpay", kind=StatementKind.TRADE, day=market.day, actor_id=1, now=market.morning)
    fetch_due(now=market.morning)
    assert not StatementRow.objects.exists() and list_runs() == []
    assert list(ProviderStatement.objects.values_list("refusal", flat=True)) == ([code] if code else [])
    ((_, _, _, attempts, error),) = list_fetches()
    assert attempts == 1 and error
    market.simulator.act("bills/true")
    fetch_due(now=market.morning + timedelta(minutes=3))
    assert list_fetches() == [] and [run.matched for run in list_runs()] == [7]


def test_while_the_provider_is_away_it_is_tried_again_later(market: Market) -> None:
    market.simulator.switch(fail_next=1)
    ask_for_fetch(psp="wechatpay", kind=StatementKind.TRADE, day=market.day, actor_id=1, now=market.morning)
    fetch_due(now=market.morning)
    assert fetch_due(now=market.morning) == 0 and len(list_fetches()) == 1
    fetch_due(now=market.morning + timedelta(minutes=3))
    assert list_fetches() == [] and len(list_runs()) == 1


def test_days_out_of_reach_are_not_asked_for(db, clock) -> None:
    assert list_fetched_providers() == ["wechatpay"]
    today = clock.now.astimezone(SHANGHAI).date()
    for day in (today, today + timedelta(days=1), today - timedelta(days=91)):
        with pytest.raises(DayOutOfReach):
            ask_for_fetch(psp="wechatpay", kind=StatementKind.TRADE, day=day, actor_id=1, now=clock.now)


def test_the_command_fetches_compares_and_says_what_is_open(market: Market) -> None:
    said = StringIO()
    call_command("reconcile", psp="wechatpay", day=market.day, stdout=said)
    assert f"trade {market.day}: 7 lines, 7 matched, 0 waiting" in said.getvalue()
    assert f"fundflow {market.day}: 4 lines, 4 matched" in said.getvalue()
    market.simulator.act("bills/faults", bill="trade", fault="drop", number=market.numbers[0])
    with pytest.raises(CommandError, match="1 differences are open"):
        call_command("reconcile", psp="wechatpay", day=market.day, kind="trade", stdout=said)
    assert f"missing payment {market.numbers[0]}" in said.getvalue()


def test_the_command_reads_a_file_from_disk_or_says_what_is_wrong(db, tmp_path) -> None:
    file = tmp_path / "bill.csv"
    file.write_bytes(b"not a bill")
    options = {"psp": "wechatpay", "day": date(2026, 11, 21)}
    with pytest.raises(CommandError, match="refused, nothing is loaded"):
        call_command("reconcile", kind="trade", file=file, **options)
    with pytest.raises(CommandError, match="--kind"):
        call_command("reconcile", file=file, **options)
    with pytest.raises(CommandError, match="no statement called balance"):
        call_command("reconcile", kind="balance", file=file, **options)
