"""Staff decide on findings: once each, all that was confirmed or nothing, and one shop's trouble is nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger
from market.audit.selectors import list_entries
from search.spending import selectors
from search.spending.contracts import FindingFilter, FindingState
from search.spending.services import (
    CreditsNotPosted,
    FindingDecided,
    FindingsChanged,
    NoReason,
    approve_finding,
    approve_findings,
    close_hours,
    crediting,
    post_credits,
    refuse_finding,
)
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.invalid_clicks import CASH_MINOR, find_clocks

SHOP, OTHER, THIRD = 71, 72, 73
STAFF, COLLEAGUE = 900_900, 900_901
PAID_MICRO = 700 * 1_000_000


def read_cash(shop_id: int) -> int:
    return get_balance(code=Code.AD_WALLET_CASH, owner=Owner.of_shop(shop_id)).posted_minor


def states() -> list[FindingState]:
    return [finding.state for finding in selectors.list_findings()]


def test_many_are_approved_together_when_they_come_to_what_was_confirmed(db: None, clock: Clock) -> None:
    ids = [finding.finding_id for finding in find_clocks(clock.now, (SHOP, OTHER))]
    said = {"note": "a script", "actor_id": STAFF, "now": clock.now}
    for amount_micro in (2 * PAID_MICRO - 1, -1):
        with pytest.raises(FindingsChanged):
            approve_findings(finding_ids=ids, amount_micro=amount_micro, **said)  # type: ignore[arg-type]
    for wrong in ([], [*ids, 999_999]):
        with pytest.raises(FindingsChanged):
            approve_findings(finding_ids=wrong, amount_micro=2 * PAID_MICRO, **said)  # type: ignore[arg-type]
    assert states() == [FindingState.FOUND, FindingState.FOUND]
    assert approve_findings(finding_ids=[*ids, *ids], amount_micro=2 * PAID_MICRO, **said) == 2  # type: ignore[arg-type]
    with pytest.raises(FindingsChanged):
        approve_findings(finding_ids=ids, amount_micro=2 * PAID_MICRO, **said)  # type: ignore[arg-type]
    close_hours(clock.now + timedelta(hours=2))
    assert (post_credits(clock.now), post_credits(clock.now)) == (2, 0)
    assert (read_cash(SHOP), read_cash(OTHER)) == (CASH_MINOR, CASH_MINOR)
    assert states() == [FindingState.POSTED, FindingState.POSTED] and prove_ledger().sound
    assert [line.detail["note"] for line in list_entries(action="ad_finding.approved")] == ["a script"] * 2


def test_nothing_is_approved_when_one_was_decided_meanwhile(db: None, clock: Clock) -> None:
    first, second = (finding.finding_id for finding in find_clocks(clock.now, (SHOP, OTHER)))
    refuse_finding(finding_id=first, note="a family", actor_id=COLLEAGUE, now=clock.now)
    with pytest.raises(FindingsChanged):
        approve_findings(
            finding_ids=[first, second], amount_micro=2 * PAID_MICRO, note="", actor_id=STAFF, now=clock.now
        )
    assert sorted(states()) == [FindingState.FOUND, FindingState.REFUSED]


def test_a_refusal_needs_a_reason(db: None, clock: Clock) -> None:
    (finding,) = find_clocks(clock.now, (SHOP,))
    with pytest.raises(NoReason):
        refuse_finding(finding_id=finding.finding_id, note=" \n", actor_id=STAFF, now=clock.now)
    assert states() == [FindingState.FOUND] and not list_entries(action="ad_finding.refused")


def test_of_many_staff_at_once_one_decides(committed_db: CommittedDatabase, clock: Clock) -> None:
    (finding,) = find_clocks(clock.now, (SHOP,))

    def decide(number: int) -> str:
        deed = approve_finding if number % 2 else refuse_finding
        try:
            deed(finding_id=finding.finding_id, note="seen", actor_id=STAFF + number, now=clock.now)
        except FindingDecided:
            return "late"
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(decide, range(6)))
    assert sorted(said) == ["decided", *["late"] * 5]
    assert len(list_entries(action="ad_finding.")) == 1


def test_two_who_confirm_overlapping_sums_give_nothing_twice(committed_db: CommittedDatabase, clock: Clock) -> None:
    ids = [finding.finding_id for finding in find_clocks(clock.now, (SHOP, OTHER, THIRD))]
    close_hours(clock.now + timedelta(hours=2))

    def approve(chosen: list[int]) -> str:
        try:
            approve_findings(finding_ids=chosen, amount_micro=2 * PAID_MICRO, note="", actor_id=STAFF, now=clock.now)
            post_credits(clock.now)
        except FindingsChanged:
            return "again"
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(approve, [[ids[0], ids[1]], [ids[2], ids[1]]]))
    assert sorted(said) == ["again", "approved"]
    post_credits(clock.now)
    assert sorted(map(read_cash, (SHOP, OTHER, THIRD))) == [CASH_MINOR - 700, CASH_MINOR, CASH_MINOR]
    assert prove_ledger().sound


def test_what_cannot_be_posted_for_one_shop_holds_up_no_other(
    db: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [finding.finding_id for finding in find_clocks(clock.now, (SHOP, OTHER))]
    approve_findings(finding_ids=ids, amount_micro=2 * PAID_MICRO, note="", actor_id=STAFF, now=clock.now)
    close_hours(clock.now + timedelta(hours=2))
    give = crediting.credit_charge

    def fail_for_the_first(**options: object) -> object:
        if options["shop_id"] == SHOP:
            raise RuntimeError("the books of this shop are in disorder")
        return give(**options)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(crediting, "credit_charge", fail_for_the_first)
        with pytest.raises(CreditsNotPosted, match="in disorder"):
            post_credits(clock.now)
    assert (read_cash(SHOP), read_cash(OTHER)) == (CASH_MINOR - 700, CASH_MINOR)
    assert post_credits(clock.now) == 1
    assert read_cash(SHOP) == CASH_MINOR


def test_findings_are_found_by_state_shop_reason_and_day(db: None, clock: Clock) -> None:
    first, second = find_clocks(clock.now, (SHOP, OTHER))
    approve_finding(finding_id=first.finding_id, note="", actor_id=STAFF, now=clock.now)

    def ask(**wanted: object) -> list[int]:
        found = selectors.list_findings(FindingFilter(**wanted))  # type: ignore[arg-type]
        assert selectors.sum_findings(FindingFilter(**wanted)).findings == len(found)  # type: ignore[arg-type]
        return [finding.finding_id for finding in found]

    assert ask() == [second.finding_id, first.finding_id]
    assert ask(states=(FindingState.APPROVED,)) == ask(shop_id=SHOP) == [first.finding_id]
    assert len(ask(reason="regular_gaps")) == len(ask(day=first.day)) == 2
    assert ask(reason="endless_views") == ask(day=first.day - timedelta(days=1)) == []
    assert selectors.count_open_findings() == {FindingState.FOUND: 1, FindingState.APPROVED: 1}
    campaigns = selectors.map_finding_campaigns([first.finding_id])
    assert len(campaigns[first.finding_id]) == first.events
    assert selectors.map_finding_campaigns([]) == {} and selectors.map_corrections([]) == {}
