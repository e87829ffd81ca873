"""The embedded servers: for the length of a command, or under a supervisor. Standard library only."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

from onebox.environment import update_environment, wants_postgres, wants_valkey
from onebox.places import CannotContinue, Place
from onebox.postgres import PostgresServer, prepare_postgres
from onebox.processes import end_processes, find_note, list_notes
from onebox.supervisor import Supervisor
from onebox.valkey import ValkeyServer, prepare_valkey

LEAST_FREE_BYTES = 300 * 1024 * 1024
JOIN_SECONDS = 120.0
STOP_SECONDS = 45.0


def start_servers(supervisor: Supervisor, *, synced: bool = True) -> None:
    """Start what no address was given for, and write the addresses to the environment file.

    Not `synced`, PostgreSQL does not wait for the disk and has its data in memory: for databases that are made and
    dropped by the hundred.
    """
    place = supervisor.place
    _check_space(place)
    postgres = replace(prepare_postgres(place, in_memory=not synced), synced=synced) if wants_postgres(place) else None
    valkey = prepare_valkey(place) if wants_valkey(place) else None
    update_environment(place, _addresses(postgres, valkey))
    supervisor.environment = {**os.environ}
    supervisor.start([server.program() for server in (postgres, valkey) if server is not None])
    if postgres is not None:
        postgres.provision()


@contextlib.contextmanager
def running_servers(place: Place, *, synced: bool = True) -> Iterator[None]:
    """Servers for one command: those that run already, else our own, stopped when the last command is done.

    `synced` as in `start_servers`; servers that run already stay as they are.
    """
    place.make()
    deadline = time.monotonic() + JOIN_SECONDS
    with (place.local / "servers.lock").open("w") as lock:
        while not _try_lock(lock, fcntl.LOCK_SH):
            if find_note(place, "supervisor") is not None and _both_run(place):
                yield
                return
            if time.monotonic() > deadline:
                raise CannotContinue(
                    "Another ./run command is starting or stopping the servers; try again in a moment."
                )
            time.sleep(0.1)
        supervisor = _start_unless_running(place, synced=synced)
        try:
            yield
        finally:
            if supervisor is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)  # others may still work with our servers
                supervisor.stop_all()


@contextlib.contextmanager
def sole_use(place: Place) -> Iterator[None]:
    """For commands that own the servers as long as they run. Raises CannotContinue when somebody else does."""
    place.make()
    with (place.local / "servers.lock").open("w") as lock:
        if not _try_lock(lock, fcntl.LOCK_EX):
            raise CannotContinue(
                "Jishi runs already in this folder, or another ./run command is at work. Wait for it, or stop it with "
                "./run stop"
            )
        stop_leftovers(place)
        yield


def stop_leftovers(place: Place) -> int:
    """End processes whose supervisor is gone. Returns how many there were."""
    notes = [note for note in list_notes(place) if note.name != "supervisor"]
    servers = [note for note in notes if note.name in ("postgres", "valkey")]
    for group in ([note for note in notes if note not in servers], servers):
        end_processes(group, STOP_SECONDS)
    return len(notes)


def stop_all(place: Place) -> bool:
    """Stop a running Jishi from another terminal. Returns whether anything ran."""
    note = find_note(place, "supervisor")
    if note is not None:
        end_processes([note], STOP_SECONDS)
    return bool(stop_leftovers(place)) or note is not None


def _start_unless_running(place: Place, *, synced: bool) -> Supervisor | None:
    with (place.local / "starting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _both_run(place):
            return None
        stop_leftovers(place)
        supervisor = Supervisor(place)
        try:
            start_servers(supervisor, synced=synced)
        except BaseException:
            supervisor.stop_all()
            raise
        return supervisor


def _both_run(place: Place) -> bool:
    wanted = [name for name, asked in (("postgres", wants_postgres(place)), ("valkey", wants_valkey(place))) if asked]
    return all(find_note(place, name) is not None for name in wanted)


def _addresses(postgres: PostgresServer | None, valkey: ValkeyServer | None) -> dict[str, str]:
    values = {}
    if postgres is not None:
        values["DATABASE_URL"] = postgres.url("jishi_app")
        values["DATABASE_OWNER_URL"] = postgres.url("jishi_owner")
    if valkey is not None:
        values["REDIS_URL"] = valkey.url()
    return values


def _check_space(place: Place) -> None:
    free = shutil.disk_usage(place.local).free
    if free < LEAST_FREE_BYTES:
        raise CannotContinue(
            f"Only {free // 2**20} MB are free where {place.local} is; the servers need "
            f"{LEAST_FREE_BYTES // 2**20} MB. Make room, or set JISHI_LOCAL to a folder on a larger disk."
        )


def _try_lock(lock: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
