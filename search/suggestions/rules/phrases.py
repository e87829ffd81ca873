"""Which phrases a listing speaks for: its categories, its brand, and what its titles are about.

Of a title only the head of its clauses counts (青釉拼色马克杯: 马克杯 and 拼色马克杯; "Celadon mug for the office": mug
and celadon mug), never figures: no telephone number becomes a suggestion. Loads the dictionary of Chinese words.
"""

import re
from collections.abc import Iterator
from itertools import islice

from search.listings.contracts.changes import ListingNames
from search.listings.rules.facets import make_key
from search.suggestions.contracts import Candidate, Kind
from search.tokens.chinese import read_query
from search.tokens.text import clean

MOST_PHRASES = 16
LONGEST_PHRASE = 40
LONGEST_HEAD = 8
_CLAUSES = 3
_JOINTS = re.compile(r"[\s,，、。;；:：/|()（）\[\]【】《》「」+&!！?？~·—-]+")
_ENDS_HEAD = re.compile(r"[,;:()\[\]/|–—]|\s-\s|\b(?:for|with|by|in|from)\b")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NOT_HEADS = frozenset(
    (
        "black",
        "white",
        "silver",
        "grey",
        "gray",
        "red",
        "blue",
        "green",
        "pink",
        "gold",
        "yellow",
        "brown",
        "beige",
        "orange",
        "purple",
        "mixed",
        "small",
        "medium",
        "large",
        "new",
        "set",
        "pack",
        "pcs",
        "box",
        "cm",
        "mm",
        "kg",
        "inch",
        "wireless",
        "original",
        "official",
        "quality",
    )
)


def list_candidates(names: ListingNames) -> list[Candidate]:
    """What the listing speaks for, each once, at most `MOST_PHRASES`."""
    found = {candidate.key: candidate for candidate in _list_all(names)}
    return list(islice(found.values(), MOST_PHRASES))


def tell_language(text: str) -> str:
    """`zh` where there is any Chinese character, else `en`."""
    return "zh" if _HAN.search(text) else "en"


def _list_all(names: ListingNames) -> Iterator[Candidate]:
    for step in names.category_path:
        for language, text in (("zh", step.name.zh), ("en", step.name.en)):
            if text.strip():
                key = f"c:{step.category_id}:{language}"
                yield Candidate(key, Kind.CATEGORY, text.strip()[:LONGEST_PHRASE], language, step.category_id)
    brand = " ".join(names.brand.split())[:LONGEST_PHRASE]
    brand_key = make_key(brand)
    if brand_key:
        yield Candidate(f"b:{brand_key}", Kind.BRAND, brand, "zh" if _HAN.search(brand) else "", brand=brand_key)
    yield from _list_words(names, brand)


def _list_words(names: ListingNames, brand: str) -> Iterator[Candidate]:
    heads = [*list_chinese_heads(names.title.zh), *list_english_heads(names.title.en)]
    if not names.title.en and not any(_HAN.search(head) for head in heads):
        heads.extend(list_english_heads(names.title.zh))
    for head in heads:
        if clean(head) != clean(brand):
            yield _make_words(head)
    for head in heads[:1]:
        if brand and not clean(head).startswith(clean(brand)):
            yield _make_words(f"{brand} {head}")


def _make_words(text: str) -> Candidate:
    text = text[:LONGEST_PHRASE].strip()
    return Candidate(f"w:{clean(text)}", Kind.WORDS, text, tell_language(text))


def list_chinese_heads(title: str) -> list[str]:
    """The last word of each clause that ends in Chinese, and the last two together."""
    heads: dict[str, None] = {}
    clauses = (clause for clause in _JOINTS.split(title[:200]) if _HAN.search(clause))
    for clause in islice(clauses, _CLAUSES):
        words = _take_last(clause)
        if not words:
            continue
        head, longer = words[-1], "".join(words[-2:])
        if len(head) == 1:
            head = longer
        heads.update(dict.fromkeys(text for text in (head, longer) if 2 <= len(text) <= LONGEST_HEAD))
    return list(heads)


def _take_last(clause: str) -> list[str]:
    """The Chinese words at the end of a clause, in order, two or fewer."""
    words: list[str] = []
    for word in reversed(read_query(clause)):
        if not word.characters or len(words) == 2:
            break
        words.insert(0, word.written)
    return words


def list_english_heads(title: str) -> list[str]:
    """The last word of what stands before "for", "with" or a bracket, and the last two; letters only."""
    start = _ENDS_HEAD.split(clean(title[:200]), maxsplit=1)[0]
    runs: list[list[str]] = [[]]
    for word in start.split():
        plain = word.strip(".'\"")
        if plain.isascii() and plain.replace("-", "").isalpha() and len(plain) > 1:
            runs[-1].append(plain)
        elif runs[-1]:
            runs.append([])
    run = next((run for run in reversed(runs) if _end_of(run)), [])
    words = _end_of(run)
    if not words:
        return []
    return list(dict.fromkeys((words[-1], " ".join(words[-2:]))))


def _end_of(run: list[str]) -> list[str]:
    """The run without what says no more than how a thing is, at its end."""
    words = list(run)
    while words and (words[-1] in _NOT_HEADS or len(words[-1]) < 3):
        words.pop()
    return words
