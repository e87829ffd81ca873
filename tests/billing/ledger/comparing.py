"""What every step of the model test has in common: the model, what it expects, and what has to hold afterwards."""

import random
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from billing.ledger.selectors import balance_at, get_balance, prove_ledger, trial_balance
from tests.billing.ledger.model import Business, Effects, Model, ModelHold, ModelRequest, Place, ref_of
from tests.billing.ledger.snapshot import Snapshot, find_faults, take_snapshot

made: Counter[str] = Counter()
"""What a run came across."""


class ComparedBooks(RuleBasedStateMachine):
    """The books beside the model; the rules are another class's."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)
        self.asked_at = self.now
        self.model = Model()
        self.count = 0
        self.keys: dict[str, Business | None] = {}  # what is in the books, and of what; None: a reversal
        self.kinds: dict[str, str] = {}
        self.left: dict[str, Effects] = {}
        self.requests: list[ModelRequest] = []
        self.all_holds: list[ModelHold] = []
        self.history: dict[Place, list[tuple[datetime, int]]] = defaultdict(list)
        self.outer = transaction.atomic()
        self.outer._from_testcase = True  # durable blocks may run inside, as in Django's own test cases
        self.outer.__enter__()
        self.books: Snapshot = take_snapshot()
        self.seen = 0
        made["sequences"] += 1

    def teardown(self) -> None:
        try:
            proof = prove_ledger()
            assert proof.sound, proof
            past = [(place, moment) for place, entries in self.history.items() for moment, _ in entries]
            for place, moment in random.Random(self.count).sample(past, min(12, len(past))):
                assert self.find_past(place, moment) == self.expect_past(place, moment), (place, moment)
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def next_key(self) -> str:
        self.count += 1
        self.now += timedelta(seconds=1)
        self.asked_at = self.now
        return f"k{self.count}"

    def expect(self, key: str, business: Business) -> bool:
        effects = business.effects(self.model)
        accepted = self.model.try_post(business.event.kind, effects)
        if accepted:
            self.record(key, business, effects)
        return accepted

    def record(self, key: str, business: Business | None, effects: Effects) -> None:
        assert key not in self.keys
        self.keys[key] = business
        self.kinds[key] = business.event.kind if business else "reversal"
        self.left[key] = dict(effects)
        made["postings"] += 1

    @contextmanager
    def refused(self, *errors: type[Exception]):
        """What happens here is refused, and changes nothing at all."""
        with pytest.raises(errors):
            yield
        assert take_snapshot() == self.books
        made[errors[0].__name__] += 1

    @invariant()
    def the_books_are_sound_and_as_the_model_says(self) -> None:
        self.books = take_snapshot()
        assert find_faults(self.books) == []
        assert {row["key"]: row["kind"] for row in self.books["transaction"]} == self.kinds
        holds = {row["key"]: (row["amount_minor"], row["posted_minor"], row["state"]) for row in self.books["hold"]}
        assert holds == {held.key: (held.amount, held.posted, held.state) for held in self.all_holds}
        waiting = {row["key"]: row["attempts"] for row in self.books["postingrequest"] if row["transaction_id"] is None}
        assert waiting == {request.key: request.attempts for request in self.requests}
        self.compare_accounts()
        self.keep_history()
        made["steps"] += 1

    def compare_accounts(self) -> None:
        found: dict[tuple[str, ...], tuple[int, int]] = {}
        for row in self.books["account"]:
            balance = row["posted_credits_minor"] - row["posted_debits_minor"]
            held = row["pending_debits_minor"] + row["pending_credits_minor"]
            place = (row["book"], row["currency"], row["code"], row["owner_id"])
            found[place] = (balance if row["normal"] == "C" else -balance, held)
        expected: dict[tuple[str, ...], tuple[int, int]] = {}
        for place in {*self.model.balances, *self.model.held, *self.model.floors}:
            ref = ref_of(place)
            expected[ref.book, ref.currency, ref.code, ref.owner.id] = (
                self.model.balances[place],
                self.model.held[place],
            )
            floor = self.model.floors.get(place)
            assert floor is None or self.model.available(place) >= floor
        touched = {place: totals for place, totals in expected.items() if place in found or totals != (0, 0)}
        assert found == touched

    def keep_history(self) -> None:
        new, self.seen = self.books["transaction"][self.seen :], len(self.books["transaction"])
        assert all(row["created_at"] >= self.asked_at for row in new)
        for place in self.model.balances:
            entries = self.history[place]
            if (entries[-1][1] if entries else 0) != self.model.balances[place]:
                assert not entries or entries[-1][0] <= new[-1]["created_at"]
                entries.append((new[-1]["created_at"], self.model.balances[place]))

    @invariant()
    def the_past_is_as_it_was(self) -> None:
        chance = random.Random(self.count)
        places = [place for place, entries in self.history.items() if entries]
        if not places:
            return
        place = chance.choice(places)
        moment = chance.choice(self.history[place])[0] - timedelta(microseconds=chance.randint(0, 1))
        assert self.find_past(place, moment) == self.expect_past(place, moment)
        ref = ref_of(place)
        now = get_balance(code=ref.code, owner=ref.owner, currency=ref.currency)
        assert (now.posted_minor, now.held_minor) == (self.model.balances[place], self.model.held[place])
        expected: Counter[tuple[str, str, str]] = Counter()
        for other in places:
            other_ref = ref_of(other)
            expected[other_ref.book, other_ref.currency, other_ref.code] += self.expect_past(other, moment)
        then = trial_balance(at=moment)
        assert then.balanced
        found = {(line.book, line.currency, line.code): line.balance_minor for line in then.lines}
        assert {key: amount for key, amount in expected.items() if amount} == {
            key: amount for key, amount in found.items() if amount
        }

    def find_past(self, place: Place, moment: datetime) -> int:
        ref = ref_of(place)
        return balance_at(code=ref.code, owner=ref.owner, currency=ref.currency, at=moment)

    def expect_past(self, place: Place, moment: datetime) -> int:
        return next((balance for at, balance in reversed(self.history[place]) if at <= moment), 0)
