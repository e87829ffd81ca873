"""Words that nobody is called by: what was meant, by letters or by sound. Pure; loads the lexicon."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from search.listings.contracts import KnownWord
from search.listings.lexicon import get_lexicon
from search.tokens.chinese import STOP_WORDS
from search.tokens.text import Piece, PieceKind, clean, cut

SHORTEST_WORD = 4
SHORTEST_TWICE_WRONG = 7
"""From so many letters on two may be wrong."""
LONGEST_SPELT = 30
SHORT_WORD = 5
"""Up to so many letters the first one is taken to be right."""
LONGEST_WORD = 24
LONGEST_RUN = 12
MOST_DOUBTFUL = 40

# Against the logarithm of how many documents have the word: one letter more wrong weighs as much as this.
_PER_LETTER = 3.0
_FIRST_LETTER = 1.5
# Spoken Chinese is taken for Chinese only if no word of letters is nearly as it was written.
_BY_SOUND = 1.0
_PER_WORD = 2.0
_BY_INITIALS = -4.0
# Few letters stand for many words: those that name goods are likelier.
_GOODS = 3.0
# The more characters of a Chinese word are right, the surer it is meant.
_PER_CHARACTER = 1.5
LONGEST_INITIALS = 4
MOST_SYLLABLES = 6
# A known word is doubted when one that is near is so many times as frequent.
_OUTNUMBERED = 100
# Letters that are written differently and spoken alike, and those that are hardly heard.
_SOUNDS = (("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("z", "s"), ("x", "ks"))
_SILENT = re.compile(r"[aeiouyhw]|(.)(?=\1)")


def list_letter_keys(word: str) -> list[str]:
    """Under which keys a word is found when a letter is wrong: itself, and without each of its letters."""
    return list(dict.fromkeys((word, *_drop(word, 1))))


def list_known_keys(word: KnownWord) -> list[str]:
    """All keys under which a word of the vocabulary is kept."""
    if word.pinyin:
        return [*list_letter_keys(word.word), f"@{word.pinyin}", f"#{word.initials}"]
    return [*list_letter_keys(word.word), *_list_sound_keys(word.word)]


def _list_sound_keys(word: str) -> list[str]:
    """The key of a word of Latin letters as it sounds: headfones and headphones are one."""
    if not word.isascii() or len(word) < SHORTEST_TWICE_WRONG:
        return []
    plain = word
    for written, spoken in _SOUNDS:
        plain = plain.replace(written, spoken)
    return [f"%{plain[0]}{_SILENT.sub('', plain[1:])}"]


def list_asked_keys(word: str) -> list[str]:
    """All keys under which words that may be meant are kept."""
    keys = dict.fromkeys(list_letter_keys(word))
    keys.update(dict.fromkeys(_list_sound_keys(word)))
    if len(word) >= SHORTEST_TWICE_WRONG:
        keys.update(dict.fromkeys(_drop(word, 2)))
    if _is_spelt(word):
        parts = (word[start:end] for start in range(len(word)) for end in range(start + 2, len(word) + 1))
        keys.update(dict.fromkeys(f"@{part}" for part in parts))
        if len(word) <= LONGEST_INITIALS:
            keys[f"#{word}"] = None
    return list(keys)


def list_doubtful(text: str) -> list[str]:
    """What of a query may be misspelt, as it is written: words, and pieces of Chinese; no numbers, no models."""
    found: dict[str, None] = {}
    for piece in cut(text):
        if piece.kind is PieceKind.HAN:
            found.update(dict.fromkeys(window for _, window in _list_windows(piece.token)))
        elif _may_be_wrong(piece):
            found[piece.written] = None
    found.update((row.replace(" ", ""), None) for row in _list_rows(clean(text)) if len(row) <= LONGEST_WORD)
    return list(found)[:MOST_DOUBTFUL]


def correct_words(text: str, known: Iterable[KnownWord]) -> str:
    """The text with every unknown word replaced by what was most likely meant; empty when nothing was found to mend."""
    words = {word.word: word for word in known}
    plain = clean(text)
    mended = plain
    for apart, meant in _join_syllables(plain, words):
        mended = mended.replace(apart, meant, 1)
    for piece in cut(mended):
        if piece.kind is PieceKind.HAN:
            mended = mended.replace(piece.token, _mend_run(piece.token, words), 1)
        elif _may_be_wrong(piece):
            meant = find_meant(piece.written, list(words.values()))
            if meant and _is_unlikely(piece.written, meant, words):
                mended = re.sub(rf"(?<![a-z0-9]){re.escape(piece.written)}(?![a-z0-9])", meant, mended)
    return mended if mended != plain else ""


def _is_unlikely(written: str, meant: str, words: Mapping[str, KnownWord]) -> bool:
    """Whether a word is unknown, or so rare against what is near that it is an error in some title too."""
    if written not in words:
        return True
    return meant in words and words[meant].documents >= _OUTNUMBERED * words[written].documents


def _may_be_wrong(piece: Piece) -> bool:
    is_word = piece.kind is PieceKind.WORD and 2 <= len(piece.written) <= LONGEST_WORD
    return is_word and piece.token not in STOP_WORDS


def _join_syllables(text: str, words: Mapping[str, KnownWord]) -> Iterator[tuple[str, str]]:
    """Words side by side of which most are unknown and that are together spoken Chinese: hua wei."""
    by_sound = _index_sounds(words.values())
    for row in _list_rows(text):
        apart = row.split()
        unknown = sum(word not in words for word in apart)
        spoken = _read_aloud("".join(apart), by_sound) if 2 * unknown > len(apart) else ()
        if spoken and all(len(word) > 1 for word in spoken):
            yield row, "".join(spoken)
            return


def _list_rows(text: str) -> list[str]:
    """Words of few letters that stand side by side, the longest rows first."""
    letters = [word if _is_spelt(word) and len(word) <= MOST_SYLLABLES else "" for word in text.split()]
    sizes = range(min(MOST_SYLLABLES, len(letters)), 1, -1)
    rows = (letters[start : start + size] for size in sizes for start in range(len(letters) - size + 1))
    return [" ".join(row) for row in rows if all(row)]


def _mend_run(run: str, words: Mapping[str, KnownWord]) -> str:
    """Chinese with the likeliest wrong character put right, outside of the words that are known."""
    right = [(start, window) for start, window in _list_windows(run) if window in words or window in STOP_WORDS]
    covered = {place for start, window in right for place in range(start, start + len(window))}
    covered.update(place for place, character in enumerate(run) if character in STOP_WORDS)
    best: tuple[float, int, str] | None = None
    for start, window in _list_windows(run):
        if covered.isdisjoint(range(start, start + len(window))):
            for weight, meant in _list_by_letters(window, list(words.values())):
                if len(meant) == len(window):
                    found = (weight + _PER_CHARACTER * len(window), start, meant)
                    best = max(best, found) if best else found
    if best is None:
        return run
    _, start, meant = best
    return run[:start] + meant + run[start + len(meant) :]


def _list_windows(run: str) -> list[tuple[int, str]]:
    """Pieces of two to four characters and where they begin."""
    places = range(min(len(run), LONGEST_RUN) - 1)
    return [(start, run[start : start + size]) for start in places for size in (2, 3, 4) if start + size <= len(run)]


def find_meant(asked: str, known: Sequence[KnownWord]) -> str:
    """What an unknown word stands for, empty when nothing is near."""
    found = [*_list_by_letters(asked, known), *_list_by_sound(asked, known)]
    return max(found)[1] if found else ""


def _list_by_letters(asked: str, known: Sequence[KnownWord]) -> Iterator[tuple[float, str]]:
    is_latin = asked.isascii()
    if is_latin and len(asked) < SHORTEST_WORD:
        return
    most = 2 if len(asked) >= SHORTEST_TWICE_WRONG and is_latin else 1
    for word in known:
        if word.word.isascii() is not is_latin or len(word.word) < 2:
            continue
        if is_latin and len(asked) <= SHORT_WORD and word.word[0] != asked[0]:
            continue
        distance = count_wrong_letters(asked, word.word, most=most)
        if 0 < distance <= most:
            same_start = _FIRST_LETTER if word.word[0] == asked[0] else 0.0
            yield math.log1p(word.documents) - _PER_LETTER * distance + same_start, word.word


def _list_by_sound(asked: str, known: Sequence[KnownWord]) -> Iterator[tuple[float, str]]:
    """Chinese words that are spoken like this, in a row; or of which these are the first letters."""
    if not _is_spelt(asked):
        return
    by_sound = _index_sounds(known)
    for word in known:
        if word.initials == asked and len(word.word) > 1:
            is_goods = (word.word,) in get_lexicon().goods
            yield math.log1p(word.documents) + _BY_INITIALS + _GOODS * is_goods, word.word
    spoken = _read_aloud(asked, by_sound)
    if spoken and len("".join(spoken)) > 1:
        least = min(by_sound_word.documents for by_sound_word in by_sound.values() if by_sound_word.word in spoken)
        yield math.log1p(least) + _BY_SOUND - _PER_WORD * (len(spoken) - 1), "".join(spoken)


def _index_sounds(known: Iterable[KnownWord]) -> dict[str, KnownWord]:
    """Chinese words by how they are spoken, of those spoken alike the one that most documents have."""
    by_sound: dict[str, KnownWord] = {}
    for word in known:
        if word.pinyin and (word.pinyin not in by_sound or by_sound[word.pinyin].documents < word.documents):
            by_sound[word.pinyin] = word
    return by_sound


def _read_aloud(asked: str, by_sound: Mapping[str, KnownWord]) -> tuple[str, ...]:
    """The fewest words that are spoken like this, of the same number those that most documents have."""
    best: dict[int, tuple[int, float, tuple[str, ...]]] = {0: (0, 0.0, ())}
    for end in range(1, len(asked) + 1):
        for start in range(max(0, end - LONGEST_SPELT), end):
            word = by_sound.get(asked[start:end])
            if word is None or start not in best:
                continue
            count, weight, before = best[start]
            found = (count + 1, weight - math.log1p(word.documents), (*before, word.word))
            if end not in best or found < best[end]:
                best[end] = found
    return best[len(asked)][2] if len(asked) in best else ()


def count_wrong_letters(one: str, other: str, *, most: int) -> int:
    """Letters wrong, missing, too many or swapped with the next (optimal string alignment); `most` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [place]
        for at, against in enumerate(other, start=1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != against))
            if place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == against:
                cost = min(cost, earlier[at - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _drop(word: str, count: int) -> Iterator[str]:
    """The word without so many of its letters, at every place."""
    for kept in combinations(range(len(word)), len(word) - count):
        if kept:
            yield "".join(word[place] for place in kept)


def _is_spelt(word: str) -> bool:
    return word.isascii() and word.isalpha() and 2 <= len(word) <= LONGEST_SPELT
