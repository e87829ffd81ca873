"""What staff said about words, as a question takes it."""

from dataclasses import replace

from search.curation.contracts import Curation
from search.curation.rules import make_query_key
from search.listings.contracts import SearchQuery, Synonyms
from search.listings.keeping import Memory
from search.listings.lexicon import get_lexicon
from search.listings.rules.synonyms import join_synonyms

_synonyms: Memory[tuple[Curation, Synonyms]] = Memory(1)


def place_query(query: SearchQuery, curation: Curation) -> SearchQuery:
    """The query with the products that staff pinned to its words, or buried."""
    if not (query.words and curation.placements):
        return query
    placements = curation.find_placements(make_query_key(query.words))
    if placements is None:
        return query
    return replace(query, pinned=placements.pinned, buried=tuple(sorted(placements.buried)))


def get_synonyms(curation: Curation) -> Synonyms:
    """Everything that is known to mean the same; put together once a version."""
    if not curation.groups:
        return get_lexicon()
    known = _synonyms.find("")
    if known is None or known[0] is not curation:
        joined = join_synonyms(curation.groups, get_lexicon(), version=curation.version)
        known = _synonyms.keep("", (curation, joined))
    return known[1]
