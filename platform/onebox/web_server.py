"""Serves pages or streams: granian, the application loaded before its workers are forked, so that they share memory."""

import argparse
import functools
import gc
import importlib
import os
import signal
from dataclasses import dataclass

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from onebox.ports import LOOPBACK
from onebox.processes import die_with_parent

PAGES, STREAMS = "config.wsgi:application", "config.asgi:application"
BACKLOG = 1024
WAITING_REQUESTS = 256  # per worker; beyond that connections wait in the kernel
STOP_SECONDS = 5
HEADER_MILLISECONDS = 10_000


@dataclass(frozen=True)
class Serving:
    """Where and how to serve."""

    port: int
    host: str = LOOPBACK
    workers: int = 1
    threads: int = 1  # of each worker, for pages
    streams: bool = False


def serve(serving: Serving) -> None:
    """Serve until asked to stop; a worker that dies is started again, none outlives this process."""
    os.register_at_fork(after_in_child=functools.partial(die_with_parent, signal.SIGKILL, os.getpid()))
    Granian(
        STREAMS if serving.streams else PAGES,
        address=serving.host,
        port=serving.port,
        interface=Interfaces.ASGINL if serving.streams else Interfaces.WSGI,
        workers=serving.workers,
        blocking_threads=1 if serving.streams else serving.threads,
        backlog=BACKLOG,
        backpressure=WAITING_REQUESTS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=STOP_SECONDS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        websockets=serving.streams,
    ).serve()


def main() -> None:
    """`python -m onebox.web_server`, for servers that run one process each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", action="store_true", help="ASGI, for WebSockets and streams, instead of WSGI")
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    serving = Serving(**vars(parser.parse_args()))
    importlib.import_module((STREAMS if serving.streams else PAGES).partition(":")[0])
    gc.collect()
    gc.freeze()  # the collector would otherwise write into every shared page
    serve(serving)


if __name__ == "__main__":
    main()
