"""An invoice as a paper: who issues it to whom and when, what was charged by kind with its VAT, and bonus beside it."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext

from billing.settlement.exporting.sheets import Cell, Column, Paper, Section
from billing.settlement.words import name_kind
from billing.wallets.contracts import Invoice


def describe_invoice(invoice: Invoice, *, shop_name: str) -> Paper:
    """The invoice of a month; its sums are the ledger's, the names those of today."""
    section = Section(
        gettext("Advertising"),
        (
            Column(gettext("What was charged"), 26),
            Column(gettext("Postings"), 9),
            Column(gettext("Without VAT"), 12, is_money=True),
            Column(gettext("VAT inside"), 12, is_money=True),
            Column(gettext("Amount"), 12, is_money=True),
        ),
        _list_rows(invoice),
        [gettext("Together"), None, invoice.net_minor, invoice.vat_minor, invoice.amount_minor],
    )
    notes = [
        *describe_issuer(),
        gettext("Issued on %(day)s") % {"day": invoice.issued_on},
        gettext("Issued to %(shop)s") % {"shop": shop_name},
        gettext("For %(first)s to %(last)s") % {"first": invoice.month, "last": last_day(invoice.month)},
        gettext("Amounts in %(currency)s") % {"currency": "CNY"},
        gettext("Paid out of the advertising balance; nothing is owed."),
    ]
    sections = [section]
    if invoice.bonus_minor:
        bonus = Section(
            gettext("Bonus used"),
            (Column(gettext("A discount, not invoiced"), 59), Column(gettext("Amount"), 12, is_money=True)),
            [[gettext("Clicks, views and commission on sales that bonus paid"), invoice.bonus_minor]],
        )
        sections.append(bonus)
    return Paper(_title(invoice), notes, sections, "CNY", gettext("Page %(page)s"), dated=invoice.issued_on)


def describe_issuer() -> list[str]:
    """Who issues invoices, a line each: the operator's name of today, and its registration where there is one."""
    lines = [gettext("Issued by %(name)s") % {"name": settings.OPERATOR_NAME}]
    if settings.OPERATOR_REGISTRATION:
        lines.append(gettext("Unified social credit code %(code)s") % {"code": settings.OPERATOR_REGISTRATION})
    return lines


def last_day(month: date) -> date:
    """The last day of a month that is named by its first."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _title(invoice: Invoice) -> str:
    return f"{gettext('Invoice for advertising')} {invoice.number}"


def _list_rows(invoice: Invoice) -> Sequence[list[Cell]]:
    return [
        [name_kind(line.kind), str(line.postings), line.net_minor, line.vat_minor, line.amount_minor]
        for line in invoice.lines
    ]
