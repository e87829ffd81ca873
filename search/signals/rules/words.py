"""What a query is: cleaned text, and nothing that looks like somebody's address or number."""

import re

from search.tokens.text import clean

LONGEST_QUERY = 60
_ADDRESS = re.compile(r"@|\bhttps?:|\bwww\.")
_LONG_NUMBER = re.compile(r"\d{7}")
# A telephone or card number in groups: nine digits or more with at most one mark between two of them.
_GROUPED_NUMBER = re.compile(r"\d(?:[\s\-.()/+]?\d){8}")


def make_query(words: str) -> str:
    """The query that words ask: cleaned, single spaces, or "" when there is none that may be kept.

    Not kept is what is longer than a question, holds an address (e-mail, web) or a run of digits as telephones, bank
    cards and identity cards have. So a barcode is not kept either: it cannot be told from a telephone number.
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in words[: 2 * LONGEST_QUERY])
    query = " ".join(clean(printable).split())
    if len(query) > LONGEST_QUERY or not any(character.isalnum() for character in query):
        return ""
    return "" if is_personal(query) else query


def is_personal(text: str) -> bool:
    """Whether text looks like somebody's address or number."""
    return any(pattern.search(text) for pattern in (_ADDRESS, _LONG_NUMBER, _GROUPED_NUMBER))
