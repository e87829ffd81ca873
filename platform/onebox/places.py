"""Where this checkout keeps what it makes on this machine. Standard library only."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class CannotContinue(Exception):
    """The launcher has to stop; the text is a sentence that says what the reader can do."""


@dataclass(frozen=True)
class Place:
    """The folder of one running Jishi (`.local/`): servers' data, secrets, logs and notes about processes."""

    local: Path

    @property
    def environment_file(self) -> Path:
        """KEY=VALUE lines that every command of this checkout reads."""
        return self.local / "env"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.local / "log"

    @property
    def notes(self) -> Path:
        """One file per running process: its id and when it started."""
        return self.local / "run"

    @property
    def postgres(self) -> Path:
        """What belongs to the embedded PostgreSQL, unless its user cannot reach this folder."""
        return self.local / "postgres"

    @property
    def valkey(self) -> Path:
        """Data and configuration of the embedded Valkey."""
        return self.local / "valkey"

    @property
    def of_tests(self) -> "Place":
        """A place of the tests' own: nothing they do to their servers reaches these."""
        return Place(local=self.local / "tests")

    def make(self) -> None:
        """Create the folders; nobody but their owner can list them, PostgreSQL's user may pass through."""
        self.local.mkdir(parents=True, exist_ok=True)
        self.local.chmod(0o711)
        for folder in (self.logs, self.notes):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)


def current_place() -> Place:
    """The place that `JISHI_LOCAL` names, `.local/` in the checkout otherwise."""
    return Place(local=Path(os.environ.get("JISHI_LOCAL") or ROOT / ".local").resolve())


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, in one step: a reader sees the old text or the new one."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
