"""How much memory a whole Jishi takes after it served pages: PSS of every process that the launcher started.

A demo of its own in a folder of its own, started as a new user starts it, with two web workers.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import tests.environment  # noqa: F401 - so that all benches find the same environment
from onebox.environment import read_environment
from onebox.memory import measure_memory
from onebox.places import Place
from onebox.postgres import remove_postgres
from onebox.processes import wait_until
from tests.bench.contracts import BenchRow
from tests.bench.load import ROOT
from tests.bench.web import QUICK, Page, list_pages, warm
from tests.fixtures.wechatpay import free_port

READY = "Logs are in"
READY_SECONDS, STOP_SECONDS = 420.0, 60.0
GIVEN_TO_TESTS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "ELASTICSEARCH_URL", "JISHI_SUPERUSER_URL")
WEB_WORKERS = 2
MOST_MB = 900
PROGRAMS = {"web", "worker", "relay", "indexer", "stream", "postgres", "valkey"}


@contextlib.contextmanager
def prepared() -> Iterator[Callable[[], list[BenchRow]]]:
    """A running demo; each call serves pages and measures."""
    with _running_demo() as (place, port):
        pages = list_pages(read_environment(place)["DATABASE_URL"])
        yield lambda: measure_round(place, port, pages[:1] if QUICK else pages)


def measure_round(place: Place, port: int, pages: Sequence[Page]) -> list[BenchRow]:
    """Every page of the catalogue a few times, then what every program takes."""
    answers = warm(port, pages)
    found = measure_memory(place)
    wrong = sum(answer.wrong_status + answer.wrong_body + answer.broken for answer in answers)
    total = sum(program.pss_bytes for program in found) / 2**20
    missing = len(PROGRAMS - {program.name for program in found})
    counters = {"wrong answers": wrong, "programs missing": missing, "over 900 MB": int(total > MOST_MB)}
    rows = [
        BenchRow(f"memory: {program.name}, processes {program.processes}", program.pss_bytes / 2**20, "MB PSS")
        for program in found
    ]
    return [*rows, BenchRow("memory: everything", total, "MB PSS", counters=counters)]


@contextlib.contextmanager
def _running_demo() -> Iterator[tuple[Place, int]]:
    folder = Path(tempfile.mkdtemp(prefix="jishi-memory-"))
    folder.chmod(0o755)  # the user that PostgreSQL runs as has to pass
    place, port = Place(local=folder / "local"), free_port()
    place.make()
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in GIVEN_TO_TESTS and not name.startswith(("JISHI_", "WECHATPAY_", "DJANGO_"))
    }
    environment = {**kept, "JISHI_LOCAL": str(place.local), "JISHI_PORT": str(port), "JISHI_RATE_LIMITS": "0"}
    environment["JISHI_WEB_WORKERS"] = str(WEB_WORKERS)
    output = folder / "output.txt"
    with output.open("wb") as file:
        demo = subprocess.Popen(
            [sys.executable, "-m", "onebox", "demo"], env=environment, cwd=ROOT, stdout=file, stderr=file
        )
    try:
        ready = wait_until(lambda: demo.poll() is not None or READY in output.read_text(), READY_SECONDS)
        assert ready and demo.poll() is None, output.read_text()[-3000:]
        yield place, port
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(STOP_SECONDS)
        remove_postgres(place)
        shutil.rmtree(folder, ignore_errors=True)
