"""The runner: rounds become rows, a counter that is off fails the run, and the quick run works."""

import json
import os
import subprocess
import sys

import pytest

from tests.bench import __main__ as runner
from tests.bench.contracts import BenchRow
from tests.bench.load import ROOT, percentile
from tests.bench.rounds import merge_rounds

QUICK_SECONDS = 280
IN_EVERY_RUN = ("stock", "shops")
NAMES = runner.NAMES if os.environ.get("JISHI_LONG") else IN_EVERY_RUN


def test_rounds_become_their_median_with_spread_and_all_errors():
    rounds = [
        [BenchRow("a", value, "per s", "b", ratio, {"lost": lost})]
        for value, ratio, lost in ((10.0, 0.5, 0), (30.0, 0.7, 1), (20.0, 0.6, 0))
    ]
    [row] = merge_rounds(rounds)
    assert (row.value, row.ratio, row.spread, row.counters) == (20.0, 0.6, 0.5, {"lost": 1})
    assert not row.sound


def test_a_row_of_one_round_has_no_spread():
    [row] = merge_rounds([[BenchRow("a", 1.0, "ms")]])
    assert row.spread is None and row.ratio is None and row.sound


def test_a_percentile_is_one_of_the_values():
    assert percentile([5.0, 1.0, 3.0], 0.99) == 5.0
    assert percentile([], 0.99) == 0.0


@pytest.mark.parametrize(("lost", "code"), [(0, 0), (2, 1)])
def test_a_counter_that_is_off_ends_the_run_with_one(monkeypatch, tmp_path, capsys, lost, code):
    rows = [BenchRow("stock: things", 4.0, "per s", counters={"lost": lost})]
    monkeypatch.setattr(runner, "measure", lambda names, *, rounds: rows)
    assert runner.main(["stock", "--json", str(tmp_path / "rows.json")]) == code
    [written] = json.loads((tmp_path / "rows.json").read_text())
    assert written["name"] == "stock: things" and written["counters"] == {"lost": lost}
    assert ("stock: things" in capsys.readouterr().err) == bool(lost)


@pytest.mark.timeout(QUICK_SECONDS + 20)
@pytest.mark.parametrize("name", NAMES)
def test_a_quick_run_is_sound(name, tmp_path):
    command = [sys.executable, "-m", "tests.bench", name, "--quick", "--json", str(tmp_path / "rows.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=QUICK_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert rows and all(row["value"] > 0 for row in rows)
