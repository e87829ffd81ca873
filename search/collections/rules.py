"""Pure decisions of lists: the question that a rule asks, its form in a table, and a list's address."""

import re
import unicodedata
from collections.abc import Collection as Some
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from search.collections.contracts import Collection, ListRule
from search.listings.contracts import AttributeTick, SearchQuery, Sort
from search.listings.rules.facets import DISCOUNT, TAG, make_key

PAGE_SIZE = 30
LONGEST_WORD = 40
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")


def make_query(collection: Collection, *, after: str = "", size: int = PAGE_SIZE) -> SearchQuery:
    """The question whose answer is the list. A shop's own list asks for this shop's goods only."""
    rule = collection.rule
    shop_id = collection.owner_shop_id if collection.owner_shop_id is not None else rule.shop_id
    ticks = []
    if rule.tag:
        ticks.append(AttributeTick(TAG, (make_key(rule.tag),)))
    if rule.discount:
        ticks.append(AttributeTick(DISCOUNT, (str(rule.discount),)))
    return SearchQuery(
        category_id=rule.category_id,
        brands=(make_key(rule.brand),) if rule.brand else (),
        price_from_minor=rule.price_from_minor,
        price_to_minor=rule.price_to_minor,
        attributes=tuple(ticks),
        shop_ids=(shop_id,) if shop_id is not None else (),
        in_stock=rule.in_stock,
        sort=rule.sort,
        after=after,
        size=min(size, rule.most),
        with_facets=False,
        buried=collection.left_out,
    )


def write_rule(rule: ListRule) -> dict[str, Any]:  # Any: JSON
    """The rule as JSON, without what it does not say."""
    plain = {name: value for name, value in asdict(rule).items() if value not in (None, "")}
    return {**plain, "sort": rule.sort.value}


def read_rule(stored: Mapping[str, Any]) -> ListRule:  # Any: JSON
    """The rule out of its JSON. Raises `BadRule`."""
    return ListRule(**{**stored, "sort": Sort(stored["sort"])})


def make_slug(title_en: str, spelt_zh: str, taken: Some[str]) -> str:
    """An address of small letters, digits and hyphens that is not taken: of the English title, else of the pinyin."""
    plain = unicodedata.normalize("NFKD", title_en or spelt_zh).encode("ascii", "ignore").decode().lower()
    word = _NOT_IN_SLUGS.sub("-", plain).strip("-")[:LONGEST_WORD].strip("-") or "list"
    if word not in taken:
        return word
    number = 2
    while f"{word}-{number}" in taken:
        number += 1
    return f"{word}-{number}"
