"""Several rounds of one bench as one set of rows: the median of each, how far the rounds lay apart, all errors."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tests.bench.contracts import BenchRow


def merge_rounds(rounds: Sequence[Iterable[BenchRow]]) -> list[BenchRow]:
    """One row a name, in the order of their first appearance."""
    named: dict[str, list[BenchRow]] = {}
    for rows in rounds:
        for row in rows:
            named.setdefault(row.name, []).append(row)
    return [_merge(rows) for rows in named.values()]


def _merge(rows: Sequence[BenchRow]) -> BenchRow:
    values = [row.value for row in rows]
    ratios = [row.ratio for row in rows if row.ratio is not None]
    middle = statistics.median(values)
    counters: Counter[str] = Counter()
    for row in rows:
        counters.update(dict.fromkeys(row.counters, 0) | dict(row.counters))
    return replace(
        rows[0],
        value=middle,
        ratio=statistics.median(ratios) if ratios else None,  # of the ratios: both sides of a round had the same noise
        counters=dict(counters),
        spread=(max(values) - min(values)) / 2 / middle if middle and len(values) > 1 else None,
    )
