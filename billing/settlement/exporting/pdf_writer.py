"""Paper: A4 pages with reportlab. Chinese from the font beside this module, everything else from reportlab's own.

Both fonts are embedded by the characters that are used, so that the file looks the same everywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from billing.settlement.exporting.sheets import Cell, Column, Paper, Section
from market.money import format_minor

_FONT = Path(__file__).parent / "fonts" / "DroidSansFallback.ttf"
_WIDTH, _HEIGHT = A4
_EDGE, _TOP, _BOTTOM = 42, 48, 54
_TEXT, _SMALL, _TITLE, _HEAD = 8.0, 7.0, 15.0, 10.0
_MANY_COLUMNS = 6
_LEAST = 5.5
_ROW = 15
_GAP = 6
_INK, _QUIET, _LINE = (0.09, 0.13, 0.17), (0.38, 0.43, 0.48), (0.82, 0.85, 0.88)
_MISSING = "?"
_PIECE_BYTES = 64 * 1024
Run = tuple[str, str]  # font, text


@dataclass(frozen=True, slots=True)
class _Fonts:
    latin: str
    bold: str
    chinese: str
    in_latin: frozenset[int]
    in_chinese: frozenset[int]


@lru_cache(maxsize=1)
def _load_fonts() -> _Fonts:
    latin, bold, chinese = (
        TTFont("jishi-latin", "Vera.ttf"),
        TTFont("jishi-bold", "VeraBd.ttf"),
        TTFont("jishi-chinese", str(_FONT)),
    )
    for font in (latin, bold, chinese):
        pdfmetrics.registerFont(font)
    known = [frozenset(font.face.charToGlyph) for font in (latin, chinese)]
    return _Fonts(latin.fontName, bold.fontName, chinese.fontName, *known)


def write_pdf(paper: Paper) -> Iterator[bytes]:
    """The whole file is made on disk first: a PDF's table of contents stands at its end.

    The same paper is the same file whenever it is written: it says that it was made on the day that the paper is dated,
    or, of a paper without a day, on 2000-01-01, as reportlab has it.
    """
    with TemporaryFile() as file:
        canvas = Canvas(file, pagesize=A4, pageCompression=1, invariant=1)
        if paper.dated is not None:
            made_on = f"D:{paper.dated:%Y%m%d}"
            canvas.setDateFormatter(lambda *_: made_on)
        _Press(canvas, paper).print_paper()
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece


class _Press:
    """Where on which page the next line goes."""

    def __init__(self, canvas: Canvas, paper: Paper) -> None:
        self._canvas, self._paper, self._fonts = canvas, paper, _load_fonts()
        self._page, self._y = 0, 0.0

    def print_paper(self) -> None:
        self._canvas.setTitle(self._paper.title)
        self._begin_page()
        self._draw(self._paper.title, _EDGE, self._y - _TITLE, _TITLE, bold=True)
        self._y -= _TITLE + 12
        for note in self._paper.notes:
            self._draw(note, _EDGE, self._y - _TEXT, _TEXT, colour=_QUIET)
            self._y -= _TEXT + 5
        for section in self._paper.sections:
            self._print_section(section)
        self._end_page()
        self._canvas.save()

    def _print_section(self, section: Section) -> None:
        self._y -= _ROW
        self._need(_HEAD + 4 * _ROW, None)
        self._draw(section.title, _EDGE, self._y - _HEAD, _HEAD, bold=True)
        self._y -= _HEAD + _GAP
        self._print_heads(section.columns)
        for row in section.rows:
            self._need(_ROW, section.columns)
            self._print_row(row, section.columns)
        if section.last is not None:
            self._need(_ROW + 4, section.columns)
            self._rule(self._y, _INK)
            self._print_row(section.last, section.columns, bold=True, ruled=False)
            self._rule(self._y, _INK)
            self._rule(self._y - 2, _INK)

    def _print_heads(self, columns: Sequence[Column]) -> None:
        for column, x, width in _places(columns):
            self._cell(column.head, column.is_money, x, width, colour=_QUIET, size=_SMALL)
        self._y -= _ROW
        self._rule(self._y, _QUIET)

    def _print_row(
        self, row: Sequence[Cell], columns: Sequence[Column], *, bold: bool = False, ruled: bool = True
    ) -> None:
        for (column, x, width), value in zip(_places(columns), row, strict=True):
            if value is None:
                continue
            is_money = column.is_money and isinstance(value, int)
            text = format_minor(value, self._paper.currency) if is_money else str(value)  # type: ignore[arg-type]
            size = _SMALL if len(columns) > _MANY_COLUMNS else _TEXT
            self._cell(text, column.is_money, x, width, bold=bold, size=size)
        self._y -= _ROW
        if ruled:
            self._rule(self._y, _LINE)

    def _cell(
        self,
        text: str,
        at_end: bool,
        x: float,
        width: float,
        *,
        bold: bool = False,
        size: float = _TEXT,
        colour: tuple[float, float, float] = _INK,
    ) -> None:
        while self._measure(text, size, bold) > width and (at_end or size > _LEAST):
            size -= 0.25  # a sum is never cut, whatever its size
        text = self._fit(text, width, size, bold)
        start = x + width - self._measure(text, size, bold) if at_end else x
        self._draw(text, start, self._y - _ROW + 4.5, size, bold=bold, colour=colour)

    def _fit(self, text: str, width: float, size: float, bold: bool) -> str:
        """The text, cut with dots where it is too long for its column."""
        if self._measure(text, size, bold) <= width:
            return text
        while text and self._measure(f"{text}…", size, bold) > width:
            text = text[:-1]
        return f"{text}…"

    def _measure(self, text: str, size: float, bold: bool) -> float:
        return float(sum(pdfmetrics.stringWidth(run, font, size) for font, run in self._cut(text, bold)))

    def _draw(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        bold: bool = False,
        colour: tuple[float, float, float] = _INK,
    ) -> None:
        self._canvas.setFillColorRGB(*colour)
        for font, run in self._cut(text, bold):
            self._canvas.setFont(font, size)
            self._canvas.drawString(x, y, run)
            if bold and font == self._fonts.chinese:  # it has one weight: drawn twice, a hair apart
                self._canvas.drawString(x + 0.25, y, run)
            x += pdfmetrics.stringWidth(run, font, size)

    def _cut(self, text: str, bold: bool) -> list[Run]:
        """Runs of one font each; a character that no font has becomes a question mark."""
        runs: list[Run] = []
        for sign in text:
            if ord(sign) not in self._fonts.in_latin and ord(sign) not in self._fonts.in_chinese:
                sign = _MISSING
            in_latin = ord(sign) in self._fonts.in_latin
            font = self._fonts.chinese if not in_latin else self._fonts.bold if bold else self._fonts.latin
            if runs and runs[-1][0] == font:
                runs[-1] = (font, runs[-1][1] + sign)
            else:
                runs.append((font, sign))
        return runs

    def _rule(self, y: float, colour: tuple[float, float, float]) -> None:
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(_EDGE, y, _WIDTH - _EDGE, y)

    def _need(self, height: float, columns: Sequence[Column] | None) -> None:
        """Begin a page unless so much room is left; a table goes on under its heads."""
        if self._y - height >= _BOTTOM:
            return
        self._end_page()
        self._begin_page()
        if columns is not None:
            self._print_heads(columns)

    def _begin_page(self) -> None:
        self._page += 1
        self._y = _HEIGHT - _TOP

    def _end_page(self) -> None:
        page = self._paper.page_word % {"page": self._page}
        self._draw(self._paper.title, _EDGE, _BOTTOM - 24, _SMALL, colour=_QUIET)
        self._draw(page, _WIDTH - _EDGE - self._measure(page, _SMALL, False), _BOTTOM - 24, _SMALL, colour=_QUIET)
        self._canvas.showPage()


def _places(columns: Sequence[Column]) -> list[tuple[Column, float, float]]:
    """Each column with where it begins and how wide its text may be, in points."""
    whole = sum(column.weight for column in columns)
    x, places = float(_EDGE), []
    for column in columns:
        width = (_WIDTH - 2 * _EDGE) * column.weight / whole
        places.append((column, x, width - _GAP if column is not columns[-1] else width))
        x += width
    return places
