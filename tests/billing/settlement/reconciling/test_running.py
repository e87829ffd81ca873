"""Files are loaded whole or not at all, compared with the books, and compared again without changing anything."""

import gzip
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from billing.ledger.services import reverse
from billing.settlement.contracts.reconciling import BadStatement, StatementKind
from billing.settlement.models.reconciling import Finding, ProviderStatement, ReconciliationRun, StatementRow
from billing.settlement.rules.reconciling import UnknownStatement
from billing.settlement.selectors.reconciling import (
    count_open_findings,
    find_run_of,
    list_findings,
    list_findings_of,
    list_runs,
    list_unfinished_statements,
)
from billing.settlement.services import reconciling_files
from billing.settlement.services.reconciling_files import receive_empty_day, receive_statement
from market.jobs.models import Job
from market.jobs.services import run_job
from tests.billing.settlement.reconciling.bills import fundflow_bill, moved, paid, refunded, trade_bill
from tests.billing.settlement.reconciling.conftest import DAY, FLOW, MORNING_AFTER, NOON, OPEN, TRADE, Day

NEXT = DAY + timedelta(days=1)
LATER = MORNING_AFTER + timedelta(days=1)


def test_a_true_bill_matches_wholly(day: Day) -> None:
    day.pay("SH1", 10_552, 63)
    day.pay("SH2", 7_914, 47, shop_id=8)
    day.refund("SH2", "RF1", 914, 5, shop_id=8)
    day.split("SH1", 600)
    assert (
        day.compare(
            trade_bill([paid("SH1", 10_552, fee=63), paid("SH2", 7_914, fee=47), refunded("SH2", "RF1", 914, fee=5)])
        )
        == []
    )
    assert day.compare(fundflow_bill([moved("SH1-split", 600)]), FLOW) == []
    assert [(run.lines, run.matched, run.waiting) for run in list_runs()] == [(1, 1, 0), (3, 3, 0)]
    assert StatementRow.objects.filter(transaction_id__isnull=True).count() == 0


def test_planted_faults_are_each_found_once_with_their_shop(day: Day) -> None:
    for number, shop_id in (("SH1", 7), ("SH2", 8), ("SH3", 7), ("SH4", 8), ("SH5", 7)):
        day.pay(number, 1_000, 6, shop_id=shop_id)
    bill = trade_bill(
        [
            paid("SH1", 1_000, fee=6),
            paid("SH1", 1_000, fee=6),
            paid("SH2", 1_100, fee=6),
            paid("SH3", 1_000, fee=6, 货币种类="USD"),
            paid("SH4", 1_000, fee=9),
            paid("UNKNOWN", 55, 特约商户号="1600000008"),
        ]
    )
    assert sorted(day.compare(bill)) == [
        ("amount", "SH2", OPEN),
        ("amount", "SH4", OPEN),
        ("currency", "SH3", OPEN),
        ("duplicate", "SH1", OPEN),
        ("extra", "UNKNOWN", OPEN),
        ("missing", "SH5", OPEN),
    ]
    shops = {finding.number: finding.shop_id for finding in list_findings()}
    assert shops == {"SH1": 7, "SH2": 8, "SH3": 7, "SH4": 8, "UNKNOWN": 8, "SH5": 7}
    assert count_open_findings("wechatpay") == 6
    assert count_open_findings("wechatpay", 7) == count_open_findings("wechatpay", shop_id=8) == 3
    assert count_open_findings("stripe") == 0
    assert [finding.number for finding in list_findings(shop_id=8)] == [
        finding.number for finding in list_findings() if finding.shop_id == 8
    ]
    missing = next(finding for finding in list_findings() if finding.number == "SH5")
    assert list_findings_of(missing.transaction_id) == [missing]


def test_the_same_file_again_changes_nothing(day: Day) -> None:
    day.pay("SH1", 100, 1)
    bill = trade_bill([paid("SH2", 100, fee=1)])
    first = day.receive(bill)
    tables = (ProviderStatement, StatementRow, ReconciliationRun, Finding)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    assert day.receive(bill, now=LATER) == first == day.receive(gzip.compress(bill), now=LATER)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_a_refused_file_loads_nothing_and_leaves_what_was_loaded(day: Day) -> None:
    day.pay("SH1", 100)
    good = day.receive(trade_bill([paid("SH1", 100)]))
    with pytest.raises(BadStatement):
        day.receive(trade_bill([paid("SH2", 100)], 总交易单数="2"))
    with pytest.raises(UnknownStatement):
        receive_statement(psp="wechatpay", kind=StatementKind.BALANCE, day=DAY, content=b"x", now=LATER)
    assert list(ProviderStatement.objects.values_list("pk", "state")) == [(good, "loaded")]
    assert StatementRow.objects.count() == 1


