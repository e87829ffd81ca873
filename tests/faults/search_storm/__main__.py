"""`python -m tests.faults.search_storm prepare | change SEED COUNT WAITING | ask SEED COUNT | judge`: prints JSON.

`change` makes random changes of products and shops, by the product's own services. `ask` asks fuzzed questions all the
while and counts what must never be among the answers. `judge` compares shops, listings and index when all is quiet.
"""

import json
import sys
from typing import Any

from tests.faults.search_storm.changes import Writer
from tests.faults.search_storm.goods import prepare
from tests.faults.search_storm.judging import judge
from tests.faults.search_storm.questions import ask


def main(arguments: list[str]) -> dict[str, Any]:
    match arguments:
        case ["prepare"]:
            return prepare()
        case ["change", seed, count, waiting]:
            return Writer(int(seed), int(waiting)).run(int(count))
        case ["ask", seed, count]:
            return ask(int(seed), int(count))
        case ["judge"]:
            return judge()
    raise SystemExit(__doc__)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
