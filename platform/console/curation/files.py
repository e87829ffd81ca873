"""Synonyms as CSV: a line a group, a column a phrase; “>” in the first column makes it one-way."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from console.curation.words import say_phrases
from search.curation.contracts import MOST_GROUPS, SynonymGroup
from search.curation.rules import BadPhrases, check_groups, clean_phrases

MOST_BYTES = 1_000_000
ONE_WAY = ">"
_HARMFUL = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in which line (from 1)."""

    line: int
    reason: str


def read_groups(content: bytes, known: Sequence[SynonymGroup]) -> tuple[list[SynonymGroup], list[RowFault]]:
    """The groups of a file and what is wrong with it; with any fault nothing should be taken."""
    if len(content) > MOST_BYTES:
        return [], [RowFault(0, gettext("The file is larger than 1 MB. Cut it in two."))]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [RowFault(content[: error.start].count(b"\n") + 1, gettext("Save the file as UTF-8."))]
    groups: list[SynonymGroup] = []
    faults: list[RowFault] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _take(cells, reader.line_num, [*known, *groups], groups, faults)
    except csv.Error:
        faults.append(RowFault(reader.line_num, gettext("This line cannot be read: a quotation mark is left open.")))
    if len(groups) + len(known) > MOST_GROUPS:
        faults.append(RowFault(0, gettext("There may be %(most)s groups in all.") % {"most": MOST_GROUPS}))
    return groups, faults


def _take(
    cells: Sequence[str],
    line: int,
    others: Sequence[SynonymGroup],
    groups: list[SynonymGroup],
    faults: list[RowFault],
) -> None:
    is_one_way = cells[0].strip() == ONE_WAY
    try:
        phrases = clean_phrases(cell.removeprefix("'") for cell in cells[int(is_one_way) :])
        group = SynonymGroup(0, phrases, is_one_way)
        if not any(set(other.phrases) == set(phrases) for other in others):
            check_groups(SynonymGroup(-1, phrases), others)
            groups.append(group)
    except BadPhrases as error:
        faults.append(RowFault(line, say_phrases(error)))


def write_groups(groups: Sequence[SynonymGroup]) -> Iterator[str]:
    """The file that `read_groups` reads; cells that a spreadsheet would take for a formula are made harmless."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    yield "\ufeff"
    for group in groups:
        cells = [f"'{phrase}" if phrase.startswith(_HARMFUL) else phrase for phrase in group.phrases]
        writer.writerow([ONE_WAY, *cells] if group.is_one_way else cells)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
