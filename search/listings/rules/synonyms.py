"""What staff say means the same, above what the lexicon says."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from search.curation.contracts import SynonymGroup
from search.listings.contracts import Substitute, Synonyms
from search.tokens.chinese import read_query

Phrase = tuple[str, ...]

SAID = 0.9
"""A word that staff put in place of another: nearly as good as the word itself, which still comes first."""


@dataclass(frozen=True, slots=True)
class StaffSynonyms:
    """The groups of staff first, then what `below` knows of the same phrase."""

    version: str
    longest: int
    said: Mapping[Phrase, Sequence[Substitute]]
    below: Synonyms

    def list_substitutes(self, phrase: Phrase) -> Sequence[Substitute]:
        """What may stand for exactly this phrase."""
        return (*self.said.get(phrase, ()), *self.below.list_substitutes(phrase))


def join_synonyms(groups: Sequence[SynonymGroup], below: Synonyms, *, version: int) -> Synonyms:
    """The synonyms in force under a version of curation."""
    said: dict[Phrase, dict[str, Substitute]] = defaultdict(dict)
    for group in groups:
        for asked, others in _list_sides(group):
            phrase = tuple(word.whole for word in read_query(asked))
            if phrase:
                said[phrase].update((other, Substitute(other, SAID)) for other in others)
    if not said:
        return below
    longest = max(below.longest, *(len(phrase) for phrase in said))
    said_once = {phrase: tuple(others.values()) for phrase, others in said.items()}
    return StaffSynonyms(f"{below.version}:{version}", longest, said_once, below)


def _list_sides(group: SynonymGroup) -> Iterator[tuple[str, Sequence[str]]]:
    """Which phrase finds which others."""
    asked = group.phrases[:1] if group.is_one_way else group.phrases
    for phrase in asked:
        yield phrase, [other for other in group.phrases if other != phrase]
