"""`python -m tests.bench.ads_tokens make COUNT FILE | judge FILE`: tokens to click over HTTP, and what came of them.

A process of its own, with the settings of the stack whose web workers are asked. `make` funds shops, lends and signs;
`judge` prints the counters: tokens without exactly one billed event, micro-fen too many or too few, wrong leases.
"""

import json
import sys
from pathlib import Path

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from django.db.models import Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from search.spending.models import AdEvent  # noqa: E402
from search.spending.rules.naming import digest_token  # noqa: E402
from tests.bench.ads_clicks import PRICE_MICRO, count_overdrawn, make_tokens  # noqa: E402


def judge(tokens: list[str]) -> dict[str, int]:
    """The counters of a round of clicks, each reported once by a visitor of its own."""
    events = AdEvent.objects.filter(token__in=[digest_token(token) for token in tokens])
    sum_micro = events.aggregate(sum=Sum("billed_micro"))["sum"] or 0
    return {
        "lost or billed twice": abs(events.filter(billed_micro=PRICE_MICRO).count() - len(set(tokens))),
        "wrong micro-fen": abs(sum_micro - PRICE_MICRO * len(tokens)),
        "wrong leases": count_overdrawn(),
    }


def main(words: list[str]) -> None:
    match words:
        case ["make", count, file]:
            Path(file).write_text(json.dumps(make_tokens(int(count), timezone.now())))
        case ["judge", file]:
            print(json.dumps(judge(json.loads(Path(file).read_text()))))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
