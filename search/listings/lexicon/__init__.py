"""What we know of the words of commerce: kinds of goods, and words in two languages. Read once, when asked for."""

from search.listings.lexicon.reading import Lexicon, Phrase, get_lexicon

__all__ = ["Lexicon", "Phrase", "get_lexicon"]
