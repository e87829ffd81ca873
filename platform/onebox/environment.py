"""The file `.local/env`: addresses and secrets of this machine's Jishi, made once and kept. Standard library only."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from onebox.places import CannotContinue, Place, write_private

SECRETS = ("SECRET_KEY", "JISHI_FIELD_KEY", "JISHI_LEDGER_SEAL_KEY", "JISHI_AD_TOKEN_KEY")
SERVER_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "ELASTICSEARCH_URL")
HEADING = "# Made by ./run for this machine. Holds secrets: never copy it to a server.\n"


def read_environment(place: Place) -> dict[str, str]:
    """What the file says; nothing when there is none."""
    return read_pairs(place.environment_file)


def read_pairs(path: Path) -> dict[str, str]:
    """KEY=VALUE lines of a file; comments and blank lines are passed over."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


def update_environment(place: Place, values: Mapping[str, str]) -> None:
    """Set these, keep the others, make the secrets that are missing."""
    known = read_environment(place)
    made = {name: known.get(name) or secrets.token_urlsafe(48) for name in SECRETS}
    merged = {**known, **made, "JISHI_LOCAL_ONLY": "1", **values}
    if merged != known:
        write_private(place.environment_file, HEADING + "".join(f"{key}={value}\n" for key, value in merged.items()))


def full_environment(place: Place) -> dict[str, str]:
    """The environment of our processes: what was given to us wins over the file."""
    return {
        **read_environment(place),
        "MALLOC_ARENA_MAX": "2",  # fewer, fuller heaps: threads otherwise keep one each
        "PYTHONUNBUFFERED": "1",
        **os.environ,
        "JISHI_LOCAL": str(place.local),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def choose_place_of_tests(place: Place) -> Place:
    """The tests' own, with servers of their own, or this one where somebody named servers for it."""
    named = "ELASTICSEARCH_URL" in read_environment(place)
    return place.of_tests if wants_postgres(place) and wants_valkey(place) and not named else place


def environment_of_tests(place: Place) -> dict[str, str]:
    """The environment of tests: the same servers and secrets, and nothing of what the demo wrote or keeps."""
    shared = {name: value for name, value in read_environment(place).items() if name in (*SERVER_NAMES, *SECRETS)}
    folder = place.local / "test"
    (folder / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder that is not there
    return {**shared, "JISHI_LOCAL_ONLY": "1", **os.environ, "JISHI_LOCAL": str(folder)}


def wants_postgres(place: Place) -> bool:
    """Whether no database server was named, in the environment or by hand in the file.

    Raises CannotContinue when only one of the two addresses was."""
    kept = {} if (place.local / "postgres.json").exists() or place.postgres.exists() else read_environment(place)
    app, owner = (os.environ.get(name) or kept.get(name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL"))
    if bool(app) != bool(owner):
        missing = "DATABASE_OWNER_URL" if app else "DATABASE_URL"
        raise CannotContinue(
            f"{missing} is not set. A database server of your own needs both: DATABASE_URL for the role jishi_app and "
            "DATABASE_OWNER_URL for jishi_owner (platform/onebox/postgres/roles.sql makes the two)."
        )
    return not app


def wants_valkey(place: Place) -> bool:
    """Whether no server for caches and wake-ups was named, in the environment or by hand in the file."""
    kept = {} if place.valkey.exists() else read_environment(place)
    return not (os.environ.get("REDIS_URL") or kept.get("REDIS_URL"))