def test_the_nights_refused_file_says_where_and_is_taken_once_it_is_right(day: Day) -> None:
    wrong = trade_bill([paid("SH1", 100)], 订单总金额="9.00")
    with pytest.raises(BadStatement):
        receive_statement(psp="wechatpay", kind=TRADE, day=DAY, content=wrong, now=LATER, keep_refused=True)
    row = ProviderStatement.objects.get()
    assert (row.state, row.refusal, row.refused_column) == ("refused", "wrong_totals", "订单总金额")
    assert not StatementRow.objects.exists()
    assert [file.statement_id for file in list_unfinished_statements()] == [row.pk]
    day.pay("SH1", 100)
    assert day.compare(trade_bill([paid("SH1", 100)])) == []
    assert list_unfinished_statements() == []


def test_a_corrected_file_takes_the_place_of_the_first_and_closes_what_it_mends(day: Day, states) -> None:
    day.pay("SH1", 100)
    day.pay("SH2", 200)
    assert day.compare(trade_bill([paid("SH1", 100)])) == [("missing", "SH2", OPEN)]
    second = day.receive(trade_bill([paid("SH1", 100), paid("SH2", 200)]), now=LATER)
    assert states() == [("missing SH2", "cleared")]
    assert find_run_of(second).resolved == 1
    assert sorted(ProviderStatement.objects.values_list("state", flat=True)) == ["loaded", "superseded"]
    day.receive(trade_bill([paid("SH1", 100)]), now=LATER)
    assert states() == [("missing SH2", OPEN)]


MIDNIGHT = datetime(2026, 11, 21, 16, tzinfo=UTC)


def test_near_midnight_an_item_waits_for_the_next_days_file(day: Day) -> None:
    day.pay("LATE", 100, at=MIDNIGHT - timedelta(seconds=2))
    day.pay("EARLY", 200, at=MIDNIGHT + timedelta(seconds=2))
    run = find_run_of(day.receive(trade_bill([paid("EARLY", 200, at="2026-11-21 23:59:59")])))
    assert (run.matched, run.waiting, run.findings) == (1, 1, 0)
    following = trade_bill([paid("LATE", 100, at="2026-11-22 00:00:01")])
    run = find_run_of(day.receive(following, day=NEXT, now=LATER))
    assert (run.matched, run.waiting, run.findings) == (1, 0, 0)


def test_near_midnight_what_neither_file_has_is_missing_once(day: Day, states) -> None:
    day.pay("LATE", 100, at=MIDNIGHT - timedelta(seconds=2))
    first = receive_empty_day(psp="wechatpay", kind=TRADE, day=DAY, now=MORNING_AFTER)
    assert find_run_of(first).waiting == 1 and states() == []
    receive_empty_day(psp="wechatpay", kind=TRADE, day=NEXT, now=LATER)
    assert states() == [("missing LATE", OPEN)]
    receive_empty_day(psp="wechatpay", kind=TRADE, day=DAY, now=LATER)
    assert states() == [("missing LATE", OPEN)]


def test_a_later_file_resolves_what_was_missing(day: Day, states) -> None:
    day.pay("SH1", 100)
    receive_empty_day(psp="wechatpay", kind=TRADE, day=DAY, now=MORNING_AFTER)
    assert states() == [("missing SH1", OPEN)]
    day.receive(trade_bill([paid("SH1", 100, at="2026-11-22 09:00:00")]), day=NEXT, now=LATER)
    assert states() == [("missing SH1", "cleared")]
    assert list_findings()[0].decided_by is None and "2026-11-22" in list_findings()[0].reason


def test_what_we_learn_of_later_resolves_an_extra_line(day: Day, states) -> None:
    day.receive(trade_bill([paid("SH1", 100, fee=1)]))
    assert states() == [("extra SH1", OPEN)]
    day.pay("SH1", 100, 1, at=NOON + timedelta(days=3))
    receive_empty_day(psp="wechatpay", kind=TRADE, day=DAY + timedelta(days=3), now=LATER + timedelta(days=3))
    assert states() == [("extra SH1", "cleared")]
    assert StatementRow.objects.get(number="SH1").transaction_id is not None


