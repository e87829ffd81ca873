"""Forks: they start like fresh processes, end with the right code, and take no file or lock along."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from onebox.forks import Fork, fork
from onebox.places import ROOT
from onebox.processes import wait_until


def report(path: str) -> None:
    """What the child finds."""
    here = Path(path)
    files = sorted(int(path.name) for path in Path("/proc/self/fd").iterdir())
    here.write_text(
        f"{os.environ.get('ONLY')} {len(os.environ)} {files[:3]} {[number for number in files if number > 3]} "
        f"{os.getpid() == os.getsid(0)} {signal.getsignal(signal.SIGTERM) == signal.SIG_DFL} "
        f"{Path('/proc/self/comm').read_text().strip()}"
    )
    print("said", flush=True)


def fail() -> None:
    raise ValueError("what went wrong")


def leave(code: int) -> None:
    sys.exit(code)


def sleep_long() -> None:
    signal.pause()


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Fork]:
    def begin(function: str, **options: object) -> Fork:
        return fork(
            f"{__name__}:{function}",
            options,
            name="probe",
            log=tmp_path / "probe.log",
            environment={"ONLY": "this"},
            prepare=lambda: None,
        )

    return begin


def test_a_fork_starts_like_a_fresh_process(start: Callable[..., Fork], tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = start("report", path=str(tmp_path / "found"))
        assert child.wait(10) == 0
    assert (tmp_path / "found").read_text() == "this 1 [0, 1, 2] [] True True jishi-probe"
    assert (tmp_path / "probe.log").read_text() == "said\n"


def test_an_error_is_written_to_the_log(start: Callable[..., Fork], tmp_path: Path) -> None:
    assert start("fail").wait(10) == 1
    assert "ValueError: what went wrong" in (tmp_path / "probe.log").read_text()


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_passed_on(start: Callable[..., Fork], code: int) -> None:
    assert start("leave", code=code).wait(10) == code


def test_waiting_ends_in_time_and_a_signal_is_told_as_a_negative_code(start: Callable[..., Fork]) -> None:
    child = start("sleep_long")
    assert child.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.1)
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == -signal.SIGTERM
    child.send_signal(signal.SIGTERM)  # it is gone: nobody else gets the signal


def test_a_lock_is_free_when_its_holder_is_killed_though_a_fork_lives_on(tmp_path: Path) -> None:
    code = f"""
import fcntl, os, signal, sys
from pathlib import Path
from onebox.forks import fork
lock = open({str(tmp_path / "lock")!r}, "w")
fcntl.flock(lock, fcntl.LOCK_EX)
child = fork("signal:pause", {{}}, name="probe", log=Path({str(tmp_path / "log")!r}), environment={{}},
             prepare=lambda: None)
print(child.pid, flush=True)
signal.pause()
"""
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT / "platform")
    assert holder.stdout is not None
    child = int(holder.stdout.readline())
    holder.kill()
    holder.communicate()
    try:
        # The fork lets go of the lock with its first instructions; a busy machine may not have run them yet.
        assert wait_until(lambda: _can_lock(tmp_path / "lock"), 10.0)
    finally:
        os.kill(child, signal.SIGKILL)


def _can_lock(path: Path) -> bool:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
