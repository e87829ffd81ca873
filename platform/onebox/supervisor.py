"""Keeps processes running: starts, watches, restarts with growing pauses, stops all in order. Standard library only."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from onebox.places import CannotContinue, Place
from onebox.processes import Child, Program, kill_group, read_log_end, start, stop, trim_log, write_note

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0  # having run this long, a process is forgiven its earlier failures
WATCH_SECONDS = 1.0
POLL_SECONDS = 0.05
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Watched:
    """One program and its present process."""

    program: Program
    process: Child
    started_at: float
    failures: int = 0
    start_again_at: float | None = None


class Supervisor:
    """The parent of all processes of one place. Not for use with threads: it forks."""

    def __init__(self, place: Place, *, announce: Callable[[str], None] = print) -> None:
        self.place = place
        self.environment: dict[str, str] = {}
        self._announce = announce
        self._watched: list[Watched] = []
        self._catching = False
        self._running = False
        self._stopping = False

    def start(self, programs: Sequence[Program], *, while_waiting: Callable[[], None] = lambda: None) -> None:
        """Start these at once and wait until each is ready. Raises CannotContinue when one fails."""
        fresh = [self._start(program) for program in programs]
        for watched in fresh:
            self._wait_ready(watched, while_waiting)

    def run(self) -> None:
        """Watch until a stop signal comes. `stop_all` is the caller's."""
        awake, poke = os.pipe()
        os.set_blocking(poke, False)
        os.set_blocking(awake, False)
        signal.set_wakeup_fd(poke, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._running = True
        while not self._stopping:
            select.select([awake], [], [], WATCH_SECONDS)
            with contextlib.suppress(BlockingIOError):
                os.read(awake, 4096)
            self._look_after_all()

    def catch_signals(self) -> None:
        """From now on a stop signal ends `run`, and interrupts starting with KeyboardInterrupt."""
        self._catching = True
        write_note(self.place, "supervisor", os.getpid())
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)

    def stop_all(self) -> None:
        """Stop in the opposite order; a second signal changes nothing."""
        for number in STOP_SIGNALS if self._catching else ():
            signal.signal(number, signal.SIG_IGN)
        for group in _stop_order(self._watched):
            for watched in group:
                if watched.process.poll() is None:
                    watched.process.send_signal(watched.program.stop_signal)
            for watched in group:
                stop(watched.process, watched.program)
                (self.place.notes / f"{watched.program.name}.json").unlink(missing_ok=True)
        self._watched.clear()
        (self.place.notes / "supervisor.json").unlink(missing_ok=True)

    def _ask_to_stop(self, number: int, _frame: object) -> None:
        self._stopping = True
        if not self._running:
            raise KeyboardInterrupt

    def _start(self, program: Program) -> Watched:
        process = start(program, self.place, self.environment)
        watched = Watched(program=program, process=process, started_at=time.monotonic())
        self._watched.append(watched)
        return watched

    def _wait_ready(self, watched: Watched, while_waiting: Callable[[], None]) -> None:
        program, deadline = watched.program, time.monotonic() + watched.program.ready_seconds
        while True:
            code = watched.process.poll()
            if code is not None:
                raise CannotContinue(f"{program.name} ended with {code} while starting. {self._log_hint(program)}")
            if program.is_ready is None or program.is_ready():
                return
            if time.monotonic() > deadline:
                raise CannotContinue(
                    f"{program.name} was not ready after {program.ready_seconds:.0f} s. {self._log_hint(program)}"
                )
            while_waiting()
            time.sleep(POLL_SECONDS)

    def _log_hint(self, program: Program) -> str:
        path = self.place.logs / f"{program.name}.log"
        return f"The end of {path}:\n{read_log_end(path)}"

    def _look_after_all(self) -> None:
        now = time.monotonic()
        for watched in self._watched:
            if watched.start_again_at is not None:
                if now >= watched.start_again_at:
                    self._start_again(watched)
            elif (code := watched.process.poll()) is not None:
                self._plan_restart(watched, code, now)
            else:
                trim_log(self.place.logs / f"{watched.program.name}.log")

    def _plan_restart(self, watched: Watched, code: int, now: float) -> None:
        kill_group(watched.process.pid)
        if now - watched.started_at > STEADY_SECONDS:
            watched.failures = 0
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**watched.failures)
        watched.failures += 1
        watched.start_again_at = now + pause
        name = watched.program.name
        self._announce(f"{name} ended with {code}; starting it again in {pause:g} s. See {self.place.logs / name}.log")

    def _start_again(self, watched: Watched) -> None:
        watched.process = start(watched.program, self.place, self.environment)
        watched.started_at, watched.start_again_at = time.monotonic(), None


def _stop_order(all_watched: Sequence[Watched]) -> list[list[Watched]]:
    """What serves and works first, then the servers they use, the last started first."""
    servers = [watched for watched in all_watched if watched.program.is_server]
    others = [watched for watched in all_watched if not watched.program.is_server]
    return [others, *([watched] for watched in reversed(servers))]
