"""The filters of a question, apart from its words, as every engine applies them."""

from dataclasses import dataclass, replace

from search.listings.contracts import AttributeTick, SearchQuery


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a question, of which a facet leaves out its own (`replace`)."""

    category_id: int | None
    brands: tuple[str, ...]
    price_from_minor: int | None
    price_to_minor: int | None
    shop_ids: tuple[int, ...]
    ticks: tuple[AttributeTick, ...]
    in_stock: bool
    closed_shop_ids: frozenset[int]
    pinned: tuple[int, ...] = ()
    buried: tuple[int, ...] = ()

    @classmethod
    def of(cls, query: SearchQuery, closed_shop_ids: frozenset[int]) -> "Filters":
        return cls(
            query.category_id,
            query.brands,
            query.price_from_minor,
            query.price_to_minor,
            query.shop_ids,
            query.attributes,
            query.in_stock,
            closed_shop_ids,
            query.pinned,
            query.buried,
        )

    def without_attribute(self, name: str) -> "Filters":
        """The filters as the facet of one attribute sees them."""
        return replace(self, ticks=tuple(tick for tick in self.ticks if tick.name != name))

    def with_value(self, name: str, value: str) -> "Filters":
        """The filters as they would be with just this value of an attribute ticked."""
        others = self.without_attribute(name).ticks
        return replace(self, ticks=(*others, AttributeTick(name, (value,))))

    def must_meet(self, name: str) -> bool:
        """Whether a value of this attribute would have to meet something else in one variant."""
        return self.in_stock or any(tick.name != name for tick in self.ticks)
