"""What the guard doubts and what is wrong with a bank's file, in sentences for staff."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.settlement.contracts.payouts import FileProblem
from billing.settlement.rules.bank_file import MOST_ROWS
from billing.settlement.rules.guard import Doubt, Finding
from market.money import format_minor

_DOUBTS: Mapping[Doubt, str | Promise] = {
    Doubt.BOOKS_UNSOUND: _("The last proof of the whole ledger found something that does not hold."),
    Doubt.BOOKS_UNPROVEN: _("The ledger was not proven in the last 36 hours."),
    Doubt.PAYABLE_DIFFERS: _("2020: the books say released sales brought %(found)s, the releases say %(expected)s."),
    Doubt.ESCROW_DIFFERS: _("2010: the books hold %(found)s for orders, the open orders are worth %(expected)s."),
    Doubt.TRANSIT_DIFFERS: _("2030: the books have %(found)s on its way, the payouts say %(expected)s."),
    Doubt.FINDINGS_OPEN: _("Differences with a provider about this shop are not decided: %(count)s."),
    Doubt.PROVIDER_SILENT: _("The provider could not be asked for the shop's balance."),
    Doubt.PROVIDER_DIFFERS: _("The provider says the shop has %(found)s there, the books say %(expected)s."),
    Doubt.PROVIDER_SHORT: _("The shop has %(found)s free at the provider, less than %(expected)s."),
    Doubt.ACCOUNT_MISSING: _("The shop has named no bank account."),
    Doubt.ACCOUNT_NEW: _("The bank account was set less than 24 hours ago."),
    Doubt.ACCOUNT_CHANGED: _("The shop's bank account was changed after this was asked for."),
    Doubt.SHOP_NOT_OPEN: _("The shop is not open."),
    Doubt.PAYABLE_NEGATIVE: _("2020 of the shop is negative: %(found)s."),
    Doubt.SHOP_OWES: _("1040: the shop owes us %(found)s."),
    Doubt.DISPUTE_OPEN: _("2110: %(found)s is kept for open disputes."),
}
_PROBLEMS: Mapping[str, str | Promise] = {
    "too_large": _("The file is larger than any answer of the bank."),
    "unreadable": _("This is no CSV file."),
    "empty": _("There is no answer in it."),
    "column_missing": _("The column is missing."),
    "missing": _("The cell is empty."),
    "not_a_currency": _("Only CNY is paid by file."),
    "not_an_amount": _("This is no amount."),
    "not_a_result": _("The result is SUCCESS or FAILED."),
    "too_long": _("The cell is too long."),
    "another_batch": _("It belongs to another file than the first row."),
    "twice": _("It stands in the file twice."),
    "not_in_batch": _("There is no such payout in the file that this answers."),
    "another_amount": _("The amount is not the payout's."),
    "reference_taken": _("This bank reference belongs to another payout."),
    "answered_otherwise": _("Another answer was recorded for this payout before."),
}


def say_doubt(finding: Finding) -> str:
    """A doubt with its figures."""
    figures = {
        "found": f"¥{format_minor(finding.found)}" if finding.found is not None else "",
        "expected": f"¥{format_minor(finding.expected)}" if finding.expected is not None else "",
        "count": str(finding.found or 0),
    }
    return str(_DOUBTS[finding.doubt]) % figures


def say_problem(problem: FileProblem) -> str:
    """Why a cell of the bank's file cannot be taken."""
    if problem.problem == "too_many_rows":
        return gettext("A file has at most %(most)s rows.") % {"most": MOST_ROWS}
    return str(_PROBLEMS.get(problem.problem, problem.problem))
