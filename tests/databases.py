"""Test databases: one template with ready schemas per state of the migrations, cloned per worker and per test.

The owner's role makes and drops them; the tests themselves are the application's role.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
SPARE_SCHEMAS = 12
KEPT_TEMPLATES = 3


def with_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, parts.fragment))


def owner_url(name: str = "jishi") -> str:
    return with_database(os.environ["DATABASE_OWNER_URL"], name)


def ensure_template() -> str:
    """The template for the migrations as they stand; made when it is not there. Returns its name."""
    name = f"jishi_t_{_digest()}"
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('jishi test template'))")
        if not _exists(connection, name):
            _drop_old_templates(connection)
            building = f"{name}_building"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(building)))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(building)))
            _migrate(building)
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
            )
    return name


def clone(template: str, name: str) -> None:
    """A database equal to the template."""
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        drop_with(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def drop(name: str) -> None:
    """Drop a clone, whoever is still connected."""
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        drop_with(connection, name)


def drop_with(connection: psycopg.Connection, name: str) -> None:
    assert name.startswith("jishi_c_"), name
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for _ in range(40):
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.25)  # autovacuum is looking at it, and only a superuser may end that: it goes by itself
        else:
            return
    connection.execute(statement)


def drop_orphans() -> None:
    """Drop clones of test processes that are gone."""
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'jishi\\_c\\_%'").fetchall()
        for (name,) in rows:
            pid = name.split("_")[2]
            if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                drop_with(connection, name)


def _digest() -> str:
    files = [
        path
        for zone in ("platform", "tenants", "billing", "search")
        for path in (ROOT / zone).glob("**/migrations/*.py")
    ]
    files.append(ROOT / "platform/market/shops/fleet.py")
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(name: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_OWNER_URL": owner_url(name),
        "DATABASE_URL": with_database(os.environ["DATABASE_URL"], name),
    }
    command = [sys.executable, "-m", "config", "migrate_fleet", "--spare", str(SPARE_SCHEMAS), "-v", "0"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"The template database could not be migrated:\n{done.stdout}\n{done.stderr}")


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop_old_templates(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE datname ~ '^jishi_t_[0-9a-f]+$' ORDER BY oid DESC OFFSET %s",
        [KEPT_TEMPLATES],
    ).fetchall()
    for (name,) in rows:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
