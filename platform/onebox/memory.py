"""How much memory a running Jishi takes: PSS, which counts shared pages once. Standard library only."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from onebox.places import Place
from onebox.processes import list_family, list_notes


@dataclass(frozen=True)
class ProgramMemory:
    """All processes of one program together."""

    name: str
    processes: int
    pss_bytes: int


def measure_memory(place: Place) -> list[ProgramMemory]:
    """The PSS of every program of this place, the supervisor included, in the order of their names."""
    families = {note.name: list_family([note.pid]) for note in list_notes(place)}
    others = {pid for name, family in families.items() if name != "supervisor" for pid in family}
    if "supervisor" in families:  # its children are counted under their own names
        families["supervisor"] = [pid for pid in families["supervisor"] if pid not in others]
    return [
        ProgramMemory(name=name, processes=len(family), pss_bytes=sum(map(read_pss_bytes, family)))
        for name, family in sorted(families.items())
    ]


def read_pss_bytes(pid: int) -> int:
    """One process's share of memory; 0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
