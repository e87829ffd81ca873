"""`export_books`: all of the books as a file that beancount or hledger proves."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.ledger.contracts import BookSize
from billing.ledger.exporting import STEP, BookFormat, write_books

BAR_CELLS = 24


class Command(BaseCommand):
    help = "Write the books for beancount (bean-check FILE) or hledger (hledger check --strict -f FILE)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", required=True, choices=[found.value for found in BookFormat])
        parser.add_argument("--to", type=Path, metavar="FILE", help="where to write; without it, to the output")
        parser.add_argument("--until", metavar="INSTANT", help="the last instant, such as 2026-11-30T23:59:59+08:00")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        until = _read_instant(options["until"])
        book_format = BookFormat(options["format"])
        if options["to"] is None:
            write_books(stream=self.stdout, book_format=book_format, until=until, on_progress=show_progress)
            return
        try:
            size = _write_file(options["to"], book_format, until)
        except OSError as error:
            raise CommandError(f"{options['to']} cannot be written: {error.strerror}") from error
        self.stdout.write(f"{size.transactions} transactions were written to {options['to']}.")


def _write_file(path: Path, book_format: BookFormat, until: datetime | None) -> BookSize:
    """Under its own name only when it is complete: an export that failed leaves what was there before."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            size = write_books(stream=stream, book_format=book_format, until=until, on_progress=show_progress)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return size


def _read_instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not an instant such as 2026-11-30T23:59:59+08:00.") from error
    if instant.tzinfo is None:
        raise CommandError(f"{text!r} does not say its time zone; add Z or +08:00.")
    return instant


def show_progress(done: int, total: int) -> None:
    """A bar on a terminal, a line per tenth elsewhere."""
    if sys.stderr.isatty():
        filled = BAR_CELLS * done // total
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r  {'█' * filled}{'░' * (BAR_CELLS - filled)}  {done}/{total} transactions{end}")
        sys.stderr.flush()
    elif 10 * done // total > 10 * max(0, done - STEP) // total:
        sys.stderr.write(f"{done} of {total} transactions\n")
