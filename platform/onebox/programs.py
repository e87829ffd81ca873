"""The processes of one Jishi: what runs, with which arguments. Standard library only."""

import http.client
import sys
from collections.abc import Mapping

from onebox.places import ROOT, Place
from onebox.ports import LOOPBACK, answers, keep_port
from onebox.processes import Program

WEB_WORKERS = "2"
WEB_THREADS = "4"
SIMULATOR = "wechatpay"


def list_programs(place: Place, environment: Mapping[str, str]) -> list[Program]:
    """Everything that serves and works, in the order of starting; servers and simulators are not among them."""
    celery = ("-m", "celery", "-A", "config.celery", "worker", "--pool=threads", "--concurrency=2", "--loglevel=INFO")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return [
        web_program(environment),
        stream_program(place),
        _python("worker", *celery, *quiet, pool=3, seconds=15.0),
        _python("relay", "-m", "config", "relay", pool=2),
        _python("indexer", "-m", "config", "index_listings", "--watch", pool=2),
    ]


def web_program(environment: Mapping[str, str]) -> Program:
    """The pages and the API, on the port that people type."""
    port = int(environment["JISHI_PORT"])
    workers = environment.get("JISHI_WEB_WORKERS", WEB_WORKERS)
    threads = environment.get("JISHI_WEB_THREADS", WEB_THREADS)
    host = environment.get("JISHI_MARKET_HOST", "jishi.localhost")
    return Program(
        name="web",
        argv=(
            sys.executable,
            *("-m", "onebox.web_server", "--port", str(port), "--workers", workers, "--threads", threads),
        ),
        environment={"JISHI_DATABASE_POOL": threads},
        folder=ROOT,
        is_ready=lambda: responds(port, host),
    )


def stream_program(place: Place) -> Program:
    """WebSockets and streams: a small process of its own."""
    port = keep_port(place, "stream")
    return Program(
        name="stream",
        argv=(
            sys.executable,
            *("-m", "onebox.web_server", "--streams", "--port", str(port), "--workers", "1"),
        ),
        environment={"JISHI_DATABASE_POOL": "1"},
        folder=ROOT,
        is_ready=lambda: answers(port),
    )


def simulator_program(place: Place) -> Program:
    """The payment provider that the demo pays with."""
    port = keep_port(place, SIMULATOR)
    folder = place.local / SIMULATOR
    return Program(
        name=SIMULATOR,
        argv=(sys.executable, "-m", "onebox.wechatpay", "--port", str(port), "--keys", str(folder)),
        folder=ROOT,
        is_ready=lambda: answers(port),
    )


def responds(port: int, host: str) -> bool:
    """Whether the pages are served."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _python(name: str, *arguments: str, pool: int, seconds: float = 10.0) -> Program:
    return Program(
        name=name,
        argv=(sys.executable, *arguments),
        environment={"JISHI_DATABASE_POOL": str(pool)},
        folder=ROOT,
        stop_seconds=seconds,
    )
