"""What a process of its own does in a race for lots: bid or close until it is done or killed. Each says how many."""

import random
import time
from collections.abc import Sequence
from datetime import datetime

from billing.wallets.services import NotEnough
from search.auction.lots import BidLowered
from search.slots.services import BidNotFound, LotClosed, TooManyBids, close_due_lots, place_lot_bid, withdraw_bid

STEP_MINOR = 500


def bid(shop_id: int, creative_id: int, seed: int, lot_ids: Sequence[int], seconds: float, now: datetime) -> int:
    """Bid, raise and withdraw at random until the time is over or every lot takes no more."""
    chance, until = random.Random(seed), time.monotonic() + seconds
    lots, done = list(lot_ids), 0
    shop = {"shop_id": shop_id, "actor_id": 1, "now": now}
    while lots and time.monotonic() < until:
        lot_id = chance.choice(lots)
        try:
            if chance.random() < 0.1:
                withdraw_bid(lot_id=lot_id, **shop)
            else:
                maximum_minor = 10_000 + STEP_MINOR * chance.randrange(40)
                place_lot_bid(lot_id=lot_id, maximum_minor=maximum_minor, creative_id=creative_id, **shop)
            done += 1
        except (BidLowered, BidNotFound, NotEnough):
            continue
        except (LotClosed, TooManyBids):
            lots.remove(lot_id)
    return done


def close(now: datetime) -> int:
    """One round of the timer, lot by lot so that a kill finds it at work."""
    done = 0
    while closed := close_due_lots(now=now, limit=1):
        done += closed
    return done
