"""A small memory of answers, per process: the least recently used ones go first."""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Key = TypeVar("Key", bound=Hashable)
_all: "weakref.WeakSet[Memory[Any]]" = weakref.WeakSet()


def forget_all() -> None:
    """Drop everything that this process keeps in memories, between tests: their databases repeat ids and epochs."""
    for memory in list(_all):
        memory.forget()


class Memory(Generic[Value]):
    """Keeps at most so many values. What may change is part of the key (an epoch, a generation), never expired.

    With `weigh`, `most` is their weight in all, such as bytes.
    """

    def __init__(self, most: int, *, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()
        _all.add(self)

    def find(self, key: Hashable) -> Value | None:
        """The value kept under a key, or None."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def find_many(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """The values kept under these keys, without those that are not."""
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
            for key in found:
                self._values.move_to_end(key)
        return found

    def keep(self, key: Hashable, value: Value) -> Value:
        """Keep a value and give it back."""
        with self._lock:
            before = self._values.pop(key, None)
            self._values[key] = value
            self._weight += self._weigh(value) - (self._weigh(before) if before is not None else 0)
            while self._weight > self._most:
                _, oldest = self._values.popitem(last=False)
                self._weight -= self._weigh(oldest)
        return value

    def drop(self, is_over: Callable[[Any], bool]) -> None:
        """Drop what is kept under such keys (Any: the keys of each memory are of one type)."""
        with self._lock:
            for key in [key for key in self._values if is_over(key)]:
                self._weight -= self._weigh(self._values.pop(key))

    def forget(self) -> None:
        """Drop everything, between tests."""
        with self._lock:
            self._values.clear()
            self._weight = 0
