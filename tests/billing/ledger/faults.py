"""Faults planted one by one into the ledger's code, its triggers and constraints: each has to be caught.

`python -m tests.billing.ledger.faults [NUMBER] [WORD …]` plants all, from the number on, or those whose name has one of
these words, and prints a table; it ends with 1 when a fault survives. Starts the embedded servers itself.
"""

import importlib.util
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onebox.environment import environment_of_tests
from onebox.places import current_place
from onebox.servers import running_servers
from tests.billing.ledger.fault_list import FAULTS, Fault, Misplaced

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 600


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a fault: caught, survived, or misplaced (nothing was proven)."""

    fault: Fault
    verdict: str
    seconds: float
    said: str

    @property
    def caught(self) -> bool:
        return self.verdict == "caught"


def check_place(fault: Fault) -> None:
    """A fault in a module has to fit its source. Raises `Misplaced`."""
    if fault.module:
        spec = importlib.util.find_spec(fault.module)
        assert spec is not None
        assert spec.origin is not None
        fault.change(Path(spec.origin).read_text())


def plant(fault: Fault, environment: Mapping[str, str], plugin: str = "tests.billing.ledger.planting") -> Outcome:
    """Run a fault's tests with it in a process of their own. Caught means that a test ran and failed."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-p", plugin, "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, "-x", "-q", "--no-header", "-rfE", *fault.tests],
            cwd=ROOT,
            env={**environment, "JISHI_FAULT": fault.name, "JISHI_LONG": ""},
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Outcome(fault, "TOO SLOW", time.monotonic() - began, "")
    verdict = {0: "SURVIVED", 1: "caught"}.get(done.returncode, "MISPLACED")
    if verdict == "caught" and (Misplaced.__name__ in done.stdout or not re.search(r"^FAILED ", done.stdout, re.M)):
        verdict = "MISPLACED"
    failed = re.search(r"^(?:FAILED|ERROR) (.*)", done.stdout, re.M)
    said = failed.group(1) if failed else (done.stdout + done.stderr)[-300:].replace("\n", " ")
    return Outcome(fault, verdict, time.monotonic() - began, said)


def run(faults: Sequence[Fault], environment: Mapping[str, str]) -> list[Outcome]:
    """Plant each, and print a line for each."""
    outcomes = []
    for fault in faults:
        outcome = plant(fault, environment)
        place = f"{FAULTS.index(fault) + 1:>2}" if fault in FAULTS else " -"
        said = f"{outcome.verdict:<9} {outcome.seconds:5.1f} s  {fault.name:<62} {outcome.said[:150]}"
        print(f"{place} {said}", flush=True)
        outcomes.append(outcome)
    print(f"{sum(outcome.caught for outcome in outcomes)} of {len(outcomes)} faults caught.")
    return outcomes


def main(words: Sequence[str]) -> int:
    first = int(words[0]) if words and words[0].isdigit() else 1
    named = [word for word in words if not word.isdigit()]
    faults = [fault for fault in FAULTS[first - 1 :] if not named or any(word in fault.name for word in named)]
    place = current_place()
    with running_servers(place):
        outcomes = run(faults, environment_of_tests(place))
    return 0 if faults and all(outcome.caught for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
