"""Tokens without a dictionary: words, and Chinese in ones and twos. What PostgreSQL answers by when no engine does."""

from collections.abc import Iterable

from search.tokens.text import PieceKind, cut

MOST_WORDS = 400


def list_plain_words(texts: Iterable[str]) -> list[str]:
    """The words under which texts are found."""
    found: dict[str, None] = {}
    for text in texts:
        for piece in cut(text):
            if piece.kind is PieceKind.HAN:
                found.update(dict.fromkeys(piece.token))
                found.update(dict.fromkeys(_list_pairs(piece.token, step=1)))
            else:
                found.update(dict.fromkeys((piece.token, *piece.parts)))
    return list(found)[:MOST_WORDS]


def read_plain_query(text: str) -> list[str]:
    """The words that a document must have: of Chinese every second pair, so that words may stand apart."""
    wanted: dict[str, None] = {}
    for piece in cut(text):
        if piece.kind is not PieceKind.HAN or len(piece.token) == 1:
            wanted[piece.token] = None
        else:
            wanted.update(dict.fromkeys(_list_pairs(piece.token, step=2)))
    return list(wanted)


def _list_pairs(run: str, *, step: int) -> list[str]:
    pairs = [run[start : start + 2] for start in range(0, len(run) - 1, step)]
    if step == 2 and len(run) % 2:
        pairs.append(run[-2:])
    return pairs
