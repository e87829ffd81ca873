"""What the table of goods was asked for, read out of the query string."""

from dataclasses import dataclass, field, replace

from django.http import QueryDict

from market.money import BadAmount, parse_minor
from market.taxonomy.contracts import CategoryTree
from tenants.catalog.contracts import ProductFilter, ProductSort, ProductStatus

SOLD_OUT = "sold-out"
# What `?sort=` says, as the heads of the table write it.
_SORTS = {
    "-updated": ProductSort.UPDATED,
    "-created": ProductSort.CREATED,
    "title": ProductSort.TITLE,
    "price": ProductSort.PRICE_UP,
    "-price": ProductSort.PRICE_DOWN,
}


@dataclass(frozen=True, slots=True)
class GoodsQuery:
    """The fields of the filter bar as typed, and what they mean."""

    tab: str = ""
    words: str = ""
    category_id: int = 0
    tag: str = ""
    price_from: str = ""
    price_to: str = ""
    sort: ProductSort = ProductSort.UPDATED
    cursor: str = ""
    where: ProductFilter = field(default_factory=ProductFilter)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but a tab narrows the list."""
        return bool(self.words or self.category_id or self.tag or self.price_from or self.price_to)


def read_query(data: QueryDict, tree: CategoryTree) -> GoodsQuery:
    """Whatever was asked, made whole: what cannot be read is left out."""
    category = tree.find(_read_id(data.get("category", "")))
    price_from, price_to = data.get("from", "").strip()[:20], data.get("to", "").strip()[:20]
    tab = data.get("status", "")
    query = GoodsQuery(
        tab=tab if tab in (*ProductStatus, SOLD_OUT) else "",
        words=data.get("q", "").strip()[:80],
        category_id=category.category_id if category else 0,
        tag=data.get("tag", "").strip()[:40],
        price_from=price_from if _read_price(price_from) is not None else "",
        price_to=price_to if _read_price(price_to) is not None else "",
        sort=_SORTS.get(data.get("sort", ""), ProductSort.UPDATED),
        cursor=data.get("after", "")[:2000],
    )
    where = ProductFilter(
        status=ProductStatus(query.tab) if query.tab in set(ProductStatus) else None,
        words=query.words,
        category_ids=tuple(tree.list_branch_ids(category.category_id)) if category else None,
        tag=query.tag,
        price_from_minor=_read_price(query.price_from),
        price_to_minor=_read_price(query.price_to),
    )
    return replace(query, where=where)


def _read_price(text: str) -> int | None:
    if not text:
        return None
    try:
        return parse_minor(text)
    except BadAmount:
        return None


def _read_id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
