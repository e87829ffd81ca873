"""Eight processes that report all tokens, shuffled, and a quarter of them again: ten times each in all.

They call what pages call, or ask the web server as browsers do. Each one's place stands in a file and survives it.
"""

import itertools
import json
import os
import random
import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from search.auction.contracts import TokenKind
from search.spending.contracts import ClickReport, VisitorFacts
from search.spending.services.recording import MOST_AT_ONCE, record_clicks, record_viewed
from tests.faults.click_storm import Plan
from tests.faults.click_storm.knocking import Knocker
from tests.faults.click_storm.working import insist, note, work

SUBMITTERS, WORKERS = 8, 2
SHORTEST, LONGEST = 0.1, 1.0  # seconds between two kills


class Teller(Protocol):
    """A way to report tokens by their numbers; repeated by the caller when a server was away."""

    most: int

    def tell(self, numbers: Sequence[int]) -> None: ...


class Caller:
    """Reports by calling the services, many at once. Each token is of a person and a network of its own."""

    most = MOST_AT_ONCE

    def __init__(self, plan: Plan) -> None:
        self._tokens = plan["tokens"]

    def tell(self, numbers: Sequence[int]) -> None:
        for kind, record in ((TokenKind.CLICK, record_clicks), (TokenKind.VIEW, record_viewed)):
            reports = [
                ClickReport(
                    token=self._tokens[number][1],
                    facts=VisitorFacts(person=f"person {number}", network=f"network {number}"),
                    at=datetime.now(UTC),
                )
                for number in numbers
                if self._tokens[number][0] == kind.value
            ]
            if reports:
                record(reports)


def report(folder: Path, plan: Plan, slot: int, port: int) -> None:
    """Report every token, then a quarter of them again, in an order of this slot's own."""
    teller: Teller = Knocker(plan, port) if port else Caller(plan)
    order = list(range(len(plan["tokens"])))
    random.Random(f"order {slot}").shuffle(order)
    order += order[: len(order) // 4]
    place = folder / f"{slot}.place"
    start = int(place.read_text()) if place.exists() else 0
    while start < len(order):
        numbers = order[start : start + teller.most]
        insist(folder, str(slot), lambda numbers=numbers: teller.tell(numbers))
        start += len(numbers)
        write_whole(place, str(start))
    (folder / f"{slot}.done").touch()


def write_whole(path: Path, text: str) -> None:
    """A file that is there with all of the text, or as it was."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


def fork(folder: Path, plan: Plan, slot: int, life: int, seed: int, port: int) -> int:
    """Start a child that shares nothing with its parent but the code and the plan."""
    pid = os.fork()
    if pid:
        return pid
    code = 0
    try:
        if slot < SUBMITTERS:
            report(folder, plan, slot, port)
        else:
            work(folder, str(slot), random.Random(f"{seed}/{slot}/{life}"))
    except BaseException as problem:
        note(folder, f"{slot}: {type(problem).__name__}: {problem}")
        code = 1
    os._exit(code)


def submit(folder: Path, seed: int, kills: int, port: int) -> Plan:
    """Run the storm; with a port over HTTP, where only workers are killed here. Others kill web and PostgreSQL."""
    plan, chance, killed = json.loads((folder / "plan.json").read_text()), random.Random(seed), 0
    lives = itertools.count(1)
    children = {slot: fork(folder, plan, slot, 0, seed, port) for slot in range(SUBMITTERS + WORKERS)}
    began, parent = time.monotonic(), os.getppid()
    while os.getppid() == parent and not all((folder / f"{slot}.done").exists() for slot in range(SUBMITTERS)):
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        slot = chance.randrange(SUBMITTERS if port else 0, SUBMITTERS + WORKERS)
        if killed < kills and not (folder / f"{slot}.done").exists():
            os.kill(children[slot], signal.SIGKILL)
            os.waitpid(children[slot], 0)
            killed += 1
            children[slot] = fork(folder, plan, slot, next(lives), seed, port)
        (folder / "killed").write_text(str(killed))
    (folder / "stop").touch()
    for pid in children.values():
        os.waitpid(pid, 0)
    return {"killed": killed, "seconds": round(time.monotonic() - began, 1)}
