"""Findings as a file: a row each, of what the filters show."""

from collections.abc import Iterator

from django.utils.translation import gettext, override, pgettext

from billing.settlement.exporting.sheets import Cell, Column, FileFormat, Paper, Section, find_writer
from console.advertising.amounts import print_exact
from console.invalid_clicks.page import FindingRow, describe_findings
from market.money import DEFAULT_CURRENCY
from search.spending.contracts import FindingFilter
from search.spending.selectors import list_findings

MOST_ROWS = 20_000
AT_ONCE = 200


def write_csv(wanted: FindingFilter, language: str) -> Iterator[bytes]:
    """The file, piece by piece; at most `MOST_ROWS` findings, the latest.

    It is read after its request, whose language is over by then, so each piece is written in the one that is given.
    """
    pieces: Iterator[bytes] | None = None
    while True:
        with override(language):
            pieces = pieces or _write(wanted, language)
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _write(wanted: FindingFilter, language: str) -> Iterator[bytes]:
    heads = [
        pgettext("ad finding", "Number"),
        gettext("State"),
        gettext("Shop's number"),
        gettext("Shop"),
        pgettext("ads", "Campaigns"),
        gettext("Day"),
        gettext("Reason"),
        gettext("What they have in common"),
        gettext("Its hash of that day"),
        gettext("Views and clicks"),
        gettext("Amount (CNY)"),
        gettext("Found"),
        gettext("Decided"),
        gettext("Note for colleagues"),
    ]
    rows = (_list_cells(row, language) for row in _read(wanted))
    section = Section(gettext("Invalid clicks found later"), [Column(head) for head in heads], rows)
    paper = Paper(title=section.title, notes=(), sections=[section], currency=DEFAULT_CURRENCY)
    return find_writer(FileFormat.CSV)(paper)


def _read(wanted: FindingFilter) -> Iterator[FindingRow]:
    before, left = None, MOST_ROWS
    while left > 0:
        found = list_findings(wanted, before=before, limit=AT_ONCE)
        yield from describe_findings(found[:left])
        if len(found) < AT_ONCE:
            return
        before, left = found[-1].finding_id, left - len(found)


def _list_cells(row: FindingRow, language: str) -> list[Cell]:
    finding = row.finding
    return [
        str(finding.finding_id),
        row.state,
        str(finding.shop_id),
        row.shop.name.best(language) if row.shop else "",
        "; ".join(campaign.name for campaign in row.campaigns),
        finding.day.isoformat(),
        row.reasons,
        row.group,
        finding.who.hex,
        str(finding.events),
        print_exact(finding.amount_micro).replace(",", ""),
        finding.found_at.isoformat(timespec="seconds"),
        finding.decided_at.isoformat(timespec="seconds") if finding.decided_at else "",
        finding.note,
    ]
