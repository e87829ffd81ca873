"""What a text is about: of "laptop bag for HP notebooks" the bag, of 华为手机壳 the 壳. Loads the dictionary."""

import re
from collections.abc import Iterator, Sequence

from search.listings.lexicon import Phrase, get_lexicon
from search.tokens.chinese import tokenize

_SECTIONS = re.compile(r"(?i)[,;|()\[\]【】（）［］，、；]|\s[-–]\s|(?<=\d)\s?pcs?\b|[\[(]s[\])]")
_JOINED = re.compile(r"[^\s/]+(?:/[^\s/]+)+")

# What stands behind these is what the product is for, comes with or is made by.
_TURN_WORDS = """
f for with without to from by compatibl fit w incl includ
适用 适用于 适合 兼容 含 配 附
"""
_TURNS = frozenset(_TURN_WORDS.split())
# A kind behind so much of it is what something has: a notebook with 512 GB SSD.
_CAPACITY = re.compile(r"\d[\d.]*(?:[mgt]b|[mg]hz)")
_GIVES = frozenset("送赠")  # free of charge with it
# A Chinese word that ends so names a thing, also one that no list has: 保温杯, 收纳包.
_THINGS = frozenset(
    "机器包袋盒箱杯壶瓶碗盘锅刀笔灯线架套壳膜垫鞋靴裤裙衣衫帽袜巾被枕床桌椅柜刷霜乳液膏油粉水皂纸尺夹扇车球"
)


def find_heads(text: str) -> tuple[Phrase, ...]:
    """Phrases that say what the text is about, from its first part with any.

    Of kinds that follow each other the last one counts ("laptop bag"), and of several rows the last one too ("UPS
    replacement battery"). Chinese titles often begin with the kind and end with others, so there the first counts too.
    """
    for section in _SECTIONS.split(text):
        heads = _find_in_section(section)
        if heads:
            first = () if heads[0][-1].isascii() else heads[:1]
            return tuple(dict.fromkeys((*first, heads[-1])))
    return ()


def _find_in_section(section: str) -> list[Phrase]:
    """Kinds joined by a slash behind another one are what it fits: "screen protector desktop/laptop"."""
    for joined in _JOINED.finditer(section):
        before = _list_rows(section[: joined.start()])
        if before and _list_rows(joined[0]) and not _list_rows(section[joined.end() :]):
            return before
    return _list_rows(section)


def _list_rows(section: str) -> list[Phrase]:
    return list(_find_rows(tokenize(section.replace("/", " ")).row))


def _find_rows(words: Sequence[str]) -> Iterator[Phrase]:
    """The last kind of each row of kinds, up to what the rest is for."""
    place = 0
    last: Phrase = ()
    has_any = False
    while place < len(words) and not _is_turn(words[place]):
        phrase = _find_kind(words, place)
        if not phrase and last:
            yield last
            has_any = True
        is_part = has_any and not last and _CAPACITY.fullmatch(words[place - 1])
        last = () if is_part else phrase
        place += max(1, len(phrase))
    if last:
        yield last


def _is_turn(word: str) -> bool:
    return word in _TURNS or word[0] in _GIVES


def list_head_words(phrase: Phrase) -> list[str]:
    """Under which tokens a head is found: its last word, and the marks of all kinds it ends with."""
    ends = (phrase[start:] for start in range(len(phrase)))
    return [phrase[-1], *(mark for end in ends for mark in get_lexicon().marks.get(end, ()))]


def _find_kind(words: Sequence[str], place: int) -> Phrase:
    """The longest phrase that begins here and names a kind of goods, or none."""
    lexicon = get_lexicon()
    for length in range(min(lexicon.longest, len(words) - place), 0, -1):
        phrase = tuple(words[place : place + length])
        if phrase in lexicon.goods:
            return phrase
    word = words[place]
    if word.isascii() or (word,) in lexicon.substitutes:
        return ()
    ends = ((word[start:],) for start in range(1, len(word) - 1))
    known = next((end for end in ends if end in lexicon.goods), None)
    return known or ((word,) if len(word) > 1 and word[-1] in _THINGS else ())
