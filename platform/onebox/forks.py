"""Processes forked from this one: they share what is loaded already. Standard library only.

A fork starts in milliseconds and costs little memory, but takes everything along: open files, signal handlers, the
environment. This module leaves behind all but the loaded code.
"""

import ctypes
import gc
import importlib
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

PR_SET_NAME = 15  # <linux/prctl.h>
FIRST_INHERITED = 3  # 0 to 2 are replaced, all others closed: locks are held by whoever has their file open
OUR_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
POLL_SECONDS = 0.02


class Fork:
    """A forked child, with the part of `subprocess.Popen` that we use."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code (negative: the signal), None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid == self.pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(POLL_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def fork(
    target: str,
    options: Mapping[str, object],
    *,
    name: str,
    log: Path,
    environment: Mapping[str, str],
    prepare: Callable[[], None],
) -> Fork:
    """Call `module:function` in a child that starts like a fresh process. `prepare` is called in it first."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _be_child(target, options, name=name, log=log, environment=environment, prepare=prepare)
    return Fork(pid)


def load(target: str) -> None:
    """Call `module:function` here, so that forks find its modules loaded; what is loaded is never collected again."""
    _find(target)()
    gc.collect()
    gc.freeze()  # the collector would write into every page that is shared


def _be_child(
    target: str,
    options: Mapping[str, object],
    *,
    name: str,
    log: Path,
    environment: Mapping[str, str],
    prepare: Callable[[], None],
) -> NoReturn:
    code = 1
    try:
        prepare()
        signal.set_wakeup_fd(-1)
        for number in OUR_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        _take_streams(log)
        os.environ.clear()
        os.environ.update(environment)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_NAME, f"jishi-{name}".encode()[:15], 0, 0, 0)
        _find(target)(**options)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # the child must never return into the parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _take_streams(log: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(FIRST_INHERITED, os.sysconf("SC_OPEN_MAX"))
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (
        os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
        for number in (1, 2)
    )


def _find(target: str) -> Callable[..., object]:
    module, _, function = target.partition(":")
    found: Callable[..., object] = getattr(importlib.import_module(module), function)
    return found
