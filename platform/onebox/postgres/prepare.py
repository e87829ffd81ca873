"""Makes the data folder, finds it again, removes it. Standard library only."""

import os
import shutil
import subprocess
from dataclasses import replace

from onebox.places import CannotContinue, Place, write_private
from onebox.ports import find_port, keep_port
from onebox.postgres.account import find_account, give, run_as
from onebox.postgres.home import choose_keeping, find_binaries, find_sockets
from onebox.postgres.keeping import find_keeping, keep
from onebox.postgres.server import PostgresServer


def prepare_postgres(place: Place, *, in_memory: bool = False) -> PostgresServer:
    """A data folder that is ready to run: found, or made. An interrupted earlier attempt is made again.

    `in_memory` is for data that are worth nothing after the machine is switched off.
    """
    account = find_account() if os.geteuid() == 0 else None
    keeping = find_keeping(place)
    if keeping is None or not keeping.folder(place).is_dir():
        keeping = choose_keeping(place, account, in_memory=in_memory)
    binaries = find_binaries(keeping.folder(place), account)
    keeping = keep(place, replace(keeping, sockets=find_sockets(keeping.sockets, account)))
    server = PostgresServer(
        place=place, binaries=binaries, port=keep_port(place, "postgres"), account=account, keeping=keeping
    )
    if not server.data.is_dir():
        _initialise(server)
    _check_version(server)
    return server


def find_postgres(place: Place) -> PostgresServer | None:
    """The server of this place as it was prepared last, to talk to it from another process."""
    keeping, port = find_keeping(place), find_port(place, "postgres")
    if keeping is None or port is None:
        return None
    account = find_account() if os.geteuid() == 0 else None
    binaries = find_binaries(keeping.folder(place), account)
    return PostgresServer(place=place, binaries=binaries, port=port, account=account, keeping=keeping)


def remove_postgres(place: Place) -> None:
    """Delete the data wherever they are. The server has to be stopped."""
    keeping = find_keeping(place)
    for folder in (keeping.folder(place), keeping.sockets) if keeping else ():
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(place.postgres, ignore_errors=True)
    (place.local / "postgres.json").unlink(missing_ok=True)


def _initialise(server: PostgresServer) -> None:
    """Make the data folder under another name and rename it when it is whole."""
    draft = server.data.with_name("data.making")
    shutil.rmtree(draft, ignore_errors=True)
    password_file = draft.with_name("password")
    password_file.unlink(missing_ok=True)
    write_private(password_file, server.keeping.superuser_password + "\n")
    give(password_file, server.account)
    command = [str(server.binaries / "bin" / "initdb"), "-D", str(draft), "-U", "postgres", "--auth=scram-sha-256"]
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    done = run_as([*command, f"--pwfile={password_file}", "--no-instructions", *locale], server.account)
    password_file.unlink(missing_ok=True)
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise CannotContinue(f"PostgreSQL could not make its data folder in {draft.parent}: {done.stderr.strip()}")
    draft.rename(server.data)


def _check_version(server: PostgresServer) -> None:
    made_by = (server.data / "PG_VERSION").read_text().strip()
    output = subprocess.run([server.binaries / "bin" / "postgres", "--version"], capture_output=True, text=True)
    major = output.stdout.split()[-1].split(".")[0]
    if made_by != major:
        raise CannotContinue(
            f"The data in {server.data} were made by PostgreSQL {made_by}, this is PostgreSQL {major}. Dump them with "
            "the older version, or start anew with ./run reset"
        )
