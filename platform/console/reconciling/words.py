"""What statements, lines and differences are called, and why a file was refused, in whole sentences."""

from collections.abc import Mapping

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from billing.ledger.rules import SuspenseExit
from billing.settlement.contracts.reconciling import (
    RESOLVED,
    ROUNDED,
    FindingKind,
    FindingState,
    FindingView,
    LineKind,
    StatementKind,
    StatementState,
)
from console.words import Words
from market.money import format_minor

PROVIDERS: Words = {"wechatpay": _("WeChat Pay"), "stripe": "Stripe"}
STATEMENTS: Words = {
    StatementKind.TRADE: _("Trade bill"),
    StatementKind.FUNDFLOW: _("Fund-flow bill"),
    StatementKind.BALANCE: _("Balance transactions"),
}
STATEMENT_STATES: Words = {
    StatementState.RECEIVED: _("File received"),
    StatementState.LOADING: _("Being loaded"),
    StatementState.LOADED: _("Compared"),
    StatementState.SUPERSEDED: _("Replaced by another file"),
    StatementState.REFUSED: _("Refused"),
}
FINDING_KINDS: Words = {
    FindingKind.MISSING: _("Missing there"),
    FindingKind.EXTRA: _("Unknown to us"),
    FindingKind.AMOUNT: _("Another amount"),
    FindingKind.CURRENCY: _("Another currency"),
    FindingKind.DUPLICATE: _("Listed twice"),
}
KIND_SENTENCES: Words = {
    FindingKind.MISSING: _("Our books have it, the provider's file does not. A later file may still bring it."),
    FindingKind.EXTRA: _("The provider's file has it, our books do not."),
    FindingKind.AMOUNT: _("Both sides know it, with different amounts or fees."),
    FindingKind.CURRENCY: _("Both sides know it, in different currencies."),
    FindingKind.DUPLICATE: _("The provider lists it again: perhaps money moved twice."),
}
FINDING_STATES: Words = {
    FindingState.OPEN: pgettext_lazy("difference", "Open"),
    FindingState.SUSPENDED: _("In suspense"),
    FindingState.EXPLAINED: _("Explained"),
    FindingState.CLEARED: pgettext_lazy("difference", "Cleared"),
}
STATE_TONES: Mapping[str, str] = {
    FindingState.OPEN: "bad",
    FindingState.SUSPENDED: "warn",
    FindingState.EXPLAINED: "good",
    FindingState.CLEARED: "good",
    StatementState.RECEIVED: "warn",
    StatementState.LOADING: "choice",
    StatementState.REFUSED: "bad",
    StatementState.LOADED: "good",
}
LINE_KINDS: Words = {
    LineKind.PAYMENT: _("Payment"),
    LineKind.REFUND: _("Refund"),
    LineKind.FEE: _("Provider's fee"),
    LineKind.SPLIT: _("Commission split off"),
    LineKind.WITHDRAWAL: _("Withdrawal"),
    LineKind.SETTLEMENT: _("Paid into our bank"),
    LineKind.CHARGEBACK: _("Chargeback"),
    LineKind.ADJUSTMENT: _("Adjustment"),
}
EXITS: Words = {
    SuspenseExit.REVERSAL: _("Its own posting is in the books now, or the provider took it back"),
    SuspenseExit.ROUNDING: _("Rounding (5070)"),
    SuspenseExit.PSP_FEE: _("A fee of the provider (5010)"),
}
REFUSALS: Mapping[str, object] = {
    "after_totals": _("There is something after the totals at the end."),
    "bad_amount": _("“%(value)s” is not an amount."),
    "bad_number": _("“%(value)s” is not a number of ours or of the provider."),
    "bad_time": _("“%(value)s” is not a time such as 2026-11-21 09:30:00."),
    "broken_archive": _("The packed file is broken. Download it again."),
    "doubled_column": _("A column stands there twice."),
    "empty": _("The file is empty."),
    "foreign_merchant": _("The file is of another merchant number: %(value)s."),
    "line_too_long": _("A line is longer than any real one."),
    "missing_column": _("This column is missing. Perhaps it is another kind of statement."),
    "too_large": _("The file is larger than we read."),
    "too_many_lines": _("The file has more lines than we read: at most %(most)s."),
    "truncated": _("The file is cut off: its end is missing. Download it again."),
    "unknown_currency": _("“%(value)s” is not a currency that is traded here."),
    "unknown_state": _("“%(value)s” is a state we do not know."),
    "wrong_cells": _("The line has %(found)s cells, the head has %(expected)s. Perhaps the file is cut off."),
    "wrong_day": _("The line is of %(value)s, not of %(day)s. Choose the file's own day."),
    "wrong_encoding": _("This is not UTF-8 text. Upload the file as it was downloaded, not saved by a spreadsheet."),
    "wrong_hash": _("The file is not what the provider says it sent. It is fetched again."),
    "wrong_net": _("Net is not gross less fee."),
    "wrong_totals": _("The total says %(stated)s, the lines come to %(counted)s."),
}


def say_reason(finding: FindingView) -> str:
    """Why a difference is decided: a person's words, or what a rule says."""
    word, _sign, day = finding.reason.partition(" ")
    if finding.decided_by is None and word == RESOLVED:
        return gettext("Found by the comparison with the file of %(day)s.") % {"day": day}
    if finding.decided_by is None and word == ROUNDED:
        return gettext("Within the tolerance of one fen: rounded.")
    return finding.reason


def explain_refusal(code: str, row: int, column: str, params: Mapping[str, str | int]) -> str:
    """Where and why a file was refused: the place, then a sentence."""
    shown: dict[str, object] = dict(params)
    if params.get("money"):
        shown |= {name: format_minor(int(params[name])) for name in ("stated", "counted")}
    known = REFUSALS.get(code)
    sentence = str(known) % shown if known is not None else gettext("The file cannot be read.")
    if row and column:
        place = gettext("Row %(row)s, column %(column)s:") % {"row": row, "column": column}
    elif row:
        place = gettext("Row %(row)s:") % {"row": row}
    else:
        return sentence
    return f"{place} {sentence}"
