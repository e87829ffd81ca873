"""Faults that are planted on purpose are caught by a named test: the tests can fail."""

import os

import pytest

from tests.billing.ledger.fault_list import FAULTS, MODEL, SIXTEEN, Fault
from tests.billing.ledger.faults import check_place, plant, run

LONG = bool(os.environ.get("JISHI_LONG"))
SLOW = {MODEL, SIXTEEN}
SHARE = FAULTS if LONG else [fault for fault in FAULTS if not SLOW & set(fault.tests)][::18]


def test_every_fault_fits_the_code_as_it_is() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 20
    for fault in FAULTS:
        check_place(fault)


@pytest.mark.timeout(3600 if LONG else 900)
def test_planted_faults_are_caught() -> None:
    survivors = [outcome for outcome in run(SHARE, os.environ) if not outcome.caught]
    assert not survivors


def test_a_fault_that_nobody_looks_for_survives() -> None:
    harmless = Fault(name="nothing", new="SELECT 1", tests=("tests/billing/ledger/test_reversing_rules.py",))
    assert plant(harmless, os.environ).verdict == "SURVIVED"
