"""A running node: on loopback, without security, of a small heap, gone with its parent. Standard library only."""

import functools
import http.client
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from onebox.elasticsearch.building import build_node
from onebox.places import CannotContinue
from onebox.ports import LOOPBACK, answers
from onebox.processes import die_with_parent, read_log_end, wait_until

HEAP = "512m"
READY_SECONDS = 120.0
STOP_SECONDS = 20.0
# As on a machine of its own, but for the disk, of which a test machine may have little left.
SETTINGS = {
    "cluster.name": "jishi-onebox",
    "node.name": "one",
    "network.host": LOOPBACK,
    "discovery.type": "single-node",
    "transport.port": "0",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
}


@dataclass
class ElasticsearchNode:
    """A process and its address; `start` again after a stop finds the same data on the same port."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start and wait until it answers. Raises CannotContinue with the end of its log when it does not."""
        home = build_node()
        for name in ("data", "logs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        settings = {
            **SETTINGS,
            "http.port": str(self.port),
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
        }
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_java(home), *(f"{name}={value}" for name, value in settings.items())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=functools.partial(die_with_parent, signal.SIGKILL, os.getpid()),
            )
        ended = self.process.poll
        if not wait_until(lambda: ended() is not None or self.is_ready(), READY_SECONDS) or ended() is not None:
            self.kill()
            raise CannotContinue(f"Elasticsearch did not start. The end of {self._log}:\n{read_log_end(self._log)}")

    def is_ready(self) -> bool:
        """Whether every index can be searched."""
        if not answers(self.port):
            return False
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def pause(self) -> None:
        """Let it hang: connections are still accepted, nothing is answered."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9: what was not made durable is lost, its connections break."""
        self._send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=STOP_SECONDS)
            self.process = None

    @property
    def _log(self) -> Path:
        return self.folder / "node.log"

    def _send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def start_node(folder: Path, *, port: int) -> ElasticsearchNode:
    """A running node with its data in a folder. Raises CannotContinue when it cannot be built or does not start."""
    node = ElasticsearchNode(folder, port)
    node.start()
    return node


def _java(home: Path) -> list[str]:
    class_path = f"{home / 'classes'}:{home / 'lib'}/*"
    options = ["-Xms256m", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Dlog4j2.disable.jmx=true"]
    return ["java", *options, "-cp", class_path, "OneNode", str(home)]
