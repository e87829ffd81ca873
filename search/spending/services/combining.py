"""Many threads, one transaction: whoever gets the turn records what all the others brought meanwhile.

A click answers with its own verdict, and still as many are committed at once as came while the last ones were.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _Slot(Generic[Item, Answer]):
    item: Item
    woken: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    answer: Answer | None = None
    error: Exception | None = None


class Combiner(Generic[Item, Answer]):
    """Batches for one function of this process. A batch that fails fails for each of its members."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Answer]], most: int) -> None:
        self._work, self._most = work, most
        self._waiting: deque[_Slot[Item, Answer]] = deque()
        self._lock = threading.Lock()
        self._is_led = False

    def submit(self, item: Item) -> Answer:
        """The answer to one item. Raises what its batch raised."""
        slot: _Slot[Item, Answer] = _Slot(item)
        with self._lock:
            self._waiting.append(slot)
            leads, self._is_led = not self._is_led, True
        if not leads:
            slot.woken.wait()
        if not slot.done:  # woken to lead: its own item is the first that waits
            self._lead()
        if slot.error is not None:
            raise slot.error
        assert slot.answer is not None
        return slot.answer

    def _lead(self) -> None:
        """Work off what waits, wake those who brought it, and let the next one lead."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            for slot, answer in zip(batch, self._work([slot.item for slot in batch]), strict=True):
                slot.answer = answer
        except Exception as error:  # the edge between threads: each of them raises it
            for slot in batch:
                slot.error = error
        finally:
            for slot in batch:
                slot.done = True
                slot.woken.set()
            with self._lock:
                self._is_led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].woken.set()
