"""Many threads, one transaction: whoever gets the turn records what all the others brought meanwhile.

A click answers with its own verdict, and still as many are committed at once as came while the last ones were. Nobody
depends on another thread's luck: who waited too long for its batch, or whose batch failed, does its own item alone.
So the work must bear to be done again for an item.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

GATHER_SECONDS = 0.004
"""A batch waits so long for those who were just answered and come again: half as many commits for the same clicks."""

PATIENCE_SECONDS = 6.0


@dataclass(slots=True, eq=False)
class _Slot(Generic[Item, Answer]):
    """An item on its way. Woken: it is done, or it is its turn to lead."""

    item: Item
    woken: threading.Event = field(default_factory=threading.Event)
    is_done: bool = False
    answer: Answer | None = None


class Combiner(Generic[Item, Answer]):
    """Batches for one function of this process. `most` items are given to it at once, and it answers each, in order."""

    def __init__(
        self, work: Callable[[Sequence[Item]], Sequence[Answer]], most: int, *, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._work, self._most, self._patience = work, most, patience
        self._waiting: deque[_Slot[Item, Answer]] = deque()
        self._lock = threading.Lock()
        self._is_led = False
        self._expected = 1
        self._gathered = threading.Event()

    def submit(self, item: Item) -> Answer:
        """The answer to one item. Raises what the work raises for it alone."""
        slot: _Slot[Item, Answer] = _Slot(item)
        with self._lock:
            self._waiting.append(slot)
            leads, self._is_led = not self._is_led, True
            if len(self._waiting) >= self._expected:
                self._gathered.set()
        if leads or self._wait_to_lead(slot):
            self._lead()
        if slot.answer is None:
            [slot.answer] = self._work([item])
        return slot.answer

    def _wait_to_lead(self, slot: _Slot[Item, Answer]) -> bool:
        """Wait until somebody has done it, or too long: False. True: nobody has, it is this one's turn."""
        if slot.woken.wait(self._patience):
            return not slot.is_done
        with self._lock:
            if slot.woken.is_set():  # at the last moment
                return not slot.is_done
            if slot in self._waiting:
                self._waiting.remove(slot)
        return False

    def _lead(self) -> None:
        """Work off what waits (the leader's own item is the first), wake those who brought it, pass the lead on."""
        self._gather()
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            for slot, answer in zip(batch, self._work([slot.item for slot in batch]), strict=True):
                slot.answer = answer
        except Exception:
            if len(batch) == 1:
                raise
            # Nothing of it was recorded, or all of it: each of them finds out alone.
        finally:
            for slot in batch:
                slot.is_done = True
                slot.woken.set()
            self._pass_on(len(batch))

    def _gather(self) -> None:
        with self._lock:
            if len(self._waiting) >= self._expected:
                return
            self._gathered.clear()
        self._gathered.wait(GATHER_SECONDS)

    def _pass_on(self, answered: int) -> None:
        """As many as were answered and as wait now are likely to be there in a moment."""
        with self._lock:
            self._expected = min(self._most, answered + len(self._waiting))
            self._is_led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].woken.set()
