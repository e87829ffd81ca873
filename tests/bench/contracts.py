"""What a bench measures, as the table and the JSON show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One number of one run.

    `base` names the row it is compared with and `ratio` is value over base's value. `counters` are correctness
    counters: each must be zero, or the bench has failed. `spread` is half the range over the median, of all rounds.
    """

    name: str
    value: float
    unit: str
    base: str = ""
    ratio: float | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    spread: float | None = None

    @property
    def sound(self) -> bool:
        return not any(self.counters.values())
