"""Clicks reported ten times each by eight processes that are killed, as are workers and the database: billed once."""

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

from search.auction.contracts.units import PPM
from tests.fixtures.postgres import ROOT, PrivatePostgres, private_postgres

LONG = bool(os.environ.get("JISHI_LONG"))
SEED = int(os.environ.get("JISHI_SEED", "1"))
TOKENS = 100_000 if LONG else 1_500
PROCESS_KILLS = 40 if LONG else 5
SERVER_KILLS = 10 if LONG else 1
LONGEST_SECONDS = 5_400 if LONG else 240
MOST_UNDER_USE_PPM = PPM * 5 // 1_000

pytestmark = pytest.mark.timeout(LONGEST_SECONDS + 300)


def run(environment: Mapping[str, str], *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.click_storm", *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str], seconds: float) -> Any:
    told, _ = process.communicate(timeout=seconds)
    assert process.returncode == 0, told
    return json.loads(told.splitlines()[-1])  # what was logged stands before it


def test_a_storm_of_repeated_clicks_bills_each_once_and_no_cap_by_a_fen_too_much(tmp_path: Path) -> None:
    with private_postgres() as postgres:
        urls = {"DATABASE_URL": postgres.server.url(), "DATABASE_OWNER_URL": postgres.server.url("jishi_owner")}
        environment = {**os.environ, **urls, "JISHI_LEDGER_SEAL_FILE": str(tmp_path / "seals.jsonl")}
        finish(run(environment, "prepare", tmp_path, SEED, TOKENS), LONGEST_SECONDS)
        storm = run(environment, "submit", tmp_path, SEED, PROCESS_KILLS)
        server_kills = kill_server_at_times(postgres, storm, tmp_path)
        weather = finish(storm, LONGEST_SECONDS)
        report = finish(run(environment, "judge", tmp_path), LONGEST_SECONDS)
    print(f"seed {SEED}: {weather}, {server_kills} crashes of PostgreSQL, {report}")
    assert not report["findings"], report
    assert (weather["killed"], server_kills) == (PROCESS_KILLS, SERVER_KILLS)
    assert report["events"] == TOKENS
    assert report["charges"] > 10
    assert all(0 <= part <= MOST_UNDER_USE_PPM for part in report["under_use_ppm"].values()), report
    assert len(report["under_use_ppm"]) == 4


def kill_server_at_times(postgres: PrivatePostgres, storm: subprocess.Popen[str], folder: Path) -> int:
    """Kill PostgreSQL while reports come in, each time a part of them later. Returns how often."""
    chance, wanted = random.Random(SEED), TOKENS * 10
    for number in range(SERVER_KILLS):
        until = time.monotonic() + LONGEST_SECONDS
        while count_told(folder) < wanted * (number + 1) // (SERVER_KILLS + 2) + chance.randrange(200):
            assert storm.poll() is None and time.monotonic() < until, "the storm is over too early"
            time.sleep(0.05)
        postgres.kill()
        postgres.start()
    return SERVER_KILLS


def count_told(folder: Path) -> int:
    """How many reports were answered by now."""
    return sum(int(path.read_text() or 0) for path in folder.glob("*.place"))
