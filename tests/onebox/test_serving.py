"""A whole Jishi: `serve` brings up every process, and nothing outlives it however it ends."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping

import pytest

from onebox.memory import measure_memory
from onebox.places import ROOT, Place
from onebox.ports import LOOPBACK, keep_port
from onebox.postgres import find_postgres
from onebox.processes import list_family, list_notes, read_log_end, read_start_ticks, wait_until
from onebox.serving import describe_addresses

PROGRAMS = ["indexer", "postgres", "relay", "stream", "supervisor", "valkey", "web", "worker"]


def start(place: Place) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "JISHI_LOCAL": str(place.local),
        "JISHI_PORT": str(keep_port(place, "web")),
        "JISHI_STATIC_ROOT": str(place.local),  # it exists: nothing is collected
        "JISHI_HASHED_STATIC": "0",
    }
    (place.local / "steps.json").write_text(json.dumps({"static": "never", "messages": "never"}))
    process = subprocess.Popen(
        [sys.executable, "-m", "onebox", "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, cwd=ROOT,
    )  # fmt: skip
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if "Logs are in" in line:
            return process
    raise AssertionError("".join(lines) + read_log_end(place.logs / "web.log"))


def ask_ready(place: Place) -> Mapping[str, str]:
    connection = http.client.HTTPConnection(LOOPBACK, find_web_port(place), timeout=10)
    connection.request("GET", "/ready", headers={"Host": "jishi.localhost"})
    answer: Mapping[str, str] = json.loads(connection.getresponse().read())
    return answer


def find_web_port(place: Place) -> int:
    return int(json.loads((place.local / "ports.json").read_text())["web"])


def list_all_processes(place: Place) -> list[int]:
    server = find_postgres(place)
    assert server is not None
    return [*list_family([note.pid for note in list_notes(place)]), *server.list_processes()]


def test_every_process_serves_and_nothing_outlives_a_killed_supervisor(place: Place) -> None:
    supervisor = start(place)
    try:
        assert ask_ready(place) == {"status": "ready", "database": "ok", "valkey": "ok"}
        memory = measure_memory(place)
        assert [program.name for program in memory] == PROGRAMS
        assert all(program.pss_bytes > 0 for program in memory)
        assert sum(program.pss_bytes for program in memory) < 900 * 2**20
        everything = list_all_processes(place)
        assert len(everything) > len(PROGRAMS)
    finally:
        supervisor.kill()
        supervisor.communicate()
    assert wait_until(lambda: all(read_start_ticks(pid) is None for pid in everything), 10)

    supervisor = start(place)
    everything = list_all_processes(place)
    supervisor.send_signal(signal.SIGTERM)
    output, _ = supervisor.communicate(timeout=60)
    assert output.endswith("Stopping …\nEverything is stopped.\n")
    assert supervisor.returncode == 0
    assert [pid for pid in everything if read_start_ticks(pid) is not None] == []
    assert list(place.notes.iterdir()) == []


@pytest.mark.parametrize("demo", ["", "1"])
def test_the_addresses_and_in_the_demo_the_sign_ins_are_printed(place: Place, demo: str) -> None:
    rows = [{"who": "Shopper", "sign_in": "lin@example.com", "password": "secret"}]
    (place.local / "sign-ins.json").write_text(json.dumps(rows))
    text = describe_addresses(place, {"JISHI_PORT": "8123", "JISHI_DEMO": demo})
    assert "http://jishi.localhost:8123/" in text
    assert "http://portal.jishi.localhost:8123/" in text
    assert "http://console.jishi.localhost:8123/" in text
    assert ("Shopper  lin@example.com  secret" in text) is bool(demo)
