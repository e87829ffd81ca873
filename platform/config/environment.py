"""Reads `.local/env`, so that every command of this checkout finds the same servers. Standard library only."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def read_environment_file(path: Path) -> dict[str, str]:
    """KEY=VALUE lines; blank lines and lines that start with # are passed over."""
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


def load_local_environment() -> None:
    """Set what the environment does not set already, and the settings module."""
    local = Path(os.environ.get("JISHI_LOCAL", str(ROOT / ".local")))
    for key, value in read_environment_file(local / "env").items():
        os.environ.setdefault(key, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
