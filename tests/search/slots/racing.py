"""`python -m tests.search.slots.racing DEED JSON`: a process of its own that bids or closes until it is done or killed.

`bid`: {"seed", "shop_id", "creative_id", "lots", "seconds", "now"}; `close`: {"now"}. Prints how many it did.
"""

import json
import random
import sys
import time
from datetime import datetime
from typing import Any  # Any: what was written as JSON

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from billing.wallets.services import NotEnough  # noqa: E402
from search.auction.lots import BidLowered  # noqa: E402
from search.slots.services import BidNotFound, LotClosed, close_due_lots, place_lot_bid, withdraw_bid  # noqa: E402

STEP_MINOR = 500


def bid(given: dict[str, Any]) -> int:
    """Bid, raise and withdraw at random until the time is over or every lot takes no more."""
    chance, until = random.Random(given["seed"]), time.monotonic() + given["seconds"]
    now, lots, done = datetime.fromisoformat(given["now"]), list(given["lots"]), 0
    shop = {"shop_id": given["shop_id"], "actor_id": 1, "now": now}
    while lots and time.monotonic() < until:
        lot_id = chance.choice(lots)
        try:
            if chance.random() < 0.1:
                withdraw_bid(lot_id=lot_id, **shop)
            else:
                maximum_minor = 10_000 + STEP_MINOR * chance.randrange(40)
                place_lot_bid(lot_id=lot_id, maximum_minor=maximum_minor, creative_id=given["creative_id"], **shop)
            done += 1
        except (BidLowered, BidNotFound, NotEnough):
            continue
        except LotClosed:
            lots.remove(lot_id)
    return done


def close(given: dict[str, Any]) -> int:
    """One round of the timer, lot by lot so that a kill finds it at work."""
    now, done = datetime.fromisoformat(given["now"]), 0
    while closed := close_due_lots(now=now, limit=1):
        done += closed
    return done


if __name__ == "__main__":
    print({"bid": bid, "close": close}[sys.argv[1]](json.loads(sys.argv[2])))
