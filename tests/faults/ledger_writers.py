"""`python -m tests.faults.ledger_writers FOLDER SEED WRITERS KILLS`: writers of the books, killed and started again.

Each writer notes what it is going to ask before it asks, and the answer after it came, in files of its own. One that
was killed is followed by another with the same files, which asks again, with the same keys, whatever had no answer: as
a client would. Ends when KILLS were made and the file `stop` is there; prints how many were killed.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from django.db import InterfaceError, OperationalError, connection, transaction  # noqa: E402

from billing.ledger.contracts import Code, Owner, VerdictKind  # noqa: E402
from billing.ledger.models import Transaction  # noqa: E402
from billing.ledger.rules import (  # noqa: E402
    AdClicksCharged,
    AdTopUpCaptured,
    FloorReached,
    Posting,
    PostingEvent,
    ProviderFeeCharged,
    ReversalTooLarge,
    account_of,
    read_event,
)
from billing.ledger.services import (  # noqa: E402
    HoldEnded,
    hold,
    post,
    post_batch,
    post_hold,
    post_pending,
    request_posting,
    reverse,
    seal_ledger,
    void_hold,
)

SHOPS, SHARED = 3, 40
SHORTEST, LONGEST = 0.02, 0.3  # seconds between two kills
Deed = dict[str, Any]  # JSON


def note(path: Path, line: Deed) -> None:
    """Add a line in one write, which a killed process has made or not."""
    with path.open("ab", buffering=0) as file:
        file.write(json.dumps(line).encode() + b"\n")


def read_notes(path: Path) -> list[Deed]:
    """The lines of a file; none when there is no file yet."""
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def write_event(key: str, event: PostingEvent) -> list[Any]:
    """An event as it stands in a note."""
    return [key, event.kind, event.to_payload()]


def list_postings(deed: Deed) -> list[Posting]:
    """What a note asks to be posted."""
    return [Posting(key, read_event(kind, payload)) for key, kind, payload in deed.get("events", ())]


class Writer:
    """One process. `now` is the clock; everything else comes from its seed and its notes."""

    def __init__(self, folder: Path, seed: str, slot: int) -> None:
        self.slot, self.folder = slot, folder
        self.random = random.Random(seed)
        self.asked, self.answered = folder / f"{slot}.asked", folder / f"{slot}.answered"
        asked, answered = read_notes(self.asked), {line["key"] for line in read_notes(self.answered)}
        self.count = len(asked)
        self.unsure = [deed for deed in asked if deed["key"] not in answered]
        self.fees: list[str] = []

    def run(self, parent: int) -> None:
        for deed in self.unsure:
            self.ask(deed)
        while not (self.folder / "stop").exists() and os.getppid() == parent:
            self.count += 1
            deed = self.choose(f"w{self.slot}/{self.count}")
            note(self.asked, deed)
            answer = self.ask(deed)
            if deed["do"] == "hold" and answer == "ok" and self.random.random() < 0.9:
                self.count += 1
                deed = self.resolve(f"w{self.slot}/{self.count}", deed)
                note(self.asked, deed)
                self.ask(deed)
            self.keep_house()

    def ask(self, deed: Deed) -> str:
        """Do it until there is an answer: a server that is away comes back, and the key makes it the same deed."""
        while os.getppid() != 1:
            try:
                with transaction.atomic():
                    done = self.do(deed)
            except (FloorReached, HoldEnded, ReversalTooLarge) as refused:
                note(self.answered, {"key": deed["key"], "answer": "refused", "why": str(refused)})
                return "refused"
            except (OperationalError, InterfaceError) as away:
                self.wait(away)
                continue
            note(self.answered, {"key": deed["key"], "answer": "ok", "done": done})
            if deed["do"] == "fee":
                self.fees.append(deed["key"])
            return "ok"
        return "gone"

    def wait(self, away: Exception) -> None:
        code = getattr(away.__cause__, "sqlstate", None)
        if code is not None and not code.startswith(("57P", "08")):
            note(self.folder / f"{self.slot}.failures", {"failure": f"{code}: {away}"})
        connection.close()
        time.sleep(0.05)

    def do(self, deed: Deed) -> list[str]:
        """Returns the keys that are in the books now."""
        now, postings = datetime.now(UTC), list_postings(deed)
        if deed["do"] in ("post", "fee"):
            return [post(key=one.key, event=one.event, now=now).key for one in postings]
        if deed["do"] == "batch":
            verdicts = post_batch(requests=postings, now=now)
            return [verdict.key for verdict in verdicts if verdict.kind is not VerdictKind.REFUSED]
        if deed["do"] == "request":
            request_posting(key=postings[0].key, event=postings[0].event, now=now)
        if deed["do"] == "hold":
            wallet = account_of(Code.AD_WALLET_CASH, Owner.of_shop(deed["shop"]))
            hold(key=deed["key"], kind="bid", account=wallet, amount_minor=deed["amount"], expires_at=None, now=now)
        if deed["do"] == "void":
            void_hold(key=deed["hold"], now=now)
        if deed["do"] == "win":
            one = postings[0]
            return [post_hold(hold_key=deed["hold"], key=one.key, event=one.event, now=now, close=True).key]
        if deed["do"] == "reverse":
            number = Transaction.objects.values_list("pk", flat=True).get(key=deed["of"])
            return [reverse(key=deed["key"], transaction_id=number, amount_minor=deed["amount"], now=now).key]
        return []

    def choose(self, key: str) -> Deed:
        shop = self.random.randint(1, SHOPS)
        pick = self.random.choice(("top_up", "charge", "batch", "shared", "fee", "hold", "request", "reverse"))
        if pick == "top_up":
            event = AdTopUpCaptured(shop_id=shop, reference="T", psp="w", amount_minor=700)
            return {"key": key, "do": "post", "events": [write_event(key, event)]}
        if pick == "batch":
            events = [write_event(f"{key}/{place}", self.charged()) for place in range(10)]
            return {"key": key, "do": "batch", "events": events}
        if pick == "shared":
            number = self.random.randint(1, SHARED)
            event = ProviderFeeCharged(psp="w", reference=f"shared-{number}", amount_minor=number)
            return {"key": key, "do": "post", "events": [write_event(f"shared/{number}", event)]}
        if pick in ("fee", "request"):
            event = ProviderFeeCharged(psp="w", reference="F", amount_minor=self.random.randint(5, 50))
            return {"key": key, "do": pick, "events": [write_event(key, event)]}
        if pick == "hold":
            return {"key": key, "do": "hold", "shop": shop, "amount": self.random.randint(5, 30)}
        if pick == "reverse" and self.fees:
            return {"key": key, "do": "reverse", "of": self.random.choice(self.fees), "amount": 2}
        return {"key": key, "do": "post", "events": [write_event(key, self.charged())]}

    def charged(self) -> AdClicksCharged:
        shop = self.random.randint(1, SHOPS)
        return AdClicksCharged(shop_id=shop, reference="C", amount_minor=self.random.randint(2, 9), vat_minor=1)

    def resolve(self, key: str, held: Deed) -> Deed:
        if self.random.random() < 0.5:
            return {"key": key, "do": "void", "hold": held["key"]}
        event = AdClicksCharged(shop_id=held["shop"], reference="B", amount_minor=4, vat_minor=1)
        return {"key": key, "do": "win", "hold": held["key"], "events": [write_event(key, event)]}

    def keep_house(self) -> None:
        """What timers do: post what was requested, seal what is there."""
        try:
            if self.random.random() < 0.1:
                post_pending(datetime.now(UTC), 50)
            if self.slot == 0 and self.random.random() < 0.05:
                seal_ledger(now=datetime.now(UTC), wait_seconds=0.2)
        except (OperationalError, InterfaceError) as away:
            self.wait(away)


def fork(folder: Path, seed: int, slot: int, life: int) -> int:
    """Start a writer as a child that shares nothing with its parent but the code."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 0
    try:
        Writer(folder, f"{seed}/{slot}/{life}", slot).run(parent)
    except BaseException as problem:
        note(folder / f"{slot}.failures", {"failure": f"{type(problem).__name__}: {problem}"})
        code = 1
    os._exit(code)


def main() -> None:
    folder, seed, writers, kills = Path(sys.argv[1]), *map(int, sys.argv[2:5])
    chance, killed, parent = random.Random(seed), 0, os.getppid()
    children = {slot: fork(folder, seed, slot, 0) for slot in range(writers)}
    while os.getppid() == parent:
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        if killed < kills:
            slot = chance.randrange(writers)
            os.kill(children[slot], signal.SIGKILL)
            os.waitpid(children[slot], 0)
            killed += 1
            children[slot] = fork(folder, seed, slot, killed)
        if killed == kills:
            (folder / "killed").touch()
        if (folder / "stop").exists():
            break
    for pid in children.values():
        os.waitpid(pid, 0)
    print(json.dumps({"killed": killed}))


if __name__ == "__main__":
    main()
