"""How like one listing is to another, by words of the title, attributes, brand, category and price."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WEIGHTS = {"words": 1.0, "attributes": 0.4, "category": 0.4, "brand": 0.15, "price": 0.15}
MOST_WORDS = 3
MOST_A_SHOP = 4


@dataclass(frozen=True, slots=True)
class Traits:
    """What a listing is compared by. `category_ids` run from the widest to the narrowest; price in minor units."""

    listing_id: int
    shop_id: int
    words: frozenset[str]
    attributes: frozenset[str]
    category_ids: tuple[int, ...]
    brand: str
    price_minor: int
    in_stock: bool


def pick_words(words: Iterable[str]) -> list[str]:
    """The few words of a title that tell most: the longest, numbers and single characters left out."""
    telling = [word for word in dict.fromkeys(words) if len(word) > 1 and not any(map(str.isdigit, word))]
    return sorted(telling, key=len, reverse=True)[:MOST_WORDS]


def rank_similar(like: Traits, pool: Iterable[Traits], *, size: int) -> list[int]:
    """The listings most like one, those in stock first; of a shop at most four, and none under the same words twice."""
    others = [one for one in pool if one.listing_id != like.listing_id]
    rarity = _measure_rarity([like, *others])
    scored = [(not one.in_stock, -_compare(like, one, rarity), one.listing_id, one) for one in others]
    seen, shops, chosen = {(like.shop_id, like.words)}, Counter[int](), []
    for _, _, listing_id, one in sorted(scored, key=lambda row: row[:3]):
        if (one.shop_id, one.words) in seen or shops[one.shop_id] >= MOST_A_SHOP:
            continue
        seen.add((one.shop_id, one.words))
        shops[one.shop_id] += 1
        chosen.append(listing_id)
    return chosen[:size]


def _compare(like: Traits, one: Traits, rarity: dict[str, float]) -> float:
    deep = max(len(like.category_ids), 1)
    shared = sum(mine == its for mine, its in zip(like.category_ids, one.category_ids, strict=False))
    parts = {
        "words": _cosine(like.words, one.words, rarity),
        "attributes": _overlap(like.attributes, one.attributes),
        "category": shared / deep,
        "brand": float(bool(like.brand) and like.brand == one.brand),
        "price": math.exp(-abs(math.log((like.price_minor + 1) / (one.price_minor + 1)))),
    }
    return sum(WEIGHTS[name] * value for name, value in parts.items())


def _measure_rarity(pool: Sequence[Traits]) -> dict[str, float]:
    """A word that all have tells nothing."""
    holders = Counter(word for one in pool for word in one.words)
    return {word: math.log(1 + len(pool) / count) for word, count in holders.items()}


def _cosine(mine: frozenset[str], its: frozenset[str], rarity: dict[str, float]) -> float:
    shared = sum(rarity[word] ** 2 for word in sorted(mine & its))
    lengths = [math.sqrt(sum(rarity[word] ** 2 for word in sorted(words))) for words in (mine, its)]
    return shared / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def _overlap(mine: frozenset[str], its: frozenset[str]) -> float:
    return len(mine & its) / len(mine | its) if mine or its else 0.0
