"""How people type: what is typed, folded; and every beginning that is one letter away from it. No dictionary here."""

import re
import string
from collections.abc import Iterator

from search.suggestions.contracts import LONGEST_TYPED
from search.tokens.text import clean

SHORTEST_NEAR = 4
_EDITED = 12
_GAPS = re.compile(r"[\s'’\-_./·]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


def fold(text: str) -> str:
    """Clean, spaces single, none at the start; what keys and questions have in common."""
    plain = "".join(character if character.isprintable() else " " for character in clean(text))
    return " ".join(plain.split())[:LONGEST_TYPED]


def compact(text: str) -> str:
    """Without anything between letters: shou ji, shou'ji and shouji are one; so are t-shirt and tshirt."""
    return _GAPS.sub("", text)


def has_chinese(text: str) -> bool:
    """Whether any character is Chinese."""
    return bool(_HAN.search(text))


def list_probes(typed: str) -> list[str]:
    """The beginnings to look for, of what was typed."""
    folded = fold(typed)
    return list(dict.fromkeys(probe for probe in (folded, compact(folded)) if probe))


def list_near(typed: str) -> list[str]:
    """Every beginning one letter away: one too many, missing, wrong, or two swapped. Letters only, four or more."""
    word = compact(fold(typed))
    if len(word) < SHORTEST_NEAR or not (word.isascii() and word.isalpha()):
        return []
    return list(dict.fromkeys(near for near in _list_edits(word) if len(near) >= SHORTEST_NEAR and near != word))


def _list_edits(word: str) -> Iterator[str]:
    for place in range(min(len(word), _EDITED)):
        before, letter, after = word[:place], word[place], word[place + 1 :]
        yield before + after
        if after:
            yield before + after[0] + letter + after[1:]
        for other in string.ascii_lowercase:
            yield before + other + after
            yield before + other + letter + after
