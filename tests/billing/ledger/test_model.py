"""The books against a simple model of their own: random steps, and after each one everything that must hold.

A share in CI; `JISHI_LONG=1` makes 2,000 sequences, 200 a seed from `JISHI_SEED` on: each seed can be run alone.
"""

import os
import time
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, initialize, multiple, rule, run_state_machine_as_test

from billing.ledger.contracts import Refusal, VerdictKind
from billing.ledger.rules import FloorReached, Posting
from billing.ledger.services import (
    HoldEnded,
    HoldExceeded,
    KeyReused,
    ReversalTooLarge,
    expire_holds,
    hold,
    post,
    post_batch,
    post_hold,
    post_pending,
    request_posting,
    reverse,
    set_floor,
    top_up_hold,
    void_hold,
)
from tests.billing.ledger.comparing import ComparedBooks, made
from tests.billing.ledger.model import (
    Business,
    Effects,
    ModelHold,
    ModelRequest,
    Place,
    amounts,
    businesses,
    charge_of,
    currencies,
    custody_paid,
    delivered,
    list_debits,
    make_business,
    paid_out,
    ref_of,
    released,
    shops,
    top_up,
)
from tests.billing.ledger.snapshot import take_snapshot

LONG = bool(os.environ.get("JISHI_LONG"))
SEQUENCES = int(os.environ.get("JISHI_SEQUENCES", "200" if LONG or os.environ.get("JISHI_FAULT") else "80"))
FIRST_SEED = int(os.environ.get("JISHI_SEED", "1"))
SEEDS = range(FIRST_SEED, FIRST_SEED + (10 if LONG else 1))
STEPS = 20
# A planted fault has to be caught, not to be made small.
PHASES = [Phase.generate] if os.environ.get("JISHI_FAULT") else [Phase.generate, Phase.shrink]
EVERYTHING = {
    *("FloorReached", "HoldEnded", "HoldExceeded", "KeyReused", "ReversalTooLarge"),
    *("holds posted, whole", "holds posted, closed", "holds posted, in part"),
    *("holds topped up", "holds voided", "holds expired", "floors set", "reversals", "partial reversals"),
    *("requests posted", "requests posted later", "requests refused"),
    *("verdict posted", "verdict repeated", "verdict floor", "verdict key_reused"),
}
"""What a run has to come across, for it to prove anything."""


