"""One writer process for the concurrency tests: threads that post what they can, and say what was acknowledged.

`python -m tests.billing.ledger.writer SEED THREADS SECONDS` prints one JSON object.
"""

import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import django
from django.db import connection, transaction

import tests.environment  # noqa: F401 - before Django, as pytest loads it
from tests.billing.ledger import planting  # noqa: F401 - before what it may plant a fault into

django.setup()

from billing.ledger.contracts import Code, Owner, VerdictKind  # noqa: E402
from billing.ledger.rules import (  # noqa: E402
    AdClicksCharged,
    AdTopUpCaptured,
    FloorReached,
    Posting,
    ProviderFeeCharged,
    account_of,
)
from billing.ledger.services import (  # noqa: E402
    ReversalTooLarge,
    hold,
    post,
    post_batch,
    post_hold,
    post_pending,
    request_posting,
    reverse,
    void_hold,
)

SHOPS = 4
SHARED_KEYS = 60


class Writer:
    """One thread. `clicks` is what it was told had been charged under keys of its own."""

    def __init__(self, name: str, seed: int, until: float) -> None:
        self.name = name
        self.random = random.Random(seed)
        self.until = until
        self.count = 0
        self.acknowledged: dict[str, int] = {}
        self.fees = 0
        self.failures: Counter[str] = Counter()

    def run(self) -> None:
        steps = [
            self.charge,
            self.charge_batch,
            self.charge_shared,
            self.bid,
            self.request,
            self.take_back,
            self.top_up,
        ]
        while time.monotonic() < self.until:
            try:
                with transaction.atomic():
                    then = self.random.choice(steps)()
                if then is not None:
                    with transaction.atomic():
                        then()
            except (FloorReached, ReversalTooLarge):
                self.failures["refused"] += 1
            except Exception as problem:
                self.failures[f"{type(problem).__name__}: {str(problem)[:200]}"] += 1
            if self.random.random() < 0.1:
                post_pending(self.now(), 50)
        connection.close()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def key(self) -> str:
        self.count += 1
        return f"{self.name}/{self.count}"

    def charged(self) -> AdClicksCharged:
        shop = self.random.randint(1, SHOPS)
        return AdClicksCharged(shop_id=shop, reference="C", amount_minor=self.random.randint(2, 9), vat_minor=1)

    def top_up(self) -> None:
        event = AdTopUpCaptured(shop_id=self.random.randint(1, SHOPS), reference="T", psp="w", amount_minor=500)
        key = self.key()
        post(key=key, event=event, now=self.now())
        self.acknowledged[key] = event.amount_minor

    def charge(self) -> None:
        key, event = self.key(), self.charged()
        post(key=key, event=event, now=self.now())
        self.acknowledged[key] = event.amount_minor

    def charge_batch(self) -> None:
        postings = [Posting(self.key(), self.charged()) for _ in range(20)]
        for posting, verdict in zip(postings, post_batch(requests=postings, now=self.now()), strict=True):
            if verdict.kind is not VerdictKind.REFUSED:
                self.acknowledged[posting.key] = posting.event.legs()[0].amount_minor

    def charge_shared(self) -> None:
        number = self.random.randint(1, SHARED_KEYS)
        event = ProviderFeeCharged(psp="w", reference=f"shared-{number}", amount_minor=number)
        post(key=f"shared/{number}", event=event, now=self.now())
        self.acknowledged[f"shared/{number}"] = number

    def bid(self) -> Callable[[], None]:
        """A hold, and what becomes of it in a transaction of its own: one transaction locks accounts in one round."""
        key, shop = self.key(), self.random.randint(1, SHOPS)
        wallet = account_of(Code.AD_WALLET_CASH, Owner.of_shop(shop))
        expires_at = self.now() + timedelta(hours=1)
        hold(key=key, kind="bid", account=wallet, amount_minor=10, expires_at=expires_at, now=self.now())
        return partial(self.lose, key) if self.random.random() < 0.5 else partial(self.win, key, shop)

    def lose(self, key: str) -> None:
        void_hold(key=key, now=self.now())

    def win(self, key: str, shop: int) -> None:
        event = AdClicksCharged(shop_id=shop, reference="B", amount_minor=4, vat_minor=1)
        post_hold(hold_key=key, key=f"{key}/won", event=event, now=self.now(), close=True)
        self.acknowledged[f"{key}/won"] = 4

    def request(self) -> None:
        event = ProviderFeeCharged(psp="w", reference="R", amount_minor=3)
        request_posting(key=self.key(), event=event, now=self.now())
        self.fees += 3

    def take_back(self) -> None:
        """Everybody reverses parts of the same few transactions."""
        number = self.random.randint(1, 5)
        posted = post(
            key=f"back/{number}",
            event=ProviderFeeCharged(psp="w", reference=f"back-{number}", amount_minor=200),
            now=self.now(),
        )
        self.acknowledged[f"back/{number}"] = 200
        reverse(key=self.key(), transaction_id=posted.transaction_id, amount_minor=7, now=self.now())


def main() -> None:
    seed, threads, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    until = time.monotonic() + seconds
    writers = [Writer(f"w{seed}-{number}", seed * 1000 + number, until) for number in range(threads)]
    running = [threading.Thread(target=writer.run) for writer in writers]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    answer: dict[str, Any] = {"acknowledged": {}, "fees": 0, "failures": Counter()}
    for writer in writers:
        answer["acknowledged"] |= writer.acknowledged
        answer["fees"] += writer.fees
        answer["failures"] += writer.failures
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
