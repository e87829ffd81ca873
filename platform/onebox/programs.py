"""The processes of one Jishi: what runs, with which arguments. Standard library only."""

import http.client
import sys
from collections.abc import Mapping

from onebox.places import ROOT, Place
from onebox.ports import LOOPBACK, answers, keep_port
from onebox.processes import Program

LOADER = "onebox.crew:load_product"  # to be called before these programs are forked
COMMAND = "onebox.crew:run_command"
WEB_WORKERS = 2
WEB_THREADS = 4
WORKER_THREADS = 2
SIMULATOR = "wechatpay"


def list_programs(place: Place, environment: Mapping[str, str]) -> list[Program]:
    """Everything that serves and works, in the order of starting; servers and simulators are not among them."""
    return [
        web_program(environment),
        stream_program(place),
        Program(name="worker", target="onebox.crew:work", options={"concurrency": WORKER_THREADS}, stop_seconds=15.0),
        Program(name="relay", target=COMMAND, options={"name": "relay"}),
        Program(name="indexer", target=COMMAND, options={"name": "index_listings", "watch": True}),
    ]


def web_program(environment: Mapping[str, str]) -> Program:
    """The pages and the API, on the port that people type."""
    port = int(environment["JISHI_PORT"])
    host = environment.get("JISHI_MARKET_HOST", "jishi.localhost")
    return Program(
        name="web",
        target="onebox.crew:serve_pages",
        options={
            "port": port,
            "workers": int(environment.get("JISHI_WEB_WORKERS", WEB_WORKERS)),
            "threads": int(environment.get("JISHI_WEB_THREADS", WEB_THREADS)),
        },
        is_ready=lambda: responds(port, host),
    )


def stream_program(place: Place) -> Program:
    """WebSockets and streams: a small process of its own."""
    port = keep_port(place, "stream")
    return Program(
        name="stream",
        target="onebox.crew:serve_streams",
        options={"port": port},
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
