"""A prepared PostgreSQL: started, addressed, given its roles, cleared up after a crash. Standard library only."""

import contextlib
import hashlib
import os
import pwd
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from onebox.places import CannotContinue, Place
from onebox.ports import LOOPBACK
from onebox.postgres.account import give
from onebox.postgres.keeping import Keeping, keep
from onebox.processes import Program, wait_until

DATABASE = "jishi"
STRAY_SECONDS = 5.0
SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "effective_cache_size": "2GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",  # no worker processes of its own on a small machine
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "max_locks_per_transaction": "256",  # a transaction may visit the tables of many shops
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "1000",
    "logging_collector": "off",
}
UNSYNCED = {"fsync": "off", "full_page_writes": "off"}
"""Survives the death of any process, not of the machine."""


@dataclass(frozen=True)
class PostgresServer:
    """A prepared data folder and how to run it."""

    place: Place
    binaries: Path
    port: int
    account: pwd.struct_passwd | None
    keeping: Keeping
    synced: bool = True

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.keeping.folder(self.place) / "data"

    def url(self, role: str = "jishi_app", database: str = DATABASE) -> str:
        """The address for one of jishi_app, jishi_owner and postgres (the superuser, for fault tests only)."""
        password = {
            "jishi_app": self.keeping.app_password,
            "jishi_owner": self.keeping.owner_password,
            "postgres": self.keeping.superuser_password,
        }[role]
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    def program(self) -> Program:
        """How to start and stop it. SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing is lost."""
        options = {
            **SETTINGS,
            **({} if self.synced else UNSYNCED),
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": self.keeping.sockets,
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            argv=(str(self.binaries / "bin" / "postgres"), "-D", str(self.data), *flags),
            environment={"LC_ALL": "C"},
            account=self.account,
            folder=Path("/"),
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            stop_seconds=20.0,
            is_ready=self.is_ready,
            is_server=True,
            clean_up=self.remove_strays,
        )

    def is_ready(self) -> bool:
        """Whether it accepts connections."""
        command = [str(self.binaries / "bin" / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def provision(self) -> None:
        """Make the two roles and the database, once. The server has to run."""
        here = Path(__file__).parent
        script = here / "roles.sql"
        digest = hashlib.sha256(script.read_bytes() + (here / "grants.sql").read_bytes()).hexdigest()
        if self.keeping.roles_digest == digest:
            return
        commands = (
            f"\\set owner_password '{self.keeping.owner_password}'\n"
            f"\\set app_password '{self.keeping.app_password}'\n"
            f"\\set database {DATABASE}\n\\i '{script}'\n"
        )
        done = self.run_sql(commands, database="postgres")
        if done.returncode != 0:
            raise CannotContinue(f"PostgreSQL refused to create its roles: {done.stderr.strip()}")
        keep(self.place, replace(self.keeping, roles_digest=digest))

    def run_sql(self, commands: str, *, database: str = DATABASE) -> subprocess.CompletedProcess[str]:
        """Run psql commands as the superuser; for setting up and for fault tests."""
        return subprocess.run(
            [self.binaries / "bin" / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"],
            input=commands,
            env={
                "PATH": os.environ.get("PATH", ""),
                "PGHOST": LOOPBACK,
                "PGPORT": str(self.port),
                "PGUSER": "postgres",
                "PGDATABASE": database,
                "PGPASSWORD": self.keeping.superuser_password,
                "PGCONNECT_TIMEOUT": "10",
                "PGCLIENTENCODING": "UTF8",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def remove_strays(self) -> None:
        """After a `kill -9`: end what still works in the data folder, remove the note of a process that is gone."""
        if not wait_until(lambda: not self.list_processes(), STRAY_SECONDS):
            for pid in self.list_processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not self.list_processes(), STRAY_SECONDS)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        Path(self.keeping.sockets).mkdir(mode=0o700, exist_ok=True)
        give(Path(self.keeping.sockets), self.account)

    def list_processes(self) -> list[int]:
        """The server's processes: each of them works in the data folder."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (folder / "cwd").readlink() == self.data:
                    found.append(int(folder.name))
        return found
