"""Long steps of a start: run with a bar, remembered when they are finished, done again when they were not."""

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from onebox.places import ROOT, CannotContinue, Place, write_private
from onebox.processes import read_log_end
from onebox.progress import Bar

STEPS_LOG = "steps"


class Steps:
    """The memory of finished steps, `.local/steps.json`: a name and what it was done for."""

    def __init__(self, place: Place, environment: Mapping[str, str]) -> None:
        self._place = place
        self._environment = environment
        self._path = place.local / "steps.json"

    def run(self, name: str, label: str, command: Sequence[str], *, state: str = "", again: bool = False) -> None:
        """Run the command unless it was finished for the same `state`; `again`: in any case.

        Raises CannotContinue when it fails."""
        if state and not again and self._read().get(name) == state:
            return
        run_with_bar(label, command, place=self._place, environment=self._environment)
        if state:
            write_private(self._path, json.dumps({**self._read(), name: state}, indent=1, sort_keys=True))

    def _read(self) -> dict[str, str]:
        try:
            return {str(key): str(value) for key, value in json.loads(self._path.read_text()).items()}
        except (FileNotFoundError, ValueError, AttributeError):
            return {}


def run_with_bar(label: str, command: Sequence[str], *, place: Place, environment: Mapping[str, str]) -> None:
    """Run a command; its lines `progress LABEL 3/10` move the bar, all others go to the log."""
    log_path = place.logs / f"{STEPS_LOG}.log"
    with Bar(label) as bar, log_path.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            for line in process.stdout or ():
                if not _show_progress(bar, line):
                    log.write(line)
                    log.flush()
        finally:
            if process.poll() is None:
                process.terminate()
            code = process.wait()
        if code != 0:
            raise CannotContinue(
                f"“{label}” failed; starting again repeats it. The end of {log_path}:\n"
                f"{read_log_end(log_path, lines=25)}"
            )


def _show_progress(bar: Bar, line: str) -> bool:
    if not line.startswith("progress "):
        bar.tick(note=line.strip()[:60])
        return False
    note, _, count = line.removeprefix("progress ").strip().rpartition(" ")
    done, _, total = count.partition("/")
    if not (done.isdigit() and total.isdigit()):
        return False
    bar.show(int(done), total=int(total), note=note)
    return True


def digest_files(paths: Iterable[Path]) -> str:
    """Changes when one of the files does (its name, size or time)."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:24]


def digest_text(text: str) -> str:
    """Stands for a text that should not be written down, such as an address with a password."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]
