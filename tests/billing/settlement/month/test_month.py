"""A simulated month: orders, refunds, chargebacks, payouts, providers' files with planted faults.

The books close, every clearing account is at zero or explained, each planted fault is reported once and none is
invented. `JISHI_LONG=1` plays 200 seeds from `JISHI_SEED` on, or as many as `JISHI_MONTHS` says: to go on after a cut.
"""

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from billing.ledger.contracts import Code
from billing.ledger.rules import CLEARING_CODES
from billing.ledger.selectors import get_balance, prove_ledger, trial_balance
from billing.settlement.contracts.reconciling import FindingState
from billing.settlement.selectors.clearing import list_clearing_items
from billing.settlement.services import prove_clearing, write_clearing_note
from tests.billing.settlement.month.drawing import DAYS, FIRST, draw_month
from tests.billing.settlement.month.planting import Told, plant, tell_truly
from tests.billing.settlement.month.playing import STAFF, Player, find_all, plain_balances, read_balances
from tests.billing.settlement.reconciling.bills import MERCHANT

LONG = bool(os.environ.get("JISHI_LONG"))
SEED = int(os.environ.get("JISHI_SEED", "1"))
SEEDS = range(SEED, SEED + int(os.environ.get("JISHI_MONTHS", "200" if LONG else "2")))
END = FIRST + timedelta(days=DAYS, hours=12)


@pytest.fixture(autouse=True)
def private(settings, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    settings.WECHATPAY = {**settings.WECHATPAY, "sp_mchid": MERCHANT}


def play(told: Told, seed: int) -> Player:
    player = Player(told, Random(f"people {seed}"))
    player.play()
    return player


@pytest.mark.parametrize("seed", SEEDS)
def test_a_month_with_faults_closes_and_names_every_fault(committed_db, seed: int) -> None:
    month = draw_month(seed)
    told = plant(month, faults=12)
    player = play(told, seed)
    found = find_all()
    assert Counter(((f.psp, f.statement_kind), f.kind, f.number) for f in found) == told.expected
    passed = {((f.psp, f.statement_kind), f.kind, f.number) for f in found if f.state is FindingState.CLEARED}
    assert passed == told.passing
    assert all(f.state in (FindingState.OPEN, FindingState.CLEARED) for f in found)
    suspended = player.work_off(END)
    assert read_balances() == plain_balances(player.books, suspended)
    proof = prove_ledger()
    assert proof.sound and proof.unposted == 0 and trial_balance().balanced
    assert {item.account.code for item in proof.open_clearing} <= {Code.SUSPENSE}
    assert {f.state for f in find_all()} <= {FindingState.SUSPENDED, FindingState.EXPLAINED, FindingState.CLEARED}
    assert _commission() == month.commission_minor
    _explain_the_rest(expected=sum(amount != 0 for amount in suspended.values()))


def test_a_month_without_faults_clears_by_itself(committed_db) -> None:
    month = draw_month(SEED)
    player = play(tell_truly(month), SEED)
    assert find_all() == []
    assert read_balances() == plain_balances(player.books, {})
    assert prove_ledger().cleared and prove_clearing(now=END).items == 0
    assert player.failed, "no payout failed: the seed plays too little"


def _commission() -> int:
    return get_balance(code=Code.COMMISSION).posted_minor + get_balance(code=Code.VAT_PAYABLE).posted_minor


def _explain_the_rest(expected: int) -> None:
    """Suspense is the only thing left; with a reason for each the proof is clear."""
    before = prove_clearing(now=END + timedelta(hours=1), asked_by=STAFF)
    items = list_clearing_items(proof_id=before.proof_id, now=END + timedelta(hours=1))
    assert [(item.code, item.note) for item in items] == [(Code.SUSPENSE, None)] * expected
    assert before.cleared == (expected == 0) and Code.SUSPENSE in CLEARING_CODES
    for item in items:
        write_clearing_note(
            item_id=item.item_id, reason="asked the provider", actor_id=STAFF, now=END + timedelta(hours=2)
        )
    assert prove_clearing(now=END + timedelta(hours=3), asked_by=STAFF).cleared
