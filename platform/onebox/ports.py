"""Ports on the loopback address: chosen free once, then kept. Standard library only."""

import json
import random
import socket
from collections.abc import Mapping

from onebox.places import CannotContinue, Place, write_private

LOOPBACK = "127.0.0.1"
FIRST_PORT, LAST_PORT = 20_000, 31_999  # below the ports that Linux gives to outgoing connections
ATTEMPTS = 200
DEFAULT_WEB_PORT = 8000


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether somebody accepts connections on the port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def keep_port(place: Place, name: str) -> int:
    """The port of one of our inner servers: the one it had, or a free one when that is taken by a stranger now."""
    kept = _read(place)
    port = kept.get(name)
    if port is None or not is_free(port):
        port = _choose(avoid=set(kept.values()))
        write_private(place.local / "ports.json", json.dumps({**kept, name: port}, indent=1, sort_keys=True))
    return port


def find_port(place: Place, name: str) -> int | None:
    """The port that was kept under this name, if any."""
    return _read(place).get(name)


def choose_web_port(environment: Mapping[str, str]) -> int:
    """The port that people type: `JISHI_PORT`, else 8000. Raises CannotContinue when it is taken or no port at all."""
    text = environment.get("JISHI_PORT") or str(DEFAULT_WEB_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise CannotContinue(f"JISHI_PORT is {text!r}; it must be a number from 1 to 65535, such as JISHI_PORT=8001.")
    port = int(text)
    if is_free(port):
        return port
    if port < 1024 and not answers(port):
        raise CannotContinue(f"Port {port} is not ours to open; choose one above 1023: JISHI_PORT=8001 ./run demo")
    raise CannotContinue(
        f"Port {port} is in use by another program. Stop that program, or choose another port: "
        f"JISHI_PORT={_next_free(port)} ./run demo"
    )


def _next_free(port: int) -> int:
    return next((other for other in range(port + 1, min(port + 100, 65_536)) if is_free(other)), port + 1)


def _choose(*, avoid: set[int]) -> int:
    for _ in range(ATTEMPTS):
        port = random.randint(FIRST_PORT, LAST_PORT)
        if port not in avoid and is_free(port):
            return port
    raise CannotContinue(f"No free port was found between {FIRST_PORT} and {LAST_PORT}; stop some servers first.")


def _read(place: Place) -> dict[str, int]:
    try:
        kept = json.loads((place.local / "ports.json").read_text())
        return {str(name): int(port) for name, port in kept.items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return {}
