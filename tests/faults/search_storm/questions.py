"""A reader: fuzzed questions, and what must never be among the answers."""

import random
import time
from collections import Counter

from market.shops.selectors import find_shop_by_slug
from search.listings.contracts import BadQuery, SearchPage, SearchQuery, Sort
from search.listings.selectors import search
from tests.faults.search_storm.goods import DARK, SECRET_EN, SECRET_ZH, WORDS

ODD = ('"', "a:b AND (", "\x00", "-*[", "😀", "'; --", "龘", "\\", "%", "{}", "ＡＢＣ", " ", "|", "~1", "*")
_FIRST_ANSWER_SECONDS = 60
HIDDEN = (SECRET_ZH, SECRET_EN, "绝密", "SECRET", "BANNED", "风暴k")
"""What only hidden goods are called by, or private notes hold."""


def ask(seed: int, count: int) -> dict[str, int]:
    """Ask so many questions: how many answers held what is private, and how many questions were not answered.

    Begins when the engine answers for the first time.
    """
    until = time.monotonic() + _FIRST_ANSWER_SECONDS
    while search(SearchQuery()).did_fall_back and time.monotonic() < until:
        time.sleep(0.2)
    chance = random.Random(seed)
    dark = find_shop_by_slug(DARK).shop_id
    tally: Counter[str] = Counter(asked=0, leaked=0, failed=0, fell_back=0, refused=0)
    for _ in range(count):
        tally["asked"] += 1
        try:
            page = search(_draw_query(chance))
        except BadQuery:
            tally["refused"] += 1
        except Exception:  # whatever it was, the question was not answered
            tally["failed"] += 1
        else:
            tally["fell_back"] += page.did_fall_back
            tally["leaked"] += _holds_secret(page, dark)
    return dict(tally)


def _holds_secret(page: SearchPage, dark_shop_id: int) -> bool:
    """Whether anything shows of hidden goods: a card, a value of a facet, or that their secret word finds something."""
    if page.query.words.strip() == SECRET_EN and not page.corrected_words and page.total:
        return True
    labels = (text for facet in page.facets for value in facet.values for text in (value.label.zh, value.label.en))
    titles = (text for card in page.hits for text in (card.title.zh, card.title.en))
    shown = " ".join((*labels, *titles))
    return SECRET_ZH in shown or SECRET_EN in shown or any(card.shop.shop_id == dark_shop_id for card in page.hits)


def _draw_query(chance: random.Random) -> SearchQuery:
    parts = chance.choices((*WORDS, *ODD, *HIDDEN), k=chance.randint(0, 4))
    words = chance.choice(("", " ")).join(parts)[: chance.randint(1, 100)]
    return SearchQuery(
        words=words,
        sort=chance.choice(list(Sort)),
        in_stock=chance.random() < 0.2,
        price_to_minor=chance.choice((None, None, 500, 10**6)),
        size=chance.choice((1, 24, 60)),
        page=chance.choice((1, 1, 1, 2)),
        with_facets=chance.random() < 0.3,
    )
