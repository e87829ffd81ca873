"""The way of a payout, who may let it pass, and what a bank account has to look like. Pure."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from billing.settlement.contracts.payouts import AccountKind, BankAccountDraft, ChannelName, PayoutState

LEAST_PAYOUT_MINOR = 100
MOST_PAYOUT_MINOR = 5_000_000_000  # one transfer of 50 million yuan; more goes in parts
APPROVALS_NEEDED = 2
FREEZE = timedelta(hours=24)
RETURNS_WITHIN = timedelta(days=14)  # a bank sends back within 7 working days; holidays come in between
RETURNS_ASKED_EVERY = timedelta(days=1)

_MOVES: Mapping[PayoutState, frozenset[PayoutState]] = MappingProxyType(
    {
        PayoutState.ASKED: frozenset({PayoutState.APPROVED, PayoutState.CANCELLED}),
        PayoutState.APPROVED: frozenset({PayoutState.SENT, PayoutState.CANCELLED}),
        PayoutState.SENT: frozenset({PayoutState.CONFIRMED, PayoutState.FAILED}),
        PayoutState.CONFIRMED: frozenset({PayoutState.FAILED}),  # only when the bank returns it
        PayoutState.FAILED: frozenset(),
        PayoutState.CANCELLED: frozenset(),
    }
)
_SHORTEST_PAUSE_SECONDS = 5
_LONGEST_PAUSE_SECONDS = 3_600
_CNAPS = re.compile(r"[0-9]{12}")
_CARD = re.compile(r"[0-9]{12,19}")
_COMPANY = re.compile(r"[0-9]{6,32}")


class AccountProblem(StrEnum):
    """What is wrong with a bank account; the value names its field."""

    HOLDER = "holder"
    BANK = "bank"
    BRANCH = "branch"
    CNAPS = "cnaps"
    CARD_NUMBER = "card_number"
    COMPANY_NUMBER = "company_number"


def can_move(now: PayoutState, to: PayoutState) -> bool:
    """Whether a payout may go from one state to another."""
    return to in _MOVES[now]


def is_approved(asked_by: int, approved_by: Iterable[int]) -> bool:
    """Two different people, none of them the asker; one person counts once."""
    return len(set(approved_by) - {asked_by}) >= APPROVALS_NEEDED


def is_amount(amount_minor: int) -> bool:
    """Whether a single payout may be of this size."""
    return LEAST_PAYOUT_MINOR <= amount_minor <= MOST_PAYOUT_MINOR


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 s, doubling to an hour."""
    seconds = _SHORTEST_PAUSE_SECONDS * 2 ** min(attempts, 20)
    return timedelta(seconds=min(seconds, _LONGEST_PAUSE_SECONDS))


def hash_request(channel: ChannelName, amount_minor: int | None, currency: str, retry_of: str = "") -> str:
    """What tells a repeat of asking from another payout under the same key. `None` is all there is."""
    text = json.dumps([channel.value, amount_minor, currency, retry_of])
    return hashlib.sha256(text.encode()).hexdigest()


def passes_luhn(number: str) -> bool:
    """ISO/IEC 7812-1 annex B: the last digit of a card checks the others."""
    digits = [int(sign) for sign in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def clean_account(draft: BankAccountDraft) -> BankAccountDraft:
    """The same without spaces that a number is typed with, and with single spaces elsewhere."""
    return replace(
        draft,
        holder=_one_line(draft.holder),
        bank=_one_line(draft.bank),
        branch=_one_line(draft.branch),
        cnaps=_digits(draft.cnaps),
        number=_digits(draft.number),
    )


def find_account_problems(draft: BankAccountDraft) -> list[AccountProblem]:
    """What is wrong with a cleaned account. A company's account needs its branch's CNAPS code, a card does not."""
    company = draft.kind is AccountKind.COMPANY
    checks = (
        (AccountProblem.HOLDER, 2 <= len(draft.holder) <= 60),
        (AccountProblem.BANK, 2 <= len(draft.bank) <= 60),
        (AccountProblem.BRANCH, len(draft.branch) <= 80 and (bool(draft.branch) or not company)),
        (AccountProblem.CNAPS, bool(_CNAPS.fullmatch(draft.cnaps)) or (not company and not draft.cnaps)),
    )
    problems = [problem for problem, right in checks if not right]
    if company and not _COMPANY.fullmatch(draft.number):
        problems.append(AccountProblem.COMPANY_NUMBER)
    if not company and not (_CARD.fullmatch(draft.number) and passes_luhn(draft.number)):
        problems.append(AccountProblem.CARD_NUMBER)
    return problems


def _one_line(text: str) -> str:
    kept = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return " ".join(kept.split())


def _digits(text: str) -> str:
    """Full-width digits are digits; spaces and hyphens between groups go."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
