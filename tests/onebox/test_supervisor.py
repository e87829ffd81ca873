"""The supervisor: restarts, stops in order, and leaves no process behind even when it is killed."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from onebox.places import ROOT, CannotContinue, Place
from onebox.ports import answers, keep_port
from onebox.processes import (
    LOG_LIMIT_BYTES,
    Note,
    Program,
    find_note,
    list_family,
    read_start_ticks,
    trim_log,
    wait_until,
    write_note,
)
from onebox.supervisor import Supervisor

SLEEPER = "import time\nwhile True: time.sleep(1)"


def python_program(name: str, code: str = SLEEPER, **details: object) -> Program:
    return Program(name=name, argv=(sys.executable, "-c", code), **details)  # type: ignore[arg-type]


def test_a_program_that_ends_while_starting_is_named_with_the_end_of_its_log(place: Place) -> None:
    supervisor = Supervisor(place)
    with pytest.raises(CannotContinue, match=r"(?s)web ended with 3 while starting.*no such table"):
        supervisor.start([python_program("web", "print('no such table'); raise SystemExit(3)", is_ready=lambda: False)])
    supervisor.stop_all()


def test_what_works_is_stopped_before_the_servers_it_uses(place: Place) -> None:
    order = place.local / "order"
    code = textwrap.dedent(f"""
        import signal, sys, time
        def end(*_):
            with open({str(order)!r}, "a") as file: file.write(sys.argv[1] + "\\n")
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        print("ready", flush=True)
        while True: time.sleep(0.05)
    """)

    def program(name: str, *, is_server: bool) -> Program:
        log = place.logs / f"{name}.log"
        return Program(
            name=name,
            argv=(sys.executable, "-c", code, name),
            is_server=is_server,
            is_ready=lambda: "ready" in log.read_text(),
        )

    supervisor = Supervisor(place)
    supervisor.start([program("postgres", is_server=True), program("valkey", is_server=True)])
    supervisor.start([program("web", is_server=False)])
    supervisor.stop_all()
    assert order.read_text().split() == ["web", "valkey", "postgres"]


def test_a_program_that_will_not_stop_is_killed(place: Place) -> None:
    code = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\n" + SLEEPER
    log = place.logs / "deaf.log"
    supervisor = Supervisor(place)
    supervisor.start([python_program("deaf", code, stop_seconds=0.3, is_ready=lambda: "up" in log.read_text())])
    note = find_note(place, "deaf")
    supervisor.stop_all()
    assert note is not None
    assert not note.is_alive()


SUPERVISE = """
import sys
from pathlib import Path
from onebox.places import Place
from onebox.processes import Program
from onebox.supervisor import Supervisor
supervisor = Supervisor(Place(local=Path(sys.argv[1])))
supervisor.catch_signals()
supervisor.environment = {"PATH": "/usr/bin:/bin"}
sleep = (sys.executable, "-c", "import time; time.sleep(300)")
try:
    supervisor.start([Program(name="a", argv=sleep), Program(name="b", target="signal:pause")])
    print("started", flush=True)
    supervisor.run()
except KeyboardInterrupt:
    pass
finally:
    supervisor.stop_all()
"""


def start_supervisor(place: Place) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(place.local)], stdout=subprocess.PIPE, text=True, cwd=ROOT / "platform"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def must_find(place: Place, name: str) -> Note:
    note = find_note(place, name)
    assert note is not None
    return note


def test_nothing_is_left_when_the_supervisor_is_killed(place: Place) -> None:
    supervisor = start_supervisor(place)
    notes = [must_find(place, name) for name in ("a", "b")]
    supervisor.kill()
    supervisor.communicate()
    assert wait_until(lambda: not any(note.is_alive() for note in notes), 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_everything(place: Place, number: signal.Signals) -> None:
    supervisor = start_supervisor(place)
    notes = [must_find(place, name) for name in ("a", "b", "supervisor")]
    supervisor.send_signal(number)
    supervisor.communicate(timeout=10)
    assert supervisor.returncode == 0
    assert not any(note.is_alive() for note in notes)
    assert list(place.notes.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_crashed_program_is_started_again_with_growing_pauses(place: Place, name: str) -> None:
    supervisor = start_supervisor(place)
    try:
        for pause in (0.5, 1.0):
            before = must_find(place, name)
            os.kill(before.pid, signal.SIGKILL)
            assert supervisor.stdout is not None
            line = supervisor.stdout.readline()
            assert f"{name} ended with -9; starting it again in {pause:g} s" in line
            assert wait_until(
                lambda old=before: (note := find_note(place, name)) is not None and note.pid != old.pid, 5
            )
    finally:
        supervisor.terminate()
        supervisor.communicate(timeout=10)


def test_a_note_about_another_process_with_the_same_id_is_stale(place: Place) -> None:
    write_note(place, "web", os.getpid())
    assert find_note(place, "web") is not None
    path = place.notes / "web.json"
    path.write_text(path.read_text().replace(str(read_start_ticks(os.getpid())), "1"))
    assert find_note(place, "web") is None
    assert not path.exists()


def test_a_long_log_keeps_one_older_part(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * (LOG_LIMIT_BYTES + 1))
    trim_log(log)
    assert log.stat().st_size == 0
    assert (tmp_path / "web.log.1").stat().st_size == LOG_LIMIT_BYTES + 1


def test_no_worker_outlives_a_killed_web_server(place: Place) -> None:
    port = keep_port(place, "web")
    command = [sys.executable, "-m", "onebox.web_server", "--port", str(port), "--streams", "--workers", "1"]
    with (place.logs / "web.log").open("wb") as log:
        web = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        assert wait_until(lambda: answers(port) and len(list_family([web.pid])) > 1, 30), (
            place.logs / "web.log"
        ).read_text()
        time.sleep(0.2)
        workers = [pid for pid in list_family([web.pid]) if pid != web.pid]
        assert workers
    finally:
        web.kill()
        web.wait()
    assert wait_until(lambda: all(read_start_ticks(pid) is None for pid in workers), 5)
