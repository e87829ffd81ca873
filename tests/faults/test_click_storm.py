"""Clicks reported ten times each by eight processes that are killed, as are workers and the database: billed once."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from search.auction.contracts.units import PPM
from tests.fixtures.postgres import ROOT, PrivatePostgres, private_postgres
from tests.fixtures.stack import Stack, running_stack

LONG = bool(os.environ.get("JISHI_LONG"))
SEED = int(os.environ.get("JISHI_SEED", "1"))
TOKENS = 100_000 if LONG else 1_500
TOKENS_OVER_HTTP = 100_000 if LONG else 300
PROCESS_KILLS, SERVER_KILLS = (40, 10) if LONG else (5, 1)
WORKER_KILLS, WEB_KILLS = (20, 20) if LONG else (2, 2)
LONGEST_SECONDS = 9_000 if LONG else 240
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
        environment = {**os.environ, **name_databases(postgres), **seal_in(tmp_path)}
        finish(run(environment, "prepare", tmp_path, SEED, TOKENS), LONGEST_SECONDS)
        storm = run(environment, "submit", tmp_path, SEED, PROCESS_KILLS)
        crashes = disturb(storm, tmp_path, TOKENS, [postgres_crash(postgres)] * SERVER_KILLS)
        weather = finish(storm, LONGEST_SECONDS)
        report = finish(run(environment, "judge", tmp_path), LONGEST_SECONDS)
    print(f"seed {SEED}: {weather}, {crashes} crashes of PostgreSQL, {report}")
    assert (weather["killed"], crashes) == (PROCESS_KILLS, SERVER_KILLS)
    check(report, TOKENS)


def test_a_storm_over_http_bills_each_once_whatever_is_killed_behind_the_page(tmp_path: Path) -> None:
    with private_postgres() as postgres, running_stack(tmp_path / "stack", **name_urls(postgres)) as stack:
        stack.environment |= seal_in(tmp_path) | {"JISHI_TRUSTED_PROXIES": "1", "JISHI_ADS_BACKGROUND": "0"}
        stack.start("web")
        environment = {**os.environ, **name_databases(postgres), **seal_in(tmp_path)}
        finish(run(environment, "prepare", tmp_path, SEED, TOKENS_OVER_HTTP), LONGEST_SECONDS)
        storm = run(environment, "submit", tmp_path, SEED, WORKER_KILLS, stack.port)
        kills = [web_kill(stack)] * WEB_KILLS + [postgres_crash(postgres)] * SERVER_KILLS
        random.Random(SEED).shuffle(kills)
        disturbed = disturb(storm, tmp_path, TOKENS_OVER_HTTP, kills)
        weather = finish(storm, LONGEST_SECONDS)
        report = finish(run(environment, "judge", tmp_path), LONGEST_SECONDS)
    print(f"seed {SEED}: {weather}, {disturbed} kills of web and PostgreSQL, {report}")
    assert (weather["killed"], disturbed) == (WORKER_KILLS, WEB_KILLS + SERVER_KILLS)
    check(report, TOKENS_OVER_HTTP)


def check(report: Mapping[str, Any], tokens: int) -> None:
    """What holds after any storm."""
    assert not report["findings"], report
    assert report["events"] == tokens
    assert report["charges"] > 10
    assert all(0 <= part <= MOST_UNDER_USE_PPM for part in report["under_use_ppm"].values()), report
    assert len(report["under_use_ppm"]) == 4


def name_urls(postgres: PrivatePostgres) -> dict[str, str]:
    return {"database_url": postgres.server.url(), "owner_url": postgres.server.url("jishi_owner")}


def name_databases(postgres: PrivatePostgres) -> dict[str, str]:
    return {"DATABASE_URL": postgres.server.url(), "DATABASE_OWNER_URL": postgres.server.url("jishi_owner")}


def seal_in(folder: Path) -> dict[str, str]:
    return {"JISHI_LEDGER_SEAL_FILE": str(folder / "seals.jsonl")}


def postgres_crash(postgres: PrivatePostgres) -> Callable[[], None]:
    def crash() -> None:
        postgres.kill()
        postgres.start()

    return crash


def web_kill(stack: Stack) -> Callable[[], None]:
    return lambda: stack.restart("web")


def disturb(storm: subprocess.Popen[str], folder: Path, tokens: int, kills: Sequence[Callable[[], None]]) -> int:
    """Kill while reports come in, each time a part of them later. Returns how often."""
    chance, wanted = random.Random(SEED), tokens * 10
    for number, kill in enumerate(kills):
        until = time.monotonic() + LONGEST_SECONDS
        while count_told(folder) < wanted * (number + 1) // (len(kills) + 2) + chance.randrange(200):
            assert storm.poll() is None and time.monotonic() < until, "the storm is over too early"
            time.sleep(0.05)
        kill()
    return len(kills)


def count_told(folder: Path) -> int:
    """How many reports were answered by now."""
    return sum(int(path.read_text() or 0) for path in folder.glob("*.place"))