class Books(ComparedBooks):
    """Every step is done to the books and to the model; both must agree on the answer and on what it changed."""

    posted = Bundle("posted")
    holds = Bundle("holds")

    @initialize(wallet=st.integers(0, 6000), sales=st.integers(0, 6000))
    def begin(self, wallet: int, sales: int) -> None:
        """Shops that have something to lose."""
        businesses = []
        for currency, shop in (("CNY", 1), ("CNY", 2), ("USD", 1)):
            businesses += [make_business(top_up, currency, shop, wallet)] if wallet else []
            for make in (delivered, released, custody_paid):
                businesses += [make_business(make, currency, shop, sales)] if sales else []
        postings = [Posting(self.next_key(), business.event) for business in businesses]
        for posting, business in zip(postings, businesses, strict=True):
            assert self.expect(posting.key, business)
        assert all(verdict.kind is VerdictKind.POSTED for verdict in post_batch(requests=postings, now=self.now))

    # Posting, one by one, in batches, and by request.

    @rule(target=posted, business=businesses, back=st.sampled_from([0, 0, 0, 1, 30]))
    def post_one(self, business: Business, back: int):
        key = self.next_key()
        self.asked_at = self.now - timedelta(seconds=back)
        if not self.expect(key, business):
            with self.refused(FloorReached):
                post(key=key, event=business.event, now=self.asked_at)
            return multiple()
        answer = post(key=key, event=business.event, now=self.asked_at)
        assert not answer.repeated
        return (key, answer.transaction_id)

    @rule(
        posts=st.lists(
            st.tuples(businesses, st.sampled_from(["new"] * 5 + ["repeat", "other", "twice"]), st.integers(0, 99)),
            min_size=1,
            max_size=7,
        )
    )
    def post_many(self, posts: list[tuple[Business, str, int]]) -> None:
        postings: list[Posting] = []
        expected: list[tuple[VerdictKind, Refusal | None]] = []
        known = [key for key, business in self.keys.items() if business is not None]
        for business, how, number in posts:
            key, sent = self.next_key(), business
            if how == "twice" and postings:
                key, sent = postings[-1].key, self.keys.get(postings[-1].key) or business
            elif how in ("repeat", "other") and known:
                key = known[number % len(known)]
                sent = self.keys[key] if how == "repeat" else business
            postings.append(Posting(key, sent.event))
            expected.append(self.judge(key, sent))
        verdicts = post_batch(requests=postings, now=self.now)
        assert [verdict.key for verdict in verdicts] == [posting.key for posting in postings]
        assert [(verdict.kind, verdict.refusal) for verdict in verdicts] == expected
        made.update(f"verdict {refusal or kind}" for kind, refusal in expected)
        if not any(kind is VerdictKind.POSTED for kind, _ in expected):
            assert take_snapshot() == self.books

    def judge(self, key: str, sent: Business) -> tuple[VerdictKind, Refusal | None]:
        if key in self.keys:
            first = self.keys[key]
            same = first is not None and first.event == sent.event
            return (VerdictKind.REPEATED, None) if same else (VerdictKind.REFUSED, Refusal.KEY_REUSED)
        return (VerdictKind.POSTED, None) if self.expect(key, sent) else (VerdictKind.REFUSED, Refusal.FLOOR)

    @rule(posts=st.lists(businesses, min_size=1, max_size=4), again=st.booleans())
    def request_many(self, posts: list[Business], again: bool) -> None:
        for business in posts:
            key = self.next_key()
            for _ in range(1 + again):
                request_posting(key=key, event=business.event, now=self.now)
            self.requests.append(ModelRequest(key, business, self.now))
        self.books = take_snapshot()
        other = make_business(paid_out, "CNY", 9, 1)
        with self.refused(KeyReused):
            request_posting(key=key, event=other.event, now=self.now)
        self.post_due()

    def post_due(self) -> None:
        due = [request for request in self.requests if request.is_due(self.now)]
        assert post_pending(self.now) == len(due)
        for request in due:
            if self.expect(request.key, request.business):
                self.requests.remove(request)
                made["requests posted later" if request.attempts else "requests posted"] += 1
            else:
                made["requests refused"] += 1
                request.refuse(self.now)

    @rule(known=posted, business=businesses, reuse=st.booleans())
    def post_again(self, known: tuple[str, int], business: Business, reuse: bool) -> None:
        key, number = known
        first = self.keys[key]
        assert first is not None
        if reuse and business.event != first.event:
            with self.refused(KeyReused):
                post(key=key, event=business.event, now=self.now)
            return
        again = post(key=key, event=first.event, now=self.now)
        assert again.repeated
        assert again.transaction_id == number
        assert take_snapshot() == self.books

    # Reversals.

    @rule(known=posted, part=st.one_of(st.none(), amounts))
    def reverse_some(self, known: tuple[str, int], part: int | None) -> None:
        original, number = known
        left, key = self.left[original], self.next_key()
        whole = max(list_debits(left).values(), default=0)
        wanted = whole if part is None else part
        if not 0 < wanted <= whole:
            with self.refused(ReversalTooLarge):
                reverse(key=key, transaction_id=number, amount_minor=part, now=self.now)
            return
        if not self.model.allows("reversal", {place: -change for place, change in left.items()}):
            if wanted == whole:
                with self.refused(FloorReached):
                    reverse(key=key, transaction_id=number, amount_minor=part, now=self.now)
                return
            if not self.may_take_back(number, key, wanted, left, whole):
                return
        else:
            reverse(key=key, transaction_id=number, amount_minor=part, now=self.now)
        self.take_back(original, key, wanted, whole)
        made["reversals" if wanted == whole else "partial reversals"] += 1
        self.books = take_snapshot()
        again = reverse(key=key, transaction_id=number, amount_minor=part, now=self.now)
        assert again.repeated
        with self.refused(KeyReused):
            reverse(key=key, transaction_id=number, amount_minor=(part or 0) + 1, now=self.now)

    def may_take_back(self, number: int, key: str, wanted: int, left: Effects, whole: int) -> bool:
        """A part of what could not be taken back whole: refused only when about as much is not there."""
        try:
            reverse(key=key, transaction_id=number, amount_minor=wanted, now=self.now)
        except FloorReached:
            assert take_snapshot() == self.books
            most = {
                place: -round(change * wanted / whole) - (2 if change > 0 else -2) for place, change in left.items()
            }
            assert not self.model.allows("reversal", most)
            return False
        return True

    def take_back(self, original: str, key: str, wanted: int, whole: int) -> None:
        """What a reversal did, in proportion to what was left; the pure rules are tested for the last fen of a part."""
        books = take_snapshot()
        accounts, newest = {row["id"]: row for row in books["account"]}, books["transaction"][-1]["id"]
        rows = [row for row in books["entry"] if row["transaction_id"] == newest]
        places = {self.find_row(place, accounts): place for place in self.left[original]}
        done: Effects = {}
        for row in rows:
            sign = 1 if row["side"] == accounts[row["account_id"]]["normal"] else -1
            done[places[row["account_id"]]] = sign * row["amount_minor"]
        for place, change in self.left[original].items():
            assert abs(-done.get(place, 0) - change * wanted / whole) < 2, place
            assert abs(done.get(place, 0)) <= abs(change)
            assert done.get(place, 0) * change <= 0
        if wanted == whole:
            assert done == {place: -change for place, change in self.left[original].items()}
        assert max(list_debits({place: -change for place, change in done.items()}).values()) == wanted
        assert self.model.try_post("reversal", done)
        left = {place: change + done.get(place, 0) for place, change in self.left[original].items()}
        self.left[original] = {place: change for place, change in left.items() if change}
        self.record(key, None, done)

    def find_row(self, place: Place, accounts: dict[int, dict]) -> int:
        ref = ref_of(place)
        return next(
            number
            for number, row in accounts.items()
            if (row["book"], row["currency"], row["code"], row["owner_kind"], row["owner_id"])
            == (ref.book, ref.currency, ref.code, ref.owner.kind, ref.owner.id)
        )

    # Holds.

    @rule(
        target=holds,
        name=st.sampled_from(["wallet", "wallet", "payable"]),
        currency=currencies,
        shop=shops,
        amount=st.integers(1, 600),
        minutes=st.integers(1, 3),
    )
    def take_hold(self, name: str, currency: str, shop: int, amount: int, minutes: int):
        key, place, expires_at = self.next_key(), (currency, name, shop), self.now + timedelta(minutes=minutes)

        def take(amount: int) -> None:
            account = ref_of(place)
            hold(key=key, kind="bid", account=account, amount_minor=amount, expires_at=expires_at, now=self.now)

        if not self.model.allows("bid", {place: -amount}):
            with self.refused(FloorReached):
                take(amount)
            return multiple()
        take(amount)
        self.books = take_snapshot()
        take(amount)
        assert take_snapshot() == self.books
        with self.refused(KeyReused):
            take(amount + 1)
        self.model.held[place] += amount
        self.all_holds.append(ModelHold(key, place, amount, expires_at))
        return self.all_holds[-1]

    @rule(
        held=holds,
        amount=st.integers(1, 200),
        share=st.sampled_from(["some", "some", "all", "too much"]),
        close=st.booleans(),
    )
    def post_held(self, held: ModelHold, amount: int, share: str, close: bool) -> None:
        key, (currency, name, shop) = self.next_key(), held.place
        amount = {"some": min(amount, held.left), "all": held.left, "too much": held.left + amount}[share] or amount
        business = (
            charge_of(currency, shop, amount) if name == "wallet" else make_business(paid_out, *held.place[::2], amount)
        )
        effects = business.effects(self.model)

        def spend(event=business.event):
            return post_hold(hold_key=held.key, key=key, event=event, now=self.now, close=close)

        if held.state != "open" or held.expires_at <= self.now:
            with self.refused(HoldEnded):
                spend()
            return
        if amount > held.left:
            with self.refused(HoldExceeded):
                spend()
            return
        gone = held.left if close else amount
        self.model.held[held.place] -= gone
        if not self.model.try_post(business.event.kind, effects):
            self.model.held[held.place] += gone
            with self.refused(FloorReached):
                spend()
            return
        spend()
        made["holds posted, " + ("whole" if amount == held.left else "closed" if close else "in part")] += 1
        self.record(key, business, effects)
        held.posted += amount
        if held.left == 0 or close:
            held.state = "closed"
        self.books = take_snapshot()
        assert spend().repeated
        assert take_snapshot() == self.books
        with self.refused(KeyReused):
            spend(charge_of(currency, shop, amount + 1).event)

    @rule(held=holds, amount=amounts)
    def raise_hold(self, held: ModelHold, amount: int) -> None:
        key = self.next_key()

        def top_up(amount: int) -> None:
            top_up_hold(hold_key=held.key, key=key, amount_minor=amount, now=self.now)

        if held.state != "open" or held.expires_at <= self.now:
            with self.refused(HoldEnded):
                top_up(amount)
        elif not self.model.allows("bid", {held.place: -amount}):
            with self.refused(FloorReached):
                top_up(amount)
        else:
            top_up(amount)
            self.model.held[held.place] += amount
            held.amount += amount
            made["holds topped up"] += 1
            self.books = take_snapshot()
            top_up(amount)
            assert take_snapshot() == self.books
            with self.refused(KeyReused):
                top_up(amount + 1)

    @rule(held=consumes(holds))
    def void(self, held: ModelHold) -> None:
        if held.state == "closed":
            with self.refused(HoldEnded):
                void_hold(key=held.key, now=self.now)
            return
        if held.state == "open":
            held.end("voided", self.model)
            made["holds voided"] += 1
        for _ in range(2):
            assert void_hold(key=held.key, now=self.now).remaining_minor == 0

    # Floors and time.

    @rule(name=st.sampled_from(["wallet", "owed"]), currency=currencies, shop=shops, limit=st.integers(-3000, 500))
    def set_a_floor(self, name: str, currency: str, shop: int, limit: int) -> None:
        place = (currency, name, shop)
        if self.model.available(place) < limit:
            with self.refused(FloorReached):
                set_floor(account=ref_of(place), limit_minor=limit, actor_id=1, now=self.now)
            return
        set_floor(account=ref_of(place), limit_minor=limit, actor_id=1, now=self.now)
        self.model.floors[place] = limit
        made["floors set"] += 1

    @rule(minutes=st.integers(1, 4))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.asked_at = self.now
        due = [held for held in self.all_holds if held.state == "open" and held.expires_at <= self.now]
        assert expire_holds(self.now) == len(due)
        for held in due:
            held.end("expired", self.model)
            made["holds expired"] += 1
        self.post_due()


@pytest.mark.django_db
@pytest.mark.timeout(1800 if LONG else 900)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_agree_with_a_simple_model_after_every_step(seed: int) -> None:
    began, before = time.monotonic(), Counter(made)
    run_state_machine_as_test(
        seeded(seed)(Books),
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=PHASES,
        ),
    )
    made_now = made - before
    print(f"seed {seed}: {dict(made_now)}, {time.monotonic() - began:.0f} s", flush=True)
    assert made_now["sequences"] >= SEQUENCES


if LONG:  # a share does not come across everything

    def test_the_sequences_came_across_everything() -> None:
        print(f"{len(SEEDS)} seeds: {dict(made)}")
        assert made.keys() >= EVERYTHING, EVERYTHING - made.keys()
