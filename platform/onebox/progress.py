"""Progress on a terminal: one line that moves, or a line per tenth when the output is a file. Standard library only."""

import shutil
import sys
import time
from types import TracebackType
from typing import Self, TextIO

BAR_CELLS = 24
REDRAW_SECONDS = 0.1
WORKING = "|/-\\"


class Bar:
    """A long step: `with Bar("Loading goods", total=600) as bar: bar.advance()`.

    Without `total` it shows that something moves. It ends with a tick and the seconds taken, or with a cross when the
    block raised.
    """

    def __init__(self, label: str, *, total: int | None = None, stream: TextIO | None = None) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self.note = ""
        self._stream = stream or sys.stderr
        self._moving = self._stream.isatty()
        self._began = time.monotonic()
        self._drawn_at = 0.0
        self._tenth = 0

    def __enter__(self) -> Self:
        self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish(succeeded=kind is None)

    def advance(self, steps: int = 1, *, note: str = "") -> None:
        """Count `steps` more as done; `note` says what is being worked on."""
        self.show(self.done + steps, note=note)

    def show(self, done: int, *, total: int | None = None, note: str = "") -> None:
        """Set how many steps are done (and, when it became known only now, of how many)."""
        self._tenth = self._tenth if done >= self.done else 0  # another part of the step began
        self.done = done
        self.total = total or self.total
        self.note = note or self.note
        waited = time.monotonic() - self._drawn_at >= REDRAW_SECONDS
        if waited or not self._moving or self.done == self.total:
            self._draw()

    def tick(self, *, note: str = "") -> None:
        """Show that time passes, without a step done."""
        self.show(self.done, note=note)

    def _draw(self) -> None:
        self._drawn_at = time.monotonic()
        if self._moving:
            self._stream.write(f"\r\x1b[2K{self._line()[: shutil.get_terminal_size().columns - 1]}")
            self._stream.flush()
            return
        tenth = 10 * self.done // self.total if self.total else 0
        if tenth > self._tenth and self.total:
            self._tenth = tenth
            self._stream.write(f"  {self.label}: {self.note or 'done'} {self.done} of {self.total}\n")
            self._stream.flush()

    def _line(self) -> str:
        seconds = time.monotonic() - self._began
        if self.total is None:
            turning = WORKING[int(seconds * 8) % len(WORKING)]
            return f"{turning} {self.label}  {self.note}  {seconds:.0f} s"
        filled = min(BAR_CELLS, BAR_CELLS * self.done // max(1, self.total))
        bar = "█" * filled + "░" * (BAR_CELLS - filled)
        return f"  {self.label}  {bar} {self.done}/{self.total}  {seconds:.0f} s  {self.note}"

    def _finish(self, *, succeeded: bool) -> None:
        start = "\r\x1b[2K" if self._moving else ""
        count = f", {self.done}" if succeeded and self.total else ""
        self._stream.write(
            f"{start}{'✓' if succeeded else '✗'} {self.label} ({time.monotonic() - self._began:.1f} s{count})\n"
        )
        self._stream.flush()
