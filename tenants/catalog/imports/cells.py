"""Single cells: amounts, numbers, words in two languages. Each reader returns a value or notes an issue."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from market.money import BadAmount, parse_minor
from tenants.catalog.contracts import ParameterValue, ProductStatus, Text
from tenants.catalog.imports.contracts import ImportIssue
from tenants.catalog.imports.reading import MOST_CHARACTERS

MOST_ON_HAND = 100_000_000
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SIGNS = str.maketrans("", "", "¥￥$€£元 \u00a0")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")
_STATUSES = {
    "active": ProductStatus.ACTIVE,
    "true": ProductStatus.ACTIVE,
    "在售": ProductStatus.ACTIVE,
    "上架": ProductStatus.ACTIVE,
    "draft": ProductStatus.DRAFT,
    "false": ProductStatus.DRAFT,
    "草稿": ProductStatus.DRAFT,
    "仓库中": ProductStatus.DRAFT,
    "下架": ProductStatus.DRAFT,
    "archived": ProductStatus.ARCHIVED,
    "归档": ProductStatus.ARCHIVED,
}


@dataclass(slots=True)
class Row:
    """One row of a file, by its reader's own column names, collecting what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    headings: Mapping[str, str]
    issues: list[ImportIssue] = field(default_factory=list)

    def note(self, column: str, code: str, *, is_warning: bool = False, **params: str | int) -> None:
        """Remember what is wrong at a column."""
        heading = self.headings.get(column, column)
        self.issues.append(ImportIssue(self.number, heading, code, params, is_warning))

    def text(self, column: str, limit: int = MOST_CHARACTERS) -> str:
        """The cell's text, composed (NFC) and trimmed; what is too long is an error."""
        value = unicodedata.normalize("NFC", self.cells.get(column, "").strip())
        if len(value) > limit:
            self.note(column, "too_long", limit=limit, length=len(value))
            return value[:limit]
        return value

    def amount(self, column: str) -> int | None:
        """An amount in minor units; None when the cell is empty or wrong (which is noted)."""
        value = self.text(column, 40).translate(_SIGNS)
        if not value:
            return None
        try:
            return parse_minor(value)
        except BadAmount as error:
            self.note(column, f"amount_{error.problem.value}", value=value)
            return None

    def count(self, column: str, most: int) -> int | None:
        """A whole number from 0 on; "3.0" is 3. None when the cell is empty or wrong (which is noted)."""
        value = self.text(column, 40).replace(",", "")
        if not value:
            return None
        whole, _, decimals = value.partition(".")
        if not re.fullmatch(r"-?[0-9]{1,12}", whole) or decimals.strip("0"):
            self.note(column, "number_malformed", value=value)
            return None
        number = int(whole)
        if number < 0:
            self.note(column, "number_negative", is_warning=True, value=value)
            return 0
        if number > most:
            self.note(column, "number_too_large", limit=most, value=value)
            return None
        return number

    def status(self, column: str) -> ProductStatus | None:
        """A product's status in words of ours, of Shopify's or in Chinese."""
        value = self.text(column, 40).lower()
        if value and value not in _STATUSES:
            self.note(column, "status_unknown", value=value)
        return _STATUSES.get(value)

    def url(self, column: str) -> str:
        """A web address, or nothing; anything else is a warning, for a product can live without a picture."""
        return self.check_url(column, self.text(column, 4000))

    def check_url(self, column: str, value: str) -> str:
        """The address itself, or nothing (noted)."""
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            is_ours = not parts.scheme and value.startswith("/media/")
        except ValueError:
            parts, is_ours = None, False
        if len(value) > 2000 or not (is_ours or (parts and parts.scheme in ("http", "https") and parts.netloc)):
            self.note(column, "address_malformed", is_warning=True, value=value[:100])
            return ""
        return value


def place_text(value: str) -> Text:
    """A text of unknown language in its place: with any Chinese character it is Chinese."""
    return Text(zh=value) if _CJK.search(value) else Text(en=value)


def split_escaped(value: str, mark: str) -> list[str]:
    """Parts between marks; a backslash takes the meaning of what follows."""
    parts, current, escaped = [], "", False
    for character in value:
        if escaped:
            current += character if character in (mark, "\\") else "\\" + character
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == mark:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current + ("\\" if escaped else "")]


def join_escaped(parts: list[str], mark: str) -> str:
    """The reverse of `split_escaped`."""
    return mark.join(part.replace("\\", "\\\\").replace(mark, "\\" + mark) for part in parts)


def read_both(value: str) -> Text:
    """`中文|English`; a text without the mark stands where its letters belong."""
    parts = split_escaped(value, "|")
    if len(parts) == 1:
        return place_text(parts[0].strip())
    return Text(zh=parts[0].strip(), en="|".join(parts[1:]).strip())


def write_both(text: Text) -> str:
    """The reverse of `read_both`."""
    if place_text(text.zh or text.en) == text:
        return join_escaped([text.zh or text.en], "|")
    return join_escaped([text.zh, text.en], "|")


def read_parameter(line: str) -> ParameterValue | None:
    """`材质|Material=高岭土|Kaolin`; None for what is no parameter."""
    parts = split_escaped(line, "=")
    if len(parts) < 2:
        return None
    name, value = read_both(parts[0]), read_both("=".join(parts[1:]))
    has_both = (name.zh or name.en) and (value.zh or value.en)
    return ParameterValue(name, value) if has_both else None


def write_parameter(parameter: ParameterValue) -> str:
    """The reverse of `read_parameter`."""
    return join_escaped([write_both(parameter.name), write_both(parameter.value)], "=")


def make_harmless(cell: str) -> str:
    """A cell that a spreadsheet shows instead of running it: what looks like a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def undo_harmless(cell: str) -> str:
    """The reverse of `make_harmless`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_DANGEROUS) else cell
