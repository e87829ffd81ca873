"""The books as a response that begins before they are all written, in one snapshot, with little of it in memory."""

import queue
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import structlog
from django.db import connections

from billing.ledger.exporting import BookFormat, write_books

log = structlog.get_logger(__name__)

PIECE = 64 * 1024
PIECES_AHEAD = 8
PATIENCE_SECONDS = 60.0


class ReaderGone(Exception):
    """Whoever asked does not read on: the writer stops."""


class _Sink:
    """Gathers text into pieces and hands them over, never more than a few ahead of the reader."""

    def __init__(self, pieces: "queue.Queue[bytes | BaseException | None]", gone: threading.Event) -> None:
        self._pieces, self._gone = pieces, gone
        self._parts: list[str] = []
        self._size = 0

    def write(self, text: str) -> None:
        self._parts.append(text)
        self._size += len(text)
        if self._size >= PIECE:
            self.flush()

    def flush(self) -> None:
        piece, self._parts, self._size = "".join(self._parts).encode(), [], 0
        self.hand_over(piece)

    def hand_over(self, piece: bytes | BaseException | None) -> None:
        if self._gone.is_set():
            raise ReaderGone
        try:
            self._pieces.put(piece, timeout=PATIENCE_SECONDS)
        except queue.Full as error:
            raise ReaderGone from error


def stream_books(book_format: BookFormat, until: datetime | None) -> Iterator[bytes]:
    """The file, piece by piece. Its writer has a thread and a connection of its own, for one long transaction.

    Raises what the writer raises: a file that is cut off no longer proves its own balances.
    """
    pieces: queue.Queue[bytes | BaseException | None] = queue.Queue(PIECES_AHEAD)
    gone = threading.Event()
    write = _write(book_format, until, _Sink(pieces, gone))
    threading.Thread(target=write, name="books", daemon=True).start()
    try:
        while (piece := pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        gone.set()


def _write(book_format: BookFormat, until: datetime | None, sink: _Sink) -> Callable[[], None]:
    def write() -> None:
        try:
            write_books(stream=sink, book_format=book_format, until=until)
            sink.flush()
            sink.hand_over(None)
        except ReaderGone:
            log.info("books.not_read_to_their_end")
        except Exception as error:  # handed to the reader, which raises it in the thread of the request
            sink.hand_over(error)
        finally:
            connections.close_all()

    return write
