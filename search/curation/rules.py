"""Pure decisions of curation: what a query is known by, and which groups of synonyms make sense."""

from collections.abc import Iterable, Sequence

from search.curation.contracts import FEWEST_PHRASES, LONGEST_PHRASE, MOST_PHRASES, SynonymGroup
from search.tokens.text import cut


class BadPhrases(ValueError):
    """A group that would do nothing or harm. `reason` is a word for it, `phrase` the one it is about."""

    def __init__(self, reason: str, phrase: str = "") -> None:
        super().__init__(f"{reason}: {phrase}")
        self.reason = reason
        self.phrase = phrase


def make_query_key(words: str) -> str:
    """Equal for queries that ask the same tokens in the same order: case, width, script and spaces do not count."""
    return " ".join(piece.token for piece in cut(words))[:LONGEST_PHRASE]


def clean_phrases(phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases of a group as they are kept: trimmed, each once. Raises `BadPhrases`."""
    kept: dict[str, str] = {}
    for phrase in phrases:
        written = " ".join(phrase.split())
        if not written:
            continue
        key = make_query_key(written)
        if not key:
            raise BadPhrases("no_word", written)
        if len(written) > LONGEST_PHRASE:
            raise BadPhrases("too_long", written)
        if key in kept:
            raise BadPhrases("same_twice", written)
        kept[key] = written
    if len(kept) < FEWEST_PHRASES:
        raise BadPhrases("too_few")
    if len(kept) > MOST_PHRASES:
        raise BadPhrases("too_many")
    return tuple(kept.values())


def check_groups(group: SynonymGroup, others: Sequence[SynonymGroup]) -> None:
    """Refuse a group that says again, or the other way round, what another group says. Raises `BadPhrases`.

    A phrase may stand in several groups (apple is a fruit and a brand), so long as no two phrases meet twice.
    """
    mine = {make_query_key(phrase): phrase for phrase in group.phrases}
    for other in others:
        if other.group_id == group.group_id:
            continue
        both = [key for phrase in other.phrases if (key := make_query_key(phrase)) in mine]
        if len(both) > 1:
            raise BadPhrases("said_elsewhere", mine[both[1]])
