"""Deciding on findings: explained, moved into suspense and cleared again, with postings that lead both ways."""

import pytest

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import SuspenseExit
from billing.ledger.selectors import find_transaction, get_balance, list_open_clearing
from billing.settlement.contracts.reconciling import FindingKind, FindingState, FindingView
from billing.settlement.selectors.reconciling import (
    cleared_key,
    count_open_findings,
    count_unsettled_findings,
    find_finding,
    list_findings,
    suspense_key,
)
from billing.settlement.services.reasons import NoReason
from billing.settlement.services.reconciling_files import receive_empty_day
from billing.settlement.services.reconciling_findings import (
    FindingDecided,
    FindingNotFound,
    NotSuspendable,
    clear_finding,
    explain_finding,
    suspend_finding,
)
from market.audit.contracts import ActorKind
from market.audit.selectors import list_entries
from tests.billing.settlement.reconciling.bills import fundflow_bill, moved, paid, trade_bill
from tests.billing.settlement.reconciling.conftest import DAY, FLOW, MORNING_AFTER, NOON, TRADE, Day

PSP = Owner.of_psp("wechatpay")
NOW = MORNING_AFTER
ME = 77


def balance(code: Code) -> int:
    return get_balance(code=code, owner=PSP if code in (Code.SUSPENSE, Code.PSP_RECEIVABLE) else None).posted_minor


def the_finding() -> FindingView:
    (finding,) = list_findings()
    return finding


@pytest.fixture
def extra(day: Day) -> FindingView:
    day.receive(fundflow_bill([moved("X1", 250, kind="充值")]), FLOW)
    return the_finding()


def test_an_extra_line_goes_into_suspense_and_out_again(day: Day, extra: FindingView) -> None:
    suspend_finding(finding_id=extra.finding_id, reason="Asked WeChat", actor_id=ME, now=NOW)
    day.post_all()
    assert (balance(Code.PSP_RECEIVABLE), balance(Code.SUSPENSE)) == (250, -250)
    finding = the_finding()
    assert (finding.state, finding.suspense_minor, finding.decided_by) == (FindingState.SUSPENDED, 250, ME)
    assert count_open_findings("wechatpay") == 0
    assert count_unsettled_findings() == {FindingState.OPEN: 0, FindingState.SUSPENDED: 1}
    assert any(item.account.code is Code.SUSPENSE for item in list_open_clearing())
    posted = find_transaction(suspense_key(finding.finding_id, 1))
    assert posted and posted.subject == finding.reference and posted.event["reason"] == "Asked WeChat"

    exits = SuspenseExit.PSP_FEE
    clear_finding(finding_id=finding.finding_id, exit=exits, reason="A bonus of theirs", actor_id=ME, now=NOW)
    day.post_all()
    assert (balance(Code.PSP_RECEIVABLE), balance(Code.SUSPENSE), balance(Code.PSP_FEE)) == (250, 0, -250)
    assert the_finding().state is FindingState.CLEARED
    assert find_transaction(cleared_key(finding.finding_id, 1)) is not None
    deeds = {line.action: line for line in list_entries() if line.action.startswith("finding.")}
    assert set(deeds) == {"finding.suspended", "finding.cleared"}
    assert deeds["finding.cleared"].actor_kind is ActorKind.STAFF and deeds["finding.cleared"].actor_id == ME


def test_a_decision_is_made_once_and_needs_a_reason(extra: FindingView) -> None:
    with pytest.raises(NoReason):
        explain_finding(finding_id=extra.finding_id, reason="  ", actor_id=ME, now=NOW)
    explain_finding(finding_id=extra.finding_id, reason="A test of theirs", actor_id=ME, now=NOW)
    for again in (explain_finding, suspend_finding):
        with pytest.raises(FindingDecided):
            again(finding_id=extra.finding_id, reason="x", actor_id=ME, now=NOW)
    with pytest.raises(FindingDecided):
        clear_finding(finding_id=extra.finding_id, exit=SuspenseExit.REVERSAL, reason="x", actor_id=ME, now=NOW)
    with pytest.raises(FindingNotFound):
        explain_finding(finding_id=10**9, reason="x", actor_id=ME, now=NOW)
    assert len(list_entries(action="finding.explained")) == 1


