"""Random changes while processes are killed: nothing is lost, stale or a ghost, and nothing private is ever found."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.fixtures.stack import ROOT, Stack, running_stack

LONG = bool(os.environ.get("JISHI_LONG"))
SEED = int(os.environ.get("JISHI_SEED", "1"))
WRITERS, READERS = 2, 1
CHANGES = int(os.environ.get("JISHI_CHANGES", "100000" if LONG else "600"))
QUESTIONS = 100_000 if LONG else 1_500
PATIENCE_SECONDS = 5_400 if LONG else 240
KILLED = ("relay", "worker", "indexer")


@pytest.fixture
def storm(tmp_path: Path) -> Iterator[Stack]:
    name = f"jishi_c_{os.getpid()}_storm"
    databases.clone(databases.ensure_template(), name)
    urls = {
        "database_url": databases.with_database(os.environ["DATABASE_URL"], name),
        "owner_url": databases.owner_url(name),
    }
    try:
        with running_stack(tmp_path, **urls) as stack:
            stack.run_python("tests.faults.search_changes", "prepare")
            stack.start(*KILLED)
            yield stack
    finally:
        databases.drop(name)


def start(stack: Stack, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.search_changes", *map(str, arguments)]
    environment = {**stack.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> dict[str, int]:
    said, wrong = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, wrong[-3000:]
    found: dict[str, int] = json.loads(said)
    return found


def kill_until(stack: Stack, writers: list[subprocess.Popen[str]], chance: random.Random) -> int:
    """Kill one process after another, each comes back after a moment, until the writers are done."""
    killed, until = 0, time.monotonic() + PATIENCE_SECONDS
    while any(writer.poll() is None for writer in writers):
        assert time.monotonic() < until, "the writers did not come to an end"
        time.sleep(chance.uniform(0.5, 3.0))
        name = chance.choice(KILLED)
        stack.kill(name)
        time.sleep(chance.uniform(0.0, 1.0))
        stack.start(name)
        killed += 1
    return killed


def test_a_storm_of_changes_ends_in_the_truth(storm: Stack) -> None:
    chance = random.Random(SEED)
    writers = [start(storm, "change", SEED + number, CHANGES // WRITERS) for number in range(WRITERS)]
    readers = [start(storm, "ask", SEED + number, QUESTIONS // READERS) for number in range(READERS)]
    killed = kill_until(storm, writers, chance)
    changed = [finish(writer) for writer in writers]
    asked = [finish(reader) for reader in readers]
    judged = json.loads(storm.run_python("tests.faults.search_changes", "judge"))
    print(f"seed {SEED}: {changed}, {killed} killed, {asked}, {judged}")
    assert killed and judged["waited"], "what was changed never came through"
    assert (judged["lost"], judged["stale"], judged["ghosts"], judged["others"]) == (0, 0, 0, 0)
    assert judged["shown"] > 20 and judged["parked"] == 0
    assert sum(tally["asked"] for tally in asked) == QUESTIONS and not any(tally["leaked"] for tally in asked)
