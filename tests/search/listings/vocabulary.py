"""A vocabulary out of a list of documents, for tests without a database; the table's answers are the same."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from search.listings.contracts import KnownWord, ListingDocument
from search.listings.rules.spelling import list_asked_keys, list_known_keys
from search.listings.rules.words import list_called_words
from search.tokens.pinyin import list_initials, spell


class ListVocabulary:
    """The words by which some documents are called."""

    def __init__(self, documents: Iterable[ListingDocument]) -> None:
        counted = Counter(word for document in documents for word in list_called_words(document))
        self._by_key: dict[str, list[KnownWord]] = defaultdict(list)
        for word, documents_count in counted.items():
            known = KnownWord(
                word, documents_count, *(("", "") if word.isascii() else (spell(word), list_initials(word)))
            )
            for key in list_known_keys(known):
                self._by_key[key].append(known)

    def list_similar(self, words: Sequence[str]) -> Sequence[KnownWord]:
        found = {known.word: known for word in words for key in list_asked_keys(word) for known in self._by_key[key]}
        return sorted(found.values(), key=lambda known: -known.documents)[:400]
