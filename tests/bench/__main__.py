"""`./run bench [NAME] [--json FILE]`: every measurement in one run, three rounds each, as one table.

A measurement is a module of this package with `rows()`, measured anew each round, or with `prepared()`: a context
manager that sets up what is measured and yields the function that measures one round. Ends with 1 when a correctness
counter is not zero.
"""

import argparse
import importlib
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path

from tests.bench.contracts import BenchRow
from tests.bench.rounds import merge_rounds

NAMES = ("web", "buying", "shops", "stock", "ledger", "search", "suggest", "relevance", "ads", "memory")
ALONE = ("million",)  # takes longer than all others together, so it runs when it is named
ROUNDS = 3
QUICK = {"JISHI_BENCH_QUICK": "1", "JISHI_BENCH_SECONDS": "0.4", "JISHI_BENCH_LISTINGS": "300"}
Measure = Callable[[], list[BenchRow]]


def open_bench(name: str) -> AbstractContextManager[Measure]:
    """What measures one round, for as long as the context lasts."""
    module = importlib.import_module(f"tests.bench.{name}")
    found: AbstractContextManager[Measure] = (
        module.prepared() if hasattr(module, "prepared") else nullcontext(module.rows)
    )
    return found


def measure(names: Sequence[str], *, rounds: int) -> list[BenchRow]:
    """Run these and print the rows of each as soon as its rounds are done."""
    measured: list[BenchRow] = []
    for name in names:
        with open_bench(name) as measure_round:
            rows = merge_rounds([measure_round() for _ in range(rounds)])
        measured += rows
        for row in rows:
            print(describe(row), flush=True)
    return measured


def describe(row: BenchRow) -> str:
    """One line of the table; `!` marks a counter that is off."""
    mark = " " if row.sound else "!"
    spread = f"±{row.spread:4.0%}" if row.spread is not None else ""
    ratio = f"{row.ratio:.2f} x {row.base}" if row.ratio is not None else ""
    counters = ", ".join(f"{name} {count}" for name, count in row.counters.items())
    columns = f"{mark} {row.name:58} {row.value:12,.2f} {row.unit:11} {spread:6}"
    return f"{columns} {f'[{counters}]' if counters else ''} {ratio}".rstrip()


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write, judge."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    which = f"one measurement; without, all but {', '.join(ALONE)}"
    parser.add_argument("name", nargs="?", choices=(*NAMES, *ALONE), help=which)
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    parser.add_argument("--quick", action="store_true", help="one short round: whether it runs, not how fast")
    options = parser.parse_args(arguments)
    if options.quick:
        os.environ.update(QUICK)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    rows = measure([options.name] if options.name else NAMES, rounds=1 if options.quick else ROUNDS)
    if options.json:
        text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    wrong = [row.name for row in rows if not row.sound]
    if wrong:
        print(f"\nWrong: {'; '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped also then
    sys.exit(main(sys.argv[1:]))
