"""`./run check`: format, lint, types, contracts, migrations, texts, container files. Standard library only."""

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from onebox.places import ROOT

BIN = Path(sys.executable).parent
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", (str(BIN / "ruff"), "format", "--check", ".", "run")),
    ("lint", (str(BIN / "ruff"), "check", ".", "run")),
    ("types", (str(BIN / "mypy"),)),
    ("contracts", (str(BIN / "lint-imports"),)),
    ("migrations", (sys.executable, "-m", "config", "makemigrations", "--check", "--dry-run")),
    ("texts", (sys.executable, "-m", "web.messages", "--check")),
    ("compose file", (str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker/compose.yml")),
    ("Dockerfile", (str(BIN / "hadolint"), "docker/Dockerfile")),
)


def run_checks(environment: Mapping[str, str]) -> int:
    """Run all, print what fails in full. Returns 1 when one failed."""
    failed = [name for name, command in CHECKS if not _passes(name, command, environment)]
    print(f"{len(CHECKS) - len(failed)} of {len(CHECKS)} checks passed.", flush=True)
    return 1 if failed else 0


def _passes(name: str, command: tuple[str, ...], environment: Mapping[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    passed = done.returncode == 0
    print(f"{'✓' if passed else '✗'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if not passed:
        print(f"$ {' '.join(command)}\n{done.stdout}", flush=True)
    return passed
