"""A question as engines are asked it: the query, and its words understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from search.listings.contracts.queries import SearchQuery

MOST_ALTERNATIVES = 12
"""Of one term, the asked ones first: what an engine has to look up stays bounded."""


class Origin(StrEnum):
    """Why an alternative stands for a term."""

    ASKED = "asked"
    SYNONYM = "synonym"
    CORRECTED = "corrected"
    PINYIN = "pinyin"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to meet a term: a document has all `words`, in whatever fields, or `characters` in a row.

    Both are tokens as `search.tokens` makes them. `weight` multiplies the score: 1 for what was asked, less for what
    only stands for it.
    """

    words: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    weight: float = 1.0
    origin: Origin = Origin.ASKED


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One thing that is asked for; any alternative will do, and the best one counts. `text` is as people read it.

    `is_head`: it says what is looked for (the bag of "laptop bag"), so a product that is one counts more.
    """

    text: str
    alternatives: tuple[Alternative, ...]
    is_head: bool = False

    @property
    def asked(self) -> Alternative:
        """The term as it was asked."""
        return self.alternatives[0]


@dataclass(frozen=True, slots=True)
class Question:
    """A query whose words are understood. Engines read `terms`, never `query.words`; everything else is the query's.

    `corrected_words` is what the words were taken for, empty when they were taken as written.
    """

    query: SearchQuery
    terms: tuple[QueryTerm, ...] = ()
    corrected_words: str = ""

    @property
    def is_unreadable(self) -> bool:
        """There are words, but no token in them: nothing can be found."""
        return not self.terms and bool(self.query.words.strip())


@dataclass(frozen=True, slots=True)
class Substitute:
    """What else a phrase may be called, as text, and how much that counts against the phrase itself (0 to 1).

    `token` is set where that is indexed as a token of its own, so that the text is only for people.
    """

    text: str
    weight: float
    token: str = ""


class Synonyms(Protocol):
    """What means the same. Phrases are tuples of tokens, as `search.tokens.chinese.read_query` makes them."""

    @property
    def version(self) -> str:
        """Changes with every edit: answers are kept under it."""
        ...

    @property
    def longest(self) -> int:
        """Of how many tokens the longest phrase is."""
        ...

    def list_substitutes(self, phrase: tuple[str, ...]) -> Sequence[Substitute]:
        """What may stand for exactly this phrase; empty for one that is not known."""
        ...


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word of the vocabulary in its written form, lower case, and how many documents have it in what they are called.

    Chinese words also have their pinyin (`shouji`) and its initials (`sj`); others have neither.
    """

    word: str
    documents: int
    pinyin: str = ""
    initials: str = ""


class Vocabulary(Protocol):
    """The words by which documents are called, the same for every engine."""

    def list_similar(self, words: Sequence[str]) -> Sequence[KnownWord]:
        """The words themselves where they are known, those one or two letters away, and those of the same sound."""
        ...
