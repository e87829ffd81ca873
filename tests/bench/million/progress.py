"""What a long measurement is at, on the standard error: the table of rows comes at its end."""

import sys
import time

STEPS = 10
_began = time.monotonic()


def say(text: str) -> None:
    """One line with the minutes since the start."""
    print(f"  {(time.monotonic() - _began) / 60:5.1f} min  {text}", file=sys.stderr, flush=True)


def show_progress(what: str, done: int, whole: int) -> None:
    """A line for each tenth of the whole."""
    if done == whole or done % max(1, whole // STEPS) == 0:
        say(f"{what}: {done:,} of {whole:,}")
