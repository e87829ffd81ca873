"""Faults planted one by one into the auctions' code: each has to be caught. No servers are needed.

`python -m tests.search.auction.faults [WORD …]` plants all, or those whose name has one of these words, and prints a
table; it ends with 1 when a fault survives.
"""

import os
import sys
from collections.abc import Sequence

from tests.billing.ledger.faults import Outcome, plant
from tests.search.auction.fault_list import FAULTS, Fault

PLUGIN = "tests.search.auction.planting"
# Pure tests need no Django and no fixture of ours: without them a process starts three times as fast.
ENVIRONMENT = {
    **os.environ,
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTEST_ADDOPTS": "-o addopts= --noconftest",
}


def run(faults: Sequence[Fault]) -> list[Outcome]:
    """Plant each, and print a line for each."""
    outcomes = []
    for number, fault in enumerate(faults, start=1):
        outcome = plant(fault, ENVIRONMENT, PLUGIN)
        print(
            f"{number:>2} {outcome.verdict:<9} {outcome.seconds:5.1f} s  {fault.name:<50} {outcome.said[:120]}",
            flush=True,
        )
        outcomes.append(outcome)
    print(f"{sum(outcome.caught for outcome in outcomes)} of {len(outcomes)} faults caught.")
    return outcomes


def main(words: Sequence[str]) -> int:
    faults = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    return 0 if faults and all(outcome.caught for outcome in run(faults)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
