"""The two lists as tokens: which phrases say what a product is, and under which marks a phrase is found.

Every line has a mark, a token that is indexed with each document that has one of its names, in whatever language. So a
question for one name finds the others by one token, and a rare name is not taken for a rare thing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from search.listings.contracts import Substitute
from search.tokens.chinese import read_query

Phrase = tuple[str, ...]

SAME = 0.9
"""Another name of the same: nearly as good as the word itself, which still comes first."""

INCLUDED = 0.75
"""A kind that is also meant."""

DOUBTFUL = 0.6
"""Times this for a name that also means something else, asked or met."""

_FOLDER = Path(__file__).parent
_LISTS = ("goods.txt", "words.txt")
# How a document has a mark: by a name, by a doubtful one, by a kind that is included.
_MET = {"=": SAME, "~": SAME * DOUBTFUL, ">": INCLUDED}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`goods` are phrases that say what a product is; `names` are the first ones of a mark, as they are written.

    `longest` counts the tokens of the longest phrase, `starts` of the longest that begins with a token. `version` tells
    what tokens are made of: these lists and the dictionary that cuts Chinese. Tokens of another one are made anew.
    """

    goods: frozenset[Phrase]
    marks: Mapping[Phrase, Sequence[str]]
    substitutes: Mapping[Phrase, Sequence[Substitute]]
    names: Mapping[str, Sequence[str]]
    starts: Mapping[str, int]
    longest: int
    version: str = ""

    def list_substitutes(self, phrase: Phrase) -> Sequence[Substitute]:
        """What may stand for exactly this phrase."""
        return self.substitutes.get(phrase, ())

    def list_marks(self, words: Sequence[str]) -> list[str]:
        """The marks of all phrases in a row of words, as often as they occur."""
        found: list[str] = []
        for place, word in enumerate(words):
            for length in range(1, self.starts.get(word, 0) + 1):
                found.extend(self.marks.get(tuple(words[place : place + length]), ()))
        return found


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    is_doubtful: bool

    @property
    def phrase(self) -> Phrase:
        return tuple(word.whole for word in read_query(self.text))


@dataclass(frozen=True, slots=True)
class _Line:
    names: tuple[_Name, ...]
    included: tuple[_Name, ...]

    @property
    def key(self) -> str:
        return "-".join(self.names[0].text.split())

    @property
    def first_names(self) -> tuple[str, ...]:
        """The first name in each language."""
        by_language = {name.text.isascii(): name.text for name in reversed(self.names) if not name.is_doubtful}
        return tuple(by_language.values())


@lru_cache(maxsize=1)
def get_lexicon() -> Lexicon:
    """The lexicon of this process."""
    goods, words = (_add_joined(list(_read_lines(_FOLDER / name))) for name in _LISTS)
    marks: dict[Phrase, dict[str, None]] = defaultdict(dict)
    substitutes: dict[Phrase, dict[str, Substitute]] = defaultdict(dict)
    starts: dict[str, int] = defaultdict(int)
    for line in (*goods, *words):
        for how, name in _list_names(line):
            phrase = name.phrase
            marks[phrase][how + line.key] = None
            starts[phrase[0]] = max(starts[phrase[0]], len(phrase))
            if how != ">":
                others = _list_substitutes(line, name)
                substitutes[phrase].update((one.token, one) for one in others)
    said = frozenset(name.phrase for line in goods for _, name in _list_names(line))
    return Lexicon(
        goods=said,
        marks={phrase: tuple(some) for phrase, some in marks.items()},
        substitutes={phrase: tuple(some.values()) for phrase, some in substitutes.items()},
        names={f"={line.key}": line.first_names for line in goods},
        starts=dict(starts),
        longest=max(starts.values()),
        version=_digest([(_FOLDER / name).read_bytes() for name in _LISTS], version("rjieba")),
    )


def _digest(lists: Sequence[bytes], dictionary: str) -> str:
    parts = (*(hashlib.sha256(text).digest() for text in lists), dictionary.encode())
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]


def _add_joined(lines: Sequence[_Line]) -> list[_Line]:
    """The lines with every name of two English words also written as one: hairclipper."""
    known = {name.phrase for line in lines for _, name in _list_names(line)}

    def join(names: Sequence[_Name]) -> tuple[_Name, ...]:
        pairs = (replace(name, text=name.text.replace(" ", "")) for name in names if _is_pair(name.text))
        return (*names, *(pair for pair in pairs if pair.phrase not in known))

    return [replace(line, names=join(line.names), included=join(line.included)) for line in lines]


def _is_pair(text: str) -> bool:
    return text.isascii() and text.count(" ") == 1


def _list_names(line: _Line) -> Iterator[tuple[str, _Name]]:
    """Every name of a line, and how a document that has it has the line's mark."""
    for name in line.names:
        yield "~" if name.is_doubtful else "=", name
    for name in line.included:
        yield ">", name


def _list_substitutes(line: _Line, asked: _Name) -> Iterator[Substitute]:
    """The line's marks in place of one of its names, in words: its other names."""
    text = ", ".join(name.text for name in line.names if name.text != asked.text)
    for how, weight in _MET.items():
        if how != ">" or line.included:
            shown = ", ".join(name.text for name in line.included) if how == ">" else text
            yield Substitute(shown, round(weight * (DOUBTFUL if asked.is_doubtful else 1), 3), how + line.key)


def _read_lines(path: Path) -> Iterator[_Line]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            names, _, included = line.partition(">")
            yield _Line(tuple(_read_names(names.replace("=", ","))), tuple(_read_names(included)))


def _read_names(text: str) -> Iterator[_Name]:
    for name in filter(None, (part.strip() for part in text.split(","))):
        yield _Name(name.removeprefix("~"), name.startswith("~"))
