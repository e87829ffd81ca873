"""`python -m tests.faults.click_storm prepare|submit|judge FOLDER …`: reports that come far too often, and kills.

`prepare SEED TOKENS` funds wallets, lends budgets and signs tokens of clicks and views. `submit SEED KILLS [PORT]`
forks eight processes that each report all of them, shuffled, and a quarter again (ten times each in all), to the web
server at PORT if there is one, and two workers that lend money, close leases, charge and prove; it kills KILLS of them
and starts them again where they stood. Ends when all was answered. `judge` closes everything and counts.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.faults.click_storm.judging import judge
from tests.faults.click_storm.preparing import prepare
from tests.faults.click_storm.submitting import submit


def main(words: list[str]) -> Any:
    match words:
        case ["prepare", folder, seed, count]:
            return prepare(Path(folder), int(seed), int(count))
        case ["submit", folder, seed, kills, *port]:
            return submit(Path(folder), int(seed), int(kills), int(port[0]) if port else 0)
        case ["judge", folder]:
            return judge(Path(folder))
    raise SystemExit(__doc__)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
