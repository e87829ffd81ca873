"""Processes of ours: they die with their parent and are known by id and start time. Standard library only."""

import contextlib
import ctypes
import functools
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from onebox.forks import Fork, fork
from onebox.places import Place, write_private

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
LOG_LIMIT_BYTES = 20 * 1024 * 1024
STOP_POLL_SECONDS = 0.05
Child = subprocess.Popen[bytes] | Fork
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """How one process is started, known to be ready, and stopped."""

    name: str
    argv: tuple[str, ...] = ()
    target: str = ""  # instead of argv: "module:function" to call in a fork of this process
    options: Mapping[str, object] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    account: pwd.struct_passwd | None = None  # whose rights it has; None: ours
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL  # what it gets when its parent dies
    stop_seconds: float = 10.0  # then it is killed
    is_ready: Callable[[], bool] | None = None
    ready_seconds: float = 60.0
    is_server: bool = False  # others need it: it is stopped last
    clean_up: Callable[[], None] | None = None  # before each start: what a killed one left behind


@dataclass(frozen=True)
class Note:
    """A process that somebody started: its id may have been given to another since, its start time tells."""

    name: str
    pid: int
    started_ticks: int

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return read_start_ticks(self.pid) == self.started_ticks


def die_with_parent(orphan_signal: signal.Signals, parent_pid: int) -> None:
    """Called in the child: the kernel sends it this signal when its parent is gone, even by `kill -9`."""
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, int(orphan_signal), 0, 0, 0)
    if os.getppid() != parent_pid:  # it died before we asked
        os._exit(1)


def start(program: Program, place: Place, environment: Mapping[str, str]) -> Child:
    """Start the program in a process group of its own, its output appended to its log."""
    if program.clean_up is not None:
        program.clean_up()
    log = place.logs / f"{program.name}.log"
    trim_log(log)
    mortal = functools.partial(die_with_parent, program.orphan_signal, os.getpid())
    merged = {**environment, **program.environment}
    child: Child
    if program.target:
        child = fork(program.target, program.options, name=program.name, log=log, environment=merged, prepare=mortal)
    else:
        child = _execute(program, log, merged, mortal)
    write_note(place, program.name, child.pid)
    return child


def _execute(program: Program, log: Path, environment: Mapping[str, str], mortal: Callable[[], None]) -> Child:
    account = program.account
    with log.open("ab") as output:
        return subprocess.Popen(
            program.argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=program.folder,
            env=environment,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=mortal,
        )


def stop(process: Child, program: Program) -> None:
    """Ask the process to end, kill its whole group when it does not, and wait until it is gone."""
    if process.poll() is None:
        process.send_signal(program.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=program.stop_seconds)
    kill_group(process.pid)
    process.wait()


def kill_group(leader_pid: int) -> None:
    """Kill what is left of a process group that we started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader_pid, signal.SIGKILL)


def read_start_ticks(pid: int) -> int | None:
    """When the process started, in clock ticks since boot; None when it is gone or waits to be collected."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    return None if fields[0] in "ZX" else int(fields[19])


def write_note(place: Place, name: str, pid: int) -> None:
    """Remember a running process, so that another command can find and stop it."""
    ticks = read_start_ticks(pid)
    if ticks is not None:
        write_private(place.notes / f"{name}.json", json.dumps({"pid": pid, "started_ticks": ticks}))


def find_note(place: Place, name: str) -> Note | None:
    """The note about a process that still runs; a stale one is removed."""
    path = place.notes / f"{name}.json"
    try:
        kept = json.loads(path.read_text())
        note = Note(name=name, pid=int(kept["pid"]), started_ticks=int(kept["started_ticks"]))
    except (FileNotFoundError, PermissionError):
        return None
    except (ValueError, KeyError, TypeError):
        path.unlink(missing_ok=True)
        return None
    if note.is_alive():
        return note
    path.unlink(missing_ok=True)
    return None


def list_notes(place: Place) -> list[Note]:
    """Every process of this place that still runs."""
    names = sorted(path.stem for path in place.notes.glob("*.json"))
    return [note for name in names if (note := find_note(place, name)) is not None]


def end_processes(notes: Sequence[Note], seconds: float) -> None:
    """Ask processes that somebody else started to end (SIGINT: every one of them takes it for that), then kill."""
    for note in notes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(note.pid, signal.SIGINT)
    if not wait_until(lambda: not any(note.is_alive() for note in notes), seconds):
        for note in notes:
            if note.is_alive():
                kill_group(note.pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(note.pid, signal.SIGKILL)


def list_family(roots: Iterable[int]) -> list[int]:
    """The given processes and all that descend from them."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    family, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in family:
            family.append(pid)
            waiting.extend(children.get(pid, ()))
    return sorted(family)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; False when it did not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(STOP_POLL_SECONDS)
    return True


def trim_log(path: Path) -> None:
    """Keep one older part of a log that grew too long."""
    if path.is_file() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.with_suffix(".log.1").write_bytes(path.read_bytes())
        os.truncate(path, 0)


def read_log_end(path: Path, *, lines: int = 15) -> str:
    """The last lines of a log, for a message."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 8192))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
