"""A payout as its shop sees it: words, the way step by step, what it did in the books."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from billing.ledger.contracts import TransactionView
from billing.ledger.selectors import list_transactions
from billing.settlement.contracts.payouts import ChannelName, PayoutState, PayoutView
from billing.settlement.rules.guard import Doubt, Finding, GuardVerdict
from billing.settlement.words import name_kind
from web.shapes import Step

_BOOKS = frozenset(
    {
        Doubt.BOOKS_UNSOUND,
        Doubt.BOOKS_UNPROVEN,
        Doubt.PAYABLE_DIFFERS,
        Doubt.ESCROW_DIFFERS,
        Doubt.TRANSIT_DIFFERS,
        Doubt.FINDINGS_OPEN,
    }
)
_TONES = {
    PayoutState.ASKED: "warn",
    PayoutState.APPROVED: "warn",
    PayoutState.SENT: "choice",
    PayoutState.CONFIRMED: "good",
    PayoutState.FAILED: "bad",
    PayoutState.CANCELLED: "",
}


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout with its words."""

    payout: PayoutView
    state: str
    tone: str
    to: str
    ending: str


@dataclass(frozen=True, slots=True)
class BookLine:
    """What a payout did in the shop's books, with where to read it."""

    transaction_id: int
    name: str
    at: datetime
    amount_minor: int


def describe(payout: PayoutView) -> PayoutRow:
    """A payout in words."""
    ending = f"····{payout.last_four}" if payout.last_four else ""
    return PayoutRow(payout, name_state(payout.state), _TONES[payout.state], name_destination(payout), ending)


def name_state(state: PayoutState) -> str:
    """What the shop calls a state."""
    return {
        PayoutState.ASKED: pgettext("payout", "Being checked"),
        PayoutState.APPROVED: pgettext("payout", "Approved"),
        PayoutState.SENT: pgettext("payout", "At the bank"),
        PayoutState.CONFIRMED: pgettext("payout", "Arrived"),
        PayoutState.FAILED: pgettext("payout", "Failed"),
        PayoutState.CANCELLED: pgettext("payout", "Called off"),
    }[state]


def name_destination(payout: PayoutView) -> str:
    """Where it goes."""
    if payout.channel is ChannelName.BANK:
        return payout.bank
    return gettext("The bank you named to WeChat Pay")


def list_steps(payout: PayoutView) -> list[Step]:
    """The way of a payout, as far as it has come."""
    words = [
        (pgettext("payout", "Asked for"), payout.asked_at),
        (gettext("Approved by two people"), payout.approved_at),
        (gettext("Handed to the bank"), payout.sent_at),
        (gettext("Arrived in your account"), None if payout.returned_at else payout.confirmed_at),
    ]
    if payout.state in (PayoutState.FAILED, PayoutState.CANCELLED):
        done = [Step(label, "done", at) for label, at in words if at is not None]
        end = gettext("Came back") if payout.state is PayoutState.FAILED else gettext("Called off")
        return [*done, Step(end, "now", payout.ended_at)]
    first_open = next((place for place, (_, at) in enumerate(words) if at is None), len(words))
    return [
        Step(label, "done" if at else "now" if place == first_open else "next", at)
        for place, (label, at) in enumerate(words)
    ]


def list_book_lines(payout: PayoutView) -> list[BookLine]:
    """Every posting of a payout, oldest first; none for a withdrawal at the provider."""
    if not payout.in_books:
        return []
    postings = list(reversed(list_transactions(subject=payout.number)))
    kinds = {posting.transaction_id: posting.kind for posting in postings}
    return [
        BookLine(posting.transaction_id, name_kind(_kind_of(posting, kinds)), posting.created_at, payout.amount_minor)
        for posting in postings
    ]


def say_why_not(verdict: GuardVerdict) -> list[str]:
    """The guard's doubts in words for the shop: what it can do about them, or that it has to wait."""
    sentences = [_say(finding) for finding in verdict.findings]
    return list(dict.fromkeys(sentences))


def _say(finding: Finding) -> str:
    if finding.doubt in _BOOKS:
        return gettext("We are comparing your figures once more. Try again in some minutes; staff see it too.")
    if finding.doubt is Doubt.ACCOUNT_NEW and finding.until is not None:
        until = date_format(localtime(finding.until), "Y-m-d H:i")
        return gettext("The bank account is new: for safety nothing is paid to it before %(until)s.") % {"until": until}
    return {
        Doubt.PROVIDER_SILENT: gettext("WeChat Pay does not answer at the moment. Try again in some minutes."),
        Doubt.PROVIDER_DIFFERS: gettext(
            "What WeChat Pay says you have there is not what we expect. Try again in some minutes; staff see it too."
        ),
        Doubt.PROVIDER_SHORT: gettext("You have less than that free at WeChat Pay."),
        Doubt.ACCOUNT_MISSING: gettext("Say first where you want to be paid to."),
        Doubt.ACCOUNT_CHANGED: gettext("The bank account was changed. Ask again for the new one."),
        Doubt.SHOP_NOT_OPEN: gettext("The shop is not open, so nothing is paid out. Write to us."),
        Doubt.PAYABLE_NEGATIVE: gettext("Your balance is negative: refunds were higher than sales."),
        Doubt.SHOP_OWES: gettext("You owe the platform from earlier refunds. Your next sales pay that first."),
        Doubt.DISPUTE_OPEN: gettext("A buyer's bank disputes a payment. Nothing is paid out until that is decided."),
    }.get(finding.doubt, gettext("Nothing can be paid out at the moment. Write to us."))


def _kind_of(posting: TransactionView, kinds: dict[int, str]) -> str:
    return posting.kind if posting.reverses_id is None else f"reversal:{kinds.get(posting.reverses_id, '')}"
