"""The user that PostgreSQL runs as: ourselves, or an unprivileged one when we are root. Standard library only."""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path

from onebox.places import CannotContinue

ACCOUNTS = ("nobody", "postgres", "daemon")


def find_account() -> pwd.struct_passwd:
    """A user without rights that this root may become. Raises CannotContinue when a container allows none."""
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            try:
                reached = run_as(["true"], account).returncode == 0
            except OSError:
                continue
            if account.pw_uid != 0 and reached:
                return account
    raise CannotContinue(
        "PostgreSQL refuses to run as root and no other user can be used here. Start ./run as an ordinary user, or set "
        "DATABASE_URL and DATABASE_OWNER_URL to a server of yours."
    )


def can_reach(folder: Path, account: pwd.struct_passwd | None) -> bool:
    """Whether that user can enter the folder: tried, since permissions, links and mounts all have a say."""
    return account is None or run_as(["/bin/sh", "-c", 'cd "$0"', folder], account).returncode == 0


def can_read(path: Path, account: pwd.struct_passwd | None) -> bool:
    """Whether that user can read the file."""
    return account is None or run_as(["/bin/sh", "-c", 'test -r "$0"', path], account).returncode == 0


def run_as(command: Sequence[str | Path], account: pwd.struct_passwd | None) -> subprocess.CompletedProcess[str]:
    """Run a command with that user\'s rights and nothing of our environment."""
    return subprocess.run(
        command,
        cwd="/",
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"},
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        capture_output=True,
        text=True,
        check=False,
    )


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the path that user's own; nothing to do when it is ourselves."""
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
