"""How the characters of texts sound. Loads the dictionary of pinyin."""

import re
from collections.abc import Iterable

from search.tokens.pinyin import list_syllables
from search.tokens.text import clean

_RUNS = re.compile(r"[\u3400-\u9fff]+")


def list_sounds(texts: Iterable[str]) -> dict[str, str]:
    """The syllable of every Chinese character of these texts; of several readings, the first one met."""
    sounds: dict[str, str] = {}
    for text in texts:
        for run in _RUNS.findall(clean(text)):
            for character, syllable in zip(run, list_syllables(run), strict=False):
                sounds.setdefault(character, syllable[:8])
    return sounds
