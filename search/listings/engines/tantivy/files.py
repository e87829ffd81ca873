"""Where indexes lie: `current` is a link to the one that is read; a new one grows beside it and the link is swapped."""

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from search.listings.contracts import IndexerRunning
from search.listings.engines.fields import VERSION

CURRENT = "current"
KEPT_BEFORE = 1
_LINEAGE = "lineage"


@dataclass(frozen=True, slots=True)
class IndexFiles:
    """The folder of one kind of index."""

    root: Path

    @property
    def current(self) -> Path:
        return self.root / CURRENT

    def read_generation(self) -> str:
        """Changes with every commit and every swap; empty when there is no index of this schema's version."""
        root = str(self.root)  # plain text: every page asks, and paths cost more than the two questions themselves
        try:
            target = os.path.basename(os.readlink(f"{root}/{CURRENT}"))  # noqa: PTH115, PTH119
            meta = os.stat(f"{root}/{target}/meta.json")  # noqa: PTH116
        except OSError:
            return ""
        if not target.startswith(f"v{VERSION}-"):
            return ""
        return f"{target}:{meta.st_ino}:{meta.st_mtime_ns}:{meta.st_size}"

    def find_current(self) -> Path | None:
        """The folder that is read now, if it is of this schema's version."""
        return self.root / self.read_generation().partition(":")[0] if self.read_generation() else None

    def read_lineage(self, folder: Path) -> str:
        """Which database the index in a folder was fed from."""
        try:
            return (folder / _LINEAGE).read_text()
        except OSError:
            return ""

    def make_next(self, lineage: str = "") -> Path:
        """A new folder beside the others, for an index fed from this database."""
        self.root.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.name.rpartition("-")[2]) for path in self._list_indexes()]
        folder = self.root / f"v{VERSION}-{max(numbers, default=0) + 1:06d}"
        folder.mkdir()
        (folder / _LINEAGE).write_text(lineage)
        return folder

    def swap(self, folder: Path) -> None:
        """Let readers go on with this folder, at once and for all, and remove those they left long ago."""
        link = self.root / "next"
        link.unlink(missing_ok=True)
        link.symlink_to(folder.name)
        link.replace(self.current)
        for old in self._list_indexes()[: -1 - KEPT_BEFORE]:
            shutil.rmtree(old, ignore_errors=True)

    def remove_unfinished(self) -> None:
        """Remove what a killed rebuild left: everything newer than the current index."""
        target = self.current.readlink().name if self.current.is_symlink() else ""
        for folder in self._list_indexes():
            if folder.name.rpartition("-")[2] > target.rpartition("-")[2]:
                shutil.rmtree(folder, ignore_errors=True)

    def lock(self) -> IO[str]:
        """Be the one writer while the file stays open; a killed process lets go. Raises `IndexerRunning`."""
        self.root.mkdir(parents=True, exist_ok=True)
        held = (self.root / "writer.lock").open("w")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.close()
            raise IndexerRunning(f"Another process already writes the index in {self.root}.") from error
        return held

    def _list_indexes(self) -> list[Path]:
        return sorted(self.root.glob("v*-*"), key=lambda path: path.name.rpartition("-")[2])
