"""The labels of attributes as numbers, in a file beside the index: one line each, its place is its number.

Texts are counted by looking each up in every segment's dictionary, which took most of a search; numbers are counted in
a tenth of the time. Lines are only ever added, and before the documents that name them are committed.
"""

import os
import threading
from array import array
from functools import lru_cache
from pathlib import Path

LABELS = "labels"
_KEPT = 8_000


class LabelWriter:
    """Gives numbers to labels. Holds them all, as only the one indexer does."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / LABELS).open("a+b")
        self._file.seek(0)
        whole, _, torn = self._file.read().rpartition(b"\n")
        if torn:  # killed while it wrote: no document names it
            self._file.truncate(len(whole) + 1 if whole else 0)
        lines = whole.decode().split("\n") if whole else []
        self._numbers = {label: number for number, label in enumerate(lines)}
        self._new: list[str] = []

    def number(self, label: str) -> int:
        """The number of a label, a new one if it has none."""
        found = self._numbers.get(label)
        if found is None:
            found = self._numbers[label] = len(self._numbers)
            self._new.append(label)
        return found

    def flush(self) -> None:
        """Make new labels durable."""
        if self._new:
            self._file.write("".join(f"{label}\n" for label in self._new).encode())
            self._file.flush()
            os.fsync(self._file.fileno())
            self._new.clear()

    def close(self) -> None:
        self._file.close()


class LabelReader:
    """Reads labels by number; holds where they begin, and those that are asked for most. Safe to share."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / LABELS).open("rb")
        self._starts = array("Q", [0])
        self._lock = threading.Lock()
        self.read = lru_cache(_KEPT)(self._read)

    def _read(self, number: int) -> str:
        if number >= len(self._starts) - 1:
            self._look_further()
        start, end = self._starts[number], self._starts[number + 1]
        return os.pread(self._file.fileno(), end - start - 1, start).decode()

    def _look_further(self) -> None:
        """Find where the lines begin that came since."""
        with self._lock:
            start = self._starts[-1]
            added = os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size - start, start)
            end = added.find(b"\n")
            while end >= 0:
                self._starts.append(start + end + 1)
                end = added.find(b"\n", end + 1)
