"""How Chinese is spoken, for finding it by its sound. Loads pypinyin's dictionaries: 57 MB a process.

Words with several readings are read as words (重庆 is chongqing, 长裤 changku). No tones; ü is v, as keyboards have it.
"""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=10_000)
def list_syllables(run: str) -> tuple[str, ...]:
    """The syllables of a run of Chinese characters, one each: 手机 is shou, ji."""
    return tuple(lazy_pinyin(run, style=Style.NORMAL, errors="ignore"))


def spell(run: str) -> str:
    """All syllables in one: 手机 is shouji."""
    return "".join(list_syllables(run))


def list_initials(run: str) -> str:
    """The first letter of each syllable: 手机 is sj."""
    return "".join(syllable[:1] for syllable in list_syllables(run))
