"""Many threads, one transaction: whoever gets the turn records what all the others brought meanwhile.

A click answers with its own verdict, and still as many are committed at once as came while the last ones were.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _Slot(Generic[Item, Answer]):
    item: Item
    done: bool = False
    answer: Answer | None = None
    error: Exception | None = None


class Combiner(Generic[Item, Answer]):
    """Batches for one function of this process. A batch that fails fails for each of its members."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Answer]], most: int) -> None:
        self._work, self._most = work, most
        self._waiting: deque[_Slot[Item, Answer]] = deque()
        self._turn = threading.Lock()

    def submit(self, item: Item) -> Answer:
        """The answer to one item. Raises what its batch raised."""
        slot: _Slot[Item, Answer] = _Slot(item)
        self._waiting.append(slot)
        with self._turn:
            while not slot.done:
                self._work_off()
        if slot.error is not None:
            raise slot.error
        assert slot.answer is not None
        return slot.answer

    def _work_off(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            answers = self._work([slot.item for slot in batch])
        except Exception as error:  # the edge between threads: each of them raises it
            for slot in batch:
                slot.error, slot.done = error, True
            return
        for slot, answer in zip(batch, answers, strict=True):
            slot.answer, slot.done = answer, True
