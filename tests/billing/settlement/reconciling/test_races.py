"""The same file from several sides at once is one file; different days compared at once share what was left over."""

import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import connections

from billing.settlement.models.reconciling import Finding, ProviderStatement, ReconciliationRun, StatementRow
from billing.settlement.selectors.reconciling import list_findings
from tests.billing.settlement.reconciling.bills import paid, trade_bill
from tests.billing.settlement.reconciling.conftest import DAY, MORNING_AFTER, NOON, Day


def at_once(*deeds: Callable[[], object]) -> list[BaseException]:
    """Run all of them in threads that start together. Returns what they raised."""
    raised: list[BaseException] = []
    gate = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        try:
            gate.wait()
            deed()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def test_eight_uploads_of_one_file_are_one(committed_db) -> None:
    day = Day()
    day.pay("SH1", 100)
    bill = trade_bill([paid("SH1", 100), paid("SH2", 200)])
    assert at_once(*[lambda: day.receive(bill)] * 8) == []
    assert (ProviderStatement.objects.count(), ReconciliationRun.objects.count()) == (1, 1)
    assert (StatementRow.objects.count(), Finding.objects.count()) == (2, 1)


def test_neighbouring_days_at_once_leave_nothing_found_twice(committed_db) -> None:
    day = Day()
    day.pay("SH1", 100)
    day.pay("SH2", 100, at=NOON + timedelta(days=1))
    first = trade_bill([paid("SH1", 100), paid("SH9", 5)])
    second = trade_bill(
        [paid("SH2", 100, at="2026-11-22 12:00:00"), paid("SH9", 5, at="2026-11-22 12:00:01")],
    )
    later = MORNING_AFTER + timedelta(days=1)
    deeds = [lambda: day.receive(first), lambda: day.receive(second, day=DAY + timedelta(days=1), now=later)]
    assert at_once(*deeds) == []
    assert sorted(finding.number for finding in list_findings()) == ["SH9", "SH9"]
    kinds = sorted(finding.kind.value for finding in list_findings())
    assert kinds == ["duplicate", "extra"]
