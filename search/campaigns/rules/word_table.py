"""A group's words and bids as a table in a file (CSV), out and in; what is wrong is told by row and column. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from search.auction.contracts import MatchType
from search.campaigns.contracts import BadInput, Charge, KeywordView, PartState, WordDraft
from search.campaigns.contracts import limits as most
from search.campaigns.rules.checking import check_bid, check_fits, check_word, read_amount

WORD, MATCH, BID, STATE = COLUMNS = ("word", "match", "bid", "state")
MOST_BYTES = 256 * 1024
MOST_ISSUES = 100
_HEADS: Mapping[str, str] = {"词": WORD, "关键词": WORD, "匹配": MATCH, "匹配方式": MATCH, "出价": BID, "状态": STATE}
_MATCHES: Mapping[str, MatchType] = {
    "": MatchType.PHRASE,
    **{match.value: match for match in MatchType},
    **dict.fromkeys(("精准匹配", "精准", "精确匹配", "精确"), MatchType.EXACT),
    **dict.fromkeys(("短语匹配", "短语", "词组"), MatchType.PHRASE),
    **dict.fromkeys(("广泛匹配", "广泛"), MatchType.BROAD),
}
_STATES: Mapping[str, PartState] = {
    "": PartState.RUNNING,
    PartState.RUNNING.value: PartState.RUNNING,
    PartState.PAUSED.value: PartState.PAUSED,
    "投放中": PartState.RUNNING,
    "暂停": PartState.PAUSED,
    "已暂停": PartState.PAUSED,
}
Value = TypeVar("Value")
_MARKED = ("=", "+", "-", "@", "\t", "\r", "'")


class FileRefused(ValueError):
    """The file cannot be read as a table. `code`: too_large, not_text, no_head, too_many_rows, empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class RowIssue:
    """What is wrong in a cell. `row` counts as a spreadsheet does: the head is row 1."""

    row: int
    column: str
    error: BadInput


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The words of a file; with any issue nothing of it is taken."""

    words: tuple[WordDraft, ...]
    issues: tuple[RowIssue, ...]


def write_table(words: Iterable[KeywordView]) -> Iterator[str]:
    """The lines of a file that can be read again; bids in yuan, empty for the group's."""
    yield "\ufeff" + ",".join(COLUMNS) + "\r\n"
    for word in words:
        target = io.StringIO()
        bid = "" if word.bid_minor is None else f"{word.bid_minor // 100}.{word.bid_minor % 100:02}"
        csv.writer(target).writerow([_make_harmless(word.text), word.match.value, bid, word.state.value])
        yield target.getvalue()


def read_table(content: bytes, charge: Charge, daily_minor: int) -> ReadTable:
    """The words of a file for a campaign of that day's budget: UTF-8 or GB 18030, with a head. Raises `FileRefused`."""
    rows = _read_rows(content)
    head = [_HEADS.get(cell.strip(), cell.strip().lower()) for cell in rows[0]]
    if WORD not in head:
        raise FileRefused("no_head")
    words: list[WordDraft] = []
    issues: list[RowIssue] = []
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cell.strip() for name, cell in zip(head, cells, strict=False)}
        column = WORD
        try:
            text, _ = check_word(_undo_harmless(row.get(WORD, "")))
            column = MATCH
            match = _choose(_MATCHES, row.get(MATCH, ""), MATCH)
            column = BID
            bid_minor = _read_bid(row.get(BID, ""), charge, daily_minor)
            column = STATE
            words.append(WordDraft(text, match, bid_minor, _choose(_STATES, row.get(STATE, ""), STATE)))
        except BadInput as error:
            issues.append(RowIssue(number, column, error))
    if not words and not issues:
        raise FileRefused("empty")
    return ReadTable(tuple(words), tuple(issues[:MOST_ISSUES]))


def _read_rows(content: bytes) -> list[list[str]]:
    if len(content) > MOST_BYTES:
        raise FileRefused("too_large")
    text = _decode(content)
    if "\0" in text:
        raise FileRefused("not_text")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise FileRefused("not_text") from error
    if not rows:
        raise FileRefused("empty")
    if len(rows) > most.MOST_WORDS_EVER:
        raise FileRefused("too_many_rows")
    return rows


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("not_text")


def _choose(known: Mapping[str, Value], cell: str, field: str) -> Value:
    try:
        return known[cell.lower()]
    except KeyError:
        raise BadInput(field, "unknown") from None


def _read_bid(cell: str, charge: Charge, daily_minor: int) -> int | None:
    if not cell:
        return None
    bid_minor = read_amount(cell, "bid")
    check_bid(bid_minor, charge)
    check_fits(bid_minor, charge, daily_minor)
    return bid_minor


def _make_harmless(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula. A mark of the word's own is marked too: so it comes back."""
    return f"'{cell}" if cell.startswith(_MARKED) else cell


def _undo_harmless(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_MARKED) else cell