def test_a_persons_word_stays_when_the_file_is_compared_again(day: Day, extra: FindingView) -> None:
    explain_finding(finding_id=extra.finding_id, reason="A test of theirs", actor_id=ME, now=NOW)
    day.receive(fundflow_bill([moved("X1", 250, kind="充值")]), FLOW)
    assert the_finding() == find_finding(extra.finding_id) and the_finding().state is FindingState.EXPLAINED


def test_what_is_a_shops_money_never_goes_into_our_suspense(day: Day) -> None:
    day.receive(trade_bill([paid("X1", 100)]))
    assert not the_finding().may_be_suspended
    with pytest.raises(NotSuspendable):
        suspend_finding(finding_id=the_finding().finding_id, reason="x", actor_id=ME, now=NOW)
    day.post_all()
    assert balance(Code.SUSPENSE) == 0


def test_what_is_missing_lowers_what_the_provider_owes_until_its_line_comes(day: Day) -> None:
    day.split("SH1", 600)
    receive_empty_day(psp="wechatpay", kind=FLOW, day=DAY, now=NOW)
    finding = the_finding()
    assert finding.kind is FindingKind.MISSING and finding.difference_minor == -600
    suspend_finding(finding_id=finding.finding_id, reason="Asked", actor_id=ME, now=NOW)
    day.post_all()
    assert (balance(Code.PSP_RECEIVABLE), balance(Code.SUSPENSE)) == (0, 600)
    late = fundflow_bill([moved("SH1-split", 600, at="2026-11-23 08:00:00")])
    day.receive(late, FLOW, day=DAY.replace(day=23), now=NOW.replace(day=24))
    day.post_all()
    assert (balance(Code.PSP_RECEIVABLE), balance(Code.SUSPENSE)) == (600, 0)
    assert the_finding().state is FindingState.CLEARED and the_finding().decided_by is None


def test_an_extra_in_suspense_is_cleared_by_our_own_later_posting(day: Day) -> None:
    day.receive(fundflow_bill([moved("SH1-split", 600)]), FLOW)
    suspend_finding(finding_id=the_finding().finding_id, reason="Asked", actor_id=ME, now=NOW)
    day.post_all()
    day.split("SH1", 600, at=NOON.replace(day=24))
    receive_empty_day(psp="wechatpay", kind=FLOW, day=DAY.replace(day=24), now=NOW.replace(day=25))
    day.post_all()
    assert (balance(Code.PSP_RECEIVABLE), balance(Code.SUSPENSE)) == (600, 0)
    assert the_finding().state is FindingState.CLEARED


def test_a_fen_of_ours_is_rounded_in_the_books(day: Day) -> None:
    day.split("SH1", 600)
    day.receive(fundflow_bill([moved("SH1-split", 599)]), FLOW)
    day.post_all()
    assert (balance(Code.PSP_RECEIVABLE), balance(Code.SUSPENSE), balance(Code.ROUNDING)) == (599, 0, 1)
    assert the_finding().state is FindingState.CLEARED
    day.receive(fundflow_bill([moved("SH1-split", 599)]), FLOW)
    day.post_all()
    assert balance(Code.ROUNDING) == 1


def test_ages_are_counted_in_days(day: Day) -> None:
    receive_empty_day(psp="wechatpay", kind=TRADE, day=DAY, now=NOW)
    day.receive(trade_bill([paid("X1", 100)]))
    assert [the_finding().age_days(NOW.replace(day=n)) for n in (22, 23, 29)] == [0, 1, 7]
