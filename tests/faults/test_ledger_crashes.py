"""Writers and the database are killed under load: what was acknowledged is in the books, once."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CommittedDatabase
from tests.fixtures.postgres import ROOT, private_postgres

LONG = bool(os.environ.get("JISHI_LONG"))
SEED = int(os.environ.get("JISHI_SEED", "1"))
WRITERS = 8
WRITER_KILLS = 200 if LONG else 10
SERVER_KILLS = 20 if LONG else 2
ANSWER_SECONDS = 120

pytestmark = pytest.mark.timeout(1800 if LONG else 300)


def start(folder: Path, environment: Mapping[str, str], kills: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.ledger_writers", str(folder), str(SEED), str(WRITERS), str(kills)]
    environment = {**environment, "JISHI_LEDGER_SEAL_FILE": str(folder / "seals.jsonl")}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def finish(folder: Path, environment: Mapping[str, str], writers: subprocess.Popen[str]) -> dict:
    """Let the writers end, each with an answer to everything, and look at the books."""
    (folder / "stop").touch()
    killed = json.loads(writers.communicate(timeout=ANSWER_SECONDS)[0])["killed"]
    report = check(folder, environment) | {"killed": killed}
    assert not report["findings"], report
    assert report["unsure"] == 0, report
    assert report["seals"] > 0, report
    return report


def check(folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """The books against the notes, seen by a process of its own."""
    environment = {**environment, "JISHI_LEDGER_SEAL_FILE": str(folder / "seals.jsonl")}
    command = [sys.executable, "-m", "tests.faults.ledger_check", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_nothing_is_lost_or_doubled_when_writers_are_killed(committed_db: CommittedDatabase, tmp_path: Path) -> None:
    began = time.monotonic()
    writers = start(tmp_path, committed_db.environment, WRITER_KILLS)
    wait_for_kills(tmp_path, WRITER_KILLS * 2 + ANSWER_SECONDS)
    wait_for_answers(tmp_path, count_answers(tmp_path) + 50)
    report = finish(tmp_path, committed_db.environment, writers)
    assert report["killed"] == WRITER_KILLS
    assert report["acknowledged"] > WRITER_KILLS
    print(f"seed {SEED}, {WRITERS} writers, {time.monotonic() - began:.0f} s: {report}")
    check_what_the_check_would_say(tmp_path, committed_db.environment)


def check_what_the_check_would_say(folder: Path, environment: Mapping[str, str]) -> None:
    """Notes of a posting that is not there, and none of one that is."""
    with (folder / "0.answered").open("a") as file:
        file.write(json.dumps({"key": "lost", "answer": "ok", "done": ["lost"]}) + "\n")
    (folder / "1.asked").unlink()
    findings = check(folder, environment)["findings"]
    assert "lost was acknowledged and is missing" in findings
    assert any(finding.startswith("nobody asked for w1/") for finding in findings)
    assert any(" should have " in finding for finding in findings)


def test_nothing_is_lost_or_doubled_when_the_database_is_killed(tmp_path: Path) -> None:
    chance, began = random.Random(SEED), time.monotonic()
    with private_postgres() as postgres:
        urls = {"DATABASE_URL": postgres.server.url(), "DATABASE_OWNER_URL": postgres.server.url("jishi_owner")}
        environment = {**os.environ, **urls}
        writers = start(tmp_path, environment, SERVER_KILLS)
        wait_for_answers(tmp_path, 50)
        for _ in range(SERVER_KILLS):
            before = count_answers(tmp_path)
            time.sleep(chance.uniform(0.5, 3.0))
            postgres.kill()
            postgres.start()
            wait_for_answers(tmp_path, before + 50)
        wait_for_kills(tmp_path, ANSWER_SECONDS)
        report = finish(tmp_path, environment, writers)
    print(
        f"seed {SEED}, {WRITERS} writers, {SERVER_KILLS} crashes of PostgreSQL,"
        f" {time.monotonic() - began:.0f} s: {report}"
    )


def count_answers(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*.answered"))


def wait_for_answers(folder: Path, count: int) -> None:
    """Writers work again: so many more answers have come."""
    until = time.monotonic() + ANSWER_SECONDS
    while count_answers(folder) < count:
        assert time.monotonic() < until, "the writers do not get answers any more"
        time.sleep(0.1)


def wait_for_kills(folder: Path, seconds: float) -> None:
    """All the kills that were ordered have been made."""
    until = time.monotonic() + seconds
    while not (folder / "killed").exists():
        assert time.monotonic() < until, "the writers were not killed in time"
        time.sleep(0.1)
