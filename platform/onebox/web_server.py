"""Serves pages or streams: granian, the application loaded before the workers are forked, so that they share memory."""

import argparse
import functools
import gc
import importlib
import os
import signal

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from onebox.ports import LOOPBACK
from onebox.processes import die_with_parent

TARGETS = {Interfaces.WSGI: "config.wsgi:application", Interfaces.ASGI: "config.asgi:application"}
BACKLOG = 1024
WAITING_REQUESTS = 256  # per worker; beyond that connections wait in the kernel
STOP_SECONDS = 5
HEADER_MILLISECONDS = 10_000


def main() -> None:
    """Serve until asked to stop; a worker that dies is started again, none outlives this process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", action="store_true", help="ASGI, for WebSockets and streams, instead of WSGI")
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    interface = Interfaces.ASGI if options.streams else Interfaces.WSGI
    _load_application(TARGETS[interface])
    os.register_at_fork(after_in_child=functools.partial(die_with_parent, signal.SIGKILL, os.getpid()))
    Granian(
        TARGETS[interface],
        address=options.host,
        port=options.port,
        interface=interface,
        workers=options.workers,
        blocking_threads=1 if options.streams else options.threads,
        backlog=BACKLOG,
        backpressure=WAITING_REQUESTS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=STOP_SECONDS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        websockets=options.streams,
    ).serve()


def _load_application(target: str) -> None:
    importlib.import_module(target.partition(":")[0])
    for urls in settings.URLCONFS.values():
        importlib.import_module(urls)
    gc.collect()
    gc.freeze()  # the collector would otherwise write into every shared page


if __name__ == "__main__":
    main()
