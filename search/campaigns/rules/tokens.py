"""What a bought word and a shopper's question are compared by: the same function for both. Loads the dictionary."""

from functools import lru_cache

from search.campaigns.contracts.limits import MOST_TOKENS
from search.tokens.chinese import read_query


@lru_cache(maxsize=2_048)  # every page asks, and many ask the same
def tokenize_words(text: str) -> tuple[str, ...]:
    """The words of a text in order, each once, without particles; () for nothing that can be asked."""
    return tuple(word.whole for word in read_query(text))


def tokenize_bought(text: str) -> tuple[str, ...]:
    """The tokens of a word that is bought; () when there are none, or more than may be."""
    tokens = tokenize_words(text)
    return tokens if len(tokens) <= MOST_TOKENS else ()
