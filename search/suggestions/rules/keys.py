"""As what a phrase may be typed. Loads the dictionary of pinyin."""

import re
from collections.abc import Iterator

from search.suggestions.contracts import LONGEST_TYPED
from search.suggestions.rules.typing import compact, fold, has_chinese
from search.tokens.pinyin import list_initials, spell

MOST_KEYS = 12
_RUNS = re.compile(r"[\u3400-\u9fff]+")
_WORD_STARTS = re.compile(r"(?:^|(?<=[\s\-/]))(?=\S)")
_FEWEST_INITIALS = 2


def list_keys(text: str) -> list[str]:
    """From the start of each of its words: as written, without gaps, in pinyin, and by the initials of Chinese."""
    folded = fold(text)
    starts = [folded[match.start() :] for match in _WORD_STARTS.finditer(folded)]
    keys = [key for start in starts for key in _list_ways(start)]
    return list(dict.fromkeys(key[:LONGEST_TYPED] for key in keys if key))[:MOST_KEYS]


def _list_ways(text: str) -> Iterator[str]:
    yield text
    yield compact(text)
    if has_chinese(text):
        yield compact(_RUNS.sub(lambda run: spell(run[0]), text))
        initials = compact(_RUNS.sub(lambda run: list_initials(run[0]), text))
        if len(initials) >= _FEWEST_INITIALS:
            yield initials
