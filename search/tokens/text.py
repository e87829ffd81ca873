"""Cleaning text and cutting it into pieces: Latin words, numbers with units, model numbers, runs of Chinese."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import opencc
from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

LONGEST_TEXT = 20_000
LONGEST_TOKEN = 64

# One spelling per unit, so that 5.5英寸, 5.5 inch and 5.5" are one token.
UNITS = {
    "寸": ("英寸", "吋", "寸", "inches", "inch", '"', "″"),
    "gb": ("gb", "gib"),
    "tb": ("tb",),
    "mb": ("mb",),
    "mah": ("mah", "毫安时", "毫安"),
    "wh": ("wh",),
    "ghz": ("ghz",),
    "mhz": ("mhz",),
    "hz": ("hz", "赫兹"),
    "kg": ("kg", "千克", "公斤"),
    "mg": ("mg", "毫克"),
    "g": ("g", "克"),
    "ml": ("ml", "毫升"),
    "l": ("l", "升"),
    "mm": ("mm", "毫米"),
    "cm": ("cm", "厘米"),
    "m": ("m", "米"),
    "w": ("w", "瓦"),
    "v": ("v", "伏"),
    "k": ("k",),
    "p": ("p",),
}
_UNIT_OF = {spelling: unit for unit, spellings in UNITS.items() for spelling in spellings}


def _any_of(spellings: Iterable[str]) -> str:
    return "|".join(re.escape(spelling) for spelling in sorted(spellings, key=len, reverse=True))


_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
# A Latin unit ends where its word ends (5 generals is not 5g); a Chinese one needs no edge.
_LATIN_UNIT = rf"(?:{_any_of(spelling for spelling in _UNIT_OF if spelling.isascii())})(?![a-z0-9])"
_HAN_UNIT = _any_of(spelling for spelling in _UNIT_OF if not spelling.isascii())
_MEASURE = rf"(?P<number>\d+(?:\.\d+)?)\s?(?P<unit>{_LATIN_UNIT}|{_HAN_UNIT})"
_PIECE = re.compile(
    rf"(?P<measure>{_MEASURE})"
    rf"|(?P<latin>[^\W_{_HAN}]+(?:[-./'_][^\W_{_HAN}]+)*)"
    rf"|(?P<han>[{_HAN}]+)",
)
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_JOINTS = re.compile(r"[-./'_]")
_MARKS = re.compile("[™®©℗℠]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TIMES = re.compile(r"(?<=\d)\s?[x×*]\s?(?=\d)")

_TO_SIMPLIFIED = opencc.OpenCC("t2s")
# Snowball's English stemmer as compiled into tantivy: the Python package of the same costs 10 MB in every process.
_STEMMER = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build()


class PieceKind(StrEnum):
    """What a piece of text is, which decides how it is matched."""

    WORD = "word"
    MODEL = "model"
    MEASURE = "measure"
    HAN = "han"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece. `token` is its whole form; `parts` are what a model number or a measure also answers to.

    `written` is how it stands in the cleaned text, before stemming.
    """

    kind: PieceKind
    token: str
    parts: tuple[str, ...] = ()
    written: str = ""


def clean(text: str) -> str:
    """NFKC (full-width becomes plain), traditional to simplified, lower case; at most `LONGEST_TEXT` characters."""
    normal = unicodedata.normalize("NFKC", _MARKS.sub(" ", text[:LONGEST_TEXT]))
    return str(_TO_SIMPLIFIED.convert(normal)).lower()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of an English word; short words and words with accents stay as they are."""
    if len(word) < 4 or not word.isascii():
        return word
    return _STEMMER.analyze(word)[0]


def cut(text: str) -> Iterator[Piece]:
    """Cut any text into pieces, in order. 1,300 is 1300, and 150x220mm is 150 and 220mm."""
    for match in _PIECE.finditer(_TIMES.sub(" ", _THOUSANDS.sub("", clean(text)))):
        if match["han"]:
            yield Piece(PieceKind.HAN, match["han"], written=match["han"])
        elif match["measure"]:
            yield _read_measure(match["number"], match["unit"])
        else:
            yield _read_latin(match["latin"])


def _read_measure(number: str, spelling: str) -> Piece:
    plain = number.rstrip("0").rstrip(".") if "." in number else number
    return Piece(PieceKind.MEASURE, f"{plain}{_UNIT_OF[spelling]}"[:LONGEST_TOKEN], (plain,), f"{number}{spelling}")


@lru_cache(maxsize=10_000)
def _read_latin(run: str) -> Piece:
    """A word, or a joined run kept whole without its joints and in parts: tn-2110 is tn2110, and tn with 2110."""
    run = run.removesuffix("'s")
    whole = _JOINTS.sub("", run)[:LONGEST_TOKEN]
    parts: dict[str, None] = {}
    for section in _JOINTS.split(run):
        parts[stem(section[:LONGEST_TOKEN])] = None
        for part in _PARTS.findall(section):
            parts[stem(part[:LONGEST_TOKEN])] = None
    is_model = any(character.isdigit() for character in whole)
    token = whole if is_model else stem(whole)
    parts.pop(token, None)
    return Piece(PieceKind.MODEL if is_model else PieceKind.WORD, token, tuple(parts), run)
