"""`python -m tests.bench [NAME] [--json FILE]`: every measurement in one run, as one table.

A measurement is a module of this package with `rows()`. Ends with 1 when a correctness counter is not zero.
"""

import argparse
import dataclasses
import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tests import bench
from tests.bench.contracts import BenchRow

NOT_MEASURED = {"__main__", "contracts"}


def list_names() -> list[str]:
    """The modules that measure something."""
    found = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(name for name in found if name not in NOT_MEASURED and not name.startswith("_"))


def describe(row: BenchRow) -> str:
    """One line of the table."""
    ratio = f"{row.ratio:8.2f} x {row.base}" if row.ratio is not None else ""
    counters = "  ".join(f"{name} {count}" for name, count in row.counters.items())
    mark = " " if row.sound else "!"
    return f"{mark} {row.name:62} {row.value:12,.2f} {row.unit:12} {counters:28} {ratio}".rstrip()


def measure(names: Sequence[str]) -> list[BenchRow]:
    """Run these and print each row as it comes."""
    rows: list[BenchRow] = []
    for name in names:
        for row in importlib.import_module(f"tests.bench.{name}").rows():
            rows.append(row)
            print(describe(row), flush=True)
    return rows


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=list_names(), help="one measurement; all without")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    options = parser.parse_args(arguments)
    rows = measure([options.name] if options.name else list_names())
    if options.json:
        text = json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    wrong = [row.name for row in rows if not row.sound]
    if wrong:
        print(f"\nWrong: {'; '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
