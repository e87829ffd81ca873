"""A month played day by day against the real books and the real settlement, beside plain books of its own."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction

from billing.ledger.contracts import AccountRef, Code, Leg, Owner, Side
from billing.ledger.models import Account
from billing.ledger.rules import (
    DebtMoved,
    DebtNetted,
    PayoutAsked,
    PayoutConfirmed,
    PointsEarned,
    Posting,
    PostingEvent,
    ProviderSettled,
    account_of,
    settle_legs,
)
from billing.ledger.selectors import find_transaction
from billing.ledger.services import post, post_batch, post_pending, reverse
from billing.settlement.contracts.reconciling import FindingState, FindingView, LineKind
from billing.settlement.selectors.reconciling import list_findings
from billing.settlement.services import close_day, explain_finding, prove_night, suspend_finding
from billing.settlement.services.reconciling_files import receive_statement
from tests.billing.ledger.books import PlainBooks
from tests.billing.settlement.month.drawing import (
    BANK,
    DAYS,
    FILES,
    FIRST,
    FLOW_FILE,
    SHANGHAI,
    SHOPS,
    STRIPE_FILE,
    Deed,
    File,
    Line,
)
from tests.billing.settlement.month.files import write_file
from tests.billing.settlement.month.planting import Told
from tests.billing.settlement.reconciling.bills import MERCHANT

STAFF = 7
_NIGHT, _MORNING, _EVENING = time(0, 10), time(10, 30), time(18)


@dataclass
class Player:
    """The people and clocks of a month."""

    told: Told
    random: Random
    books: PlainBooks = field(default_factory=PlainBooks)
    asked: dict[str, PayoutAsked] = field(default_factory=dict)
    failed: int = 0
    settled_until: dict[str, datetime] = field(default_factory=dict)

    def play(self) -> None:
        """From the first day to the last: nights, bills, sales, settlements, payouts."""
        self._post([Deed(FIRST, "points", PointsEarned(reference="before", amount_minor=100_000_000))])
        for number in range(DAYS):
            day = (FIRST + timedelta(days=number)).date()
            self._spend(number, day)

    def _spend(self, number: int, day: date) -> None:
        self._end_day(_at(day, _NIGHT))
        morning, evening = _at(day, _MORNING), _at(day, _EVENING)
        self._post_between(_at(day, time(0)), morning)
        for file in FILES if number else ():
            self._compare(file, day - timedelta(days=1), morning)
        self._post_between(morning, evening)
        if number % 7 == 6:
            self._ask_payouts(day)
        if number % 7 == 1:
            self._answer_payouts(day)
        for psp, file in (("stripe", STRIPE_FILE), ("wechatpay", FLOW_FILE)):
            self._settle(psp, file, evening)
        self._post_between(evening, _at(day + timedelta(days=1), time(0)))

    # ---- The books ----------------------------------------------------------------------------

    def _post_between(self, since: datetime, until: datetime) -> None:
        due = [deed for deed in self.told.deeds if since <= deed.at < until]
        self._post(sorted(due, key=lambda deed: deed.at))

    def _post(self, deeds: list[Deed]) -> None:
        """One transaction an instant, as the poster would have been there at once."""
        for deed in deeds:
            self.books.post(deed.event)
        groups: dict[datetime, list[Posting]] = {}
        for deed in deeds:
            groups.setdefault(deed.at, []).append(Posting(deed.key, deed.event))
        for at, postings in groups.items():
            with transaction.atomic():
                verdicts = post_batch(requests=postings, now=at)
            assert all(verdict.transaction_id for verdict in verdicts), verdicts

    def _end_day(self, now: datetime) -> None:
        assert close_day(now=now) and prove_night(now=now)
        for shop_id in SHOPS:
            payable = self.books.balance(Code.PAYABLE, Owner.of_shop(shop_id))
            owed = self.books.balance(Code.MERCHANT_RECEIVABLE, Owner.of_shop(shop_id))
            about = {"shop_id": shop_id, "reference": "own"}
            if payable < 0:
                self.books.post(DebtMoved(**about, amount_minor=-payable))
            elif payable and owed:
                self.books.post(DebtNetted(**about, amount_minor=min(payable, owed)))

    def _ask_payouts(self, day: date) -> None:
        now = _at(day, time(17))
        for shop_id in SHOPS:
            free = self.books.balance(Code.PAYABLE, Owner.of_shop(shop_id))
            if free <= 0:
                continue
            event = PayoutAsked(shop_id=shop_id, reference=f"OUT-{shop_id}-{day}", amount_minor=free)
            self.books.post(event)
            self.asked[event.reference] = event
            with transaction.atomic():
                post(key=f"payout-asked:{event.reference}", event=event, now=now)

    def _answer_payouts(self, day: date) -> None:
        """The bank pays most; of one that it does not pay the shop has the money back."""
        now = _at(day, time(17))
        for reference, asked in self.asked.items():
            if self.random.random() < 0.25:
                self.failed += 1
                original = find_transaction(f"payout-asked:{reference}")
                assert original is not None
                with transaction.atomic():
                    reverse(key=f"payout-failed:{reference}", transaction_id=original.transaction_id, now=now)
                self._mirror(asked)
            else:
                confirmed = PayoutConfirmed(
                    shop_id=asked.shop_id, reference=reference, bank_account=BANK, amount_minor=asked.amount_minor
                )
                self._post([Deed(now, f"payout-confirmed:{reference}", confirmed)])
        self.asked.clear()

    def _mirror(self, event: PostingEvent) -> None:
        legs = tuple(Leg(leg.account, leg.side.other, leg.amount_minor) for leg in event.legs())
        settle_legs("reversal", legs, self.books.states)

    def _settle(self, psp: str, file: File, now: datetime) -> None:
        """The provider pays out what it has for us, as it sees it; or takes what we owe it."""
        since = self.settled_until.get(psp, FIRST - timedelta(days=1))
        amount = sum(line.net for line in self.told.moved if line.file == file and since <= line.at < now)
        self.settled_until[psp] = now
        if amount:
            number = f"{psp}-{now:%m%d}"
            settled = ProviderSettled(psp=psp, reference=number, bank_account=BANK, amount_minor=amount)
            self._post([Deed(now, f"settled:{number}", settled)])
            self.told.files.append(Line(file, now, LineKind.SETTLEMENT, f"po_{number}", "", -amount))

    # ---- The providers' files -----------------------------------------------------------------

    def _compare(self, file: File, day: date, now: datetime) -> None:
        psp, kind = file
        receive_statement(
            psp=psp,
            kind=kind,
            day=day,
            content=write_file(file, day, self.told.files),
            now=now,
            merchant=MERCHANT,
        )

    def work_off(self, now: datetime) -> dict[str, int]:
        """Staff decide on every open finding. Returns what went into suspense, by provider."""
        suspended: Counter[str] = Counter()
        for finding in find_all():
            if finding.state is not FindingState.OPEN:
                continue
            if finding.may_be_suspended:
                suspend_finding(finding_id=finding.finding_id, reason="asked the provider", actor_id=STAFF, now=now)
                suspended[finding.psp] += finding.difference_minor
            else:
                explain_finding(finding_id=finding.finding_id, reason="the provider's slip", actor_id=STAFF, now=now)
        while post_pending(now + timedelta(seconds=1)):
            pass
        return dict(suspended)


def find_all() -> list[FindingView]:
    """Every finding."""
    found: list[FindingView] = []
    while part := list_findings(after_id=found[-1].finding_id if found else None):
        found += part
    return found


def read_balances() -> dict[AccountRef, int]:
    """Every account of the real books that is not at zero, in its normal direction."""
    found = {}
    for row in Account.objects.all():
        debited = row.posted_debits_minor - row.posted_credits_minor
        balance = debited if row.normal == Side.DEBIT else -debited
        if balance:
            found[AccountRef.of_row(row.book, row.currency, row.code, row.owner_kind, row.owner_id)] = balance
    return found


def plain_balances(books: PlainBooks, suspended: dict[str, int]) -> dict[AccountRef, int]:
    """The same of the plain books, with what staff moved into suspense."""
    balances = Counter({ref: state.balance_minor for ref, state in books.states.items()})
    for psp, amount in suspended.items():
        balances[account_of(Code.PSP_RECEIVABLE, Owner.of_psp(psp))] += amount
        balances[account_of(Code.SUSPENSE, Owner.of_psp(psp))] += amount * _sign(Code.SUSPENSE)
    return {ref: balance for ref, balance in balances.items() if balance}


def _sign(code: Code) -> int:
    """Suspense is credited when the provider has more for us."""
    from_credit = account_of(code, Owner.of_psp("x"))
    return 1 if PlainBooks().state(from_credit).normal == "C" else -1


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)
