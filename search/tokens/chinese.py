"""Words of Chinese text, for indexing and for queries. Loads rjieba's dictionary: 33 MB a process."""

from dataclasses import dataclass
from functools import lru_cache

import rjieba

from search.tokens.text import PieceKind, cut

MOST_TERMS = 16
# A phrase must not run over the edge between two runs of characters.
EDGE = "|"

# What says nothing about goods: particles, and what questions are made of.
_STOP_WORDS = """
的 了 和 与 及 或 在 是 有 个 之 等 也 就 都 而 请 吗 呢 啊 吧 哪 款 要 想 买 用 给 能 求 我
什么 哪个 哪款 哪种 哪些 怎么 怎样 推荐 好用 适合 可以 一款 一个 有没有 多少 便宜 性价比 我要 我想
哪里 哪儿 买到 到 好 看 好看 送 帮 找
a an and the of for with to in on is are do doe can will it at by from
which what where how who that this i me my you your need want buy find look show some any best good recommend
pleas work use there some something anyth someth peopl have has am be was should would could they their into keep get
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class TextTokens:
    """A text as it is indexed: words in order, and every Chinese character in order with edges between runs.

    `row` has every word once, side by side: neither parts of model numbers nor words within words.
    """

    words: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    row: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedWord:
    """One thing the shopper asked for. It is met by the whole token, or by all parts, or by its characters in a row.

    `written` is how it stands in the query, cleaned but not stemmed.
    """

    whole: str
    parts: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    written: str = ""


@lru_cache(maxsize=4_000)
def tokenize(text: str) -> TextTokens:
    """The tokens under which a text is found."""
    words: list[str] = []
    characters: list[str] = []
    row: list[str] = []
    for piece in cut(text):
        if piece.kind is PieceKind.HAN:
            words.extend(rjieba.cut_for_search(piece.token))
            characters.extend((*piece.token, EDGE))
            row.extend(rjieba.cut(piece.token))
        else:
            words.append(piece.token)
            words.extend(piece.parts)
            row.append(piece.token)
    return TextTokens(tuple(words), tuple(characters), tuple(row))


def read_query(text: str) -> tuple[AskedWord, ...]:
    """What the words of a query ask for, without repeats and, if anything else is left, without stop words."""
    terms: dict[str, AskedWord] = {}
    for piece in cut(text):
        if piece.kind is PieceKind.HAN:
            for word in rjieba.cut(piece.token):
                within = tuple(part for part in rjieba.cut_for_search(word) if part != word)
                terms.setdefault(word, AskedWord(word, within, tuple(word), word))
        else:
            # A number alone does not stand for a measure, but all the parts of a model number do for the whole.
            parts = () if piece.kind is PieceKind.MEASURE else piece.parts
            terms.setdefault(piece.token, AskedWord(piece.token, _smallest(parts), written=piece.written))
    telling = [term for term in terms.values() if term.whole not in STOP_WORDS]
    return tuple(telling or terms.values())[:MOST_TERMS]


def _smallest(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Only the parts that cannot be cut further, so that all of them together are the whole."""
    return tuple(part for part in parts if part.isalpha() or part.isdigit())
