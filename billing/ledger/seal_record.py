"""The record of the seals outside the database: one line a seal, only ever appended."""

import os
from dataclasses import dataclass
from json import JSONDecodeError, dumps, loads
from pathlib import Path

_TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class SealRecord:
    """How many seals there were, and the head of the chain then."""

    number: int
    head: str


class BadSealRecord(ValueError):
    """The record's last line is not one of ours."""


def append_record(path: Path, record: SealRecord) -> None:
    """Add a line and force it to the disk. What a crash left of a line before is closed first, and stays unread."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n":
            file.write(b"\n")
        file.write(dumps({"number": record.number, "head": record.head}).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def find_last_record(path: Path) -> SealRecord | None:
    """The last complete line, or None when nothing was ever recorded. Raises `BadSealRecord`."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        lines = file.read().split(b"\n")[:-1]  # what follows the last line's end was cut off while it was written
    if not lines:
        return None
    try:
        found = loads(lines[-1])
        return SealRecord(int(found["number"]), str(found["head"]))
    except (JSONDecodeError, KeyError, TypeError, ValueError) as problem:
        raise BadSealRecord(f"the last line of {path} cannot be read") from problem
