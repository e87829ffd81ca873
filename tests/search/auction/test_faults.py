"""Faults that are planted on purpose are caught: these tests can fail."""

import pytest

from tests.billing.ledger.faults import check_place, plant
from tests.search.auction.fault_list import FAULTS, HERE, Fault
from tests.search.auction.faults import ENVIRONMENT, PLUGIN, run
from tests.search.auction.markets import LONG

SHARE = FAULTS if LONG else FAULTS[::25]


def test_every_fault_fits_the_code_as_it_is() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 50
    for fault in FAULTS:
        check_place(fault)


@pytest.mark.timeout(3_600 if LONG else 600)
def test_planted_faults_are_caught() -> None:
    assert [outcome for outcome in run(SHARE) if not outcome.caught] == []


def test_a_change_that_harms_nothing_survives() -> None:
    harmless = Fault(
        name="nothing",
        module="search.auction.lots",
        old="A maximum under the lot's reserve.",
        new="A maximum.",
        tests=(f"{HERE}/test_lots.py",),
    )
    assert plant(harmless, ENVIRONMENT, PLUGIN).verdict == "SURVIVED"