def test_the_same_line_on_another_days_file_is_a_duplicate(day: Day) -> None:
    day.pay("SH1", 100)
    day.receive(trade_bill([paid("SH1", 100)]))
    again = trade_bill([paid("SH1", 100, at="2026-11-22 09:00:00")])
    assert day.compare(again, day=NEXT, now=LATER) == [("duplicate", "SH1", OPEN)]


def test_a_refund_under_way_waits_a_week_then_is_a_finding(day: Day, states) -> None:
    day.pay("SH1", 100)
    bill = trade_bill([paid("SH1", 100), refunded("SH1", "RF1", 40, state="PROCESSING")])
    run = find_run_of(day.receive(bill))
    assert (run.matched, run.waiting, run.findings) == (1, 1, 0)
    for days, expected in ((2, []), (9, [("extra RF1", OPEN)])):
        receive_empty_day(
            psp="wechatpay", kind=TRADE, day=DAY + timedelta(days=days), now=MORNING_AFTER + timedelta(days=days)
        )
        assert states() == expected


def test_a_settlement_is_found_by_amount_whenever_staff_wrote_it_down(day: Day, states) -> None:
    day.split("SH1", 600)
    bill = fundflow_bill([moved("SH1-split", 600), moved("W9", -600, kind="提现", at="2026-11-21 18:00:00")])
    assert day.compare(bill, FLOW) == [("extra", "W9", OPEN)]
    day.settle("bank-1", 600, at=NOON + timedelta(days=2))
    receive_empty_day(psp="wechatpay", kind=FLOW, day=DAY + timedelta(days=2), now=LATER + timedelta(days=1))
    assert states() == [("extra W9", "cleared")]


def test_a_fen_is_rounded_and_two_are_a_finding(day: Day) -> None:
    day.split("SH1", 600)
    day.split("SH2", 600)
    day.pay("SH3", 1_000, 6)
    assert day.compare(fundflow_bill([moved("SH1-split", 601), moved("SH2-split", 598)]), FLOW) == [
        ("amount", "SH1-split", "cleared"),
        ("amount", "SH2-split", OPEN),
    ]
    assert day.compare(trade_bill([paid("SH3", 1_000, fee=7)])) == [("amount", "SH3", "explained")]


def test_a_posting_that_was_reversed_wholly_is_not_missing(day: Day) -> None:
    number = day.split("SH1", 600)
    with transaction.atomic():
        reverse(key="undo", transaction_id=number, now=NOON)
    assert day.compare(fundflow_bill([]), FLOW) == []


def test_a_large_file_is_loaded_by_a_job_that_survives_a_crash(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling_files, "SMALL_BYTES", 100)
    monkeypatch.setattr("billing.settlement.services.reconciling_jobs.CHUNK", 3)
    for number in range(10):
        day.pay(f"SH{number}", 100)
    statement_id = day.receive(trade_bill([paid(f"SH{number}", 100) for number in range(10)]))
    assert find_run_of(statement_id) is None
    job = Job.objects.get()
    assert job.kind == "settlement.statement"
    crashes = iter([False, False, True])
    real = reconciling_files.write_rows

    def write(*args: object) -> None:
        if next(crashes, False):
            raise RuntimeError("power")
        real(*args)

    monkeypatch.setattr("billing.settlement.services.reconciling_jobs.write_rows", write)
    now = MORNING_AFTER
    for _ in range(5):
        now += timedelta(minutes=10)
        if run_job(job_id=job.pk, clock=lambda moment=now: moment):
            break
    run = find_run_of(statement_id)
    assert run is not None and (run.lines, run.matched) == (10, 10)
    assert StatementRow.objects.count() == 10


def test_a_large_file_that_is_wrong_is_refused_by_its_job(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling_files, "SMALL_BYTES", 100)
    statement_id = day.receive(trade_bill([paid("SH1", 100)], 总交易单数="5"))
    run_job(job_id=Job.objects.get().pk, clock=lambda: MORNING_AFTER)
    row = ProviderStatement.objects.get(pk=statement_id)
    assert (row.state, row.refusal, StatementRow.objects.count()) == ("refused", "wrong_totals", 0)
    assert date(2026, 11, 21) == row.day
