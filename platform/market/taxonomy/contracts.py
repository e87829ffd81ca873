"""What crosses the border of the taxonomy. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_DEPTH = 4
"""A category has at most three above it: deeper trees are not found by people."""


class ParameterKind(StrEnum):
    """How a parameter's value is written."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A parameter of a category."""

    code: str
    name_zh: str
    name_en: str
    kind: ParameterKind
    unit: str
    is_facet: bool

    def name(self, language: str) -> str:
        """The name for a language code such as "zh-hans" or "en"."""
        return self.name_en if language.startswith("en") else self.name_zh


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A category; `children` and `ancestors` are ids, looked up in the tree."""

    category_id: int
    slug: str
    path: str
    depth: int
    name_zh: str
    name_en: str
    icon: str
    parent_id: int | None
    children: tuple[int, ...]
    ancestors: tuple[int, ...]
    parameters: tuple[ParameterView, ...]

    def name(self, language: str) -> str:
        """The name for a language code such as "zh-hans" or "en"."""
        return self.name_en if language.startswith("en") else self.name_zh


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """The whole tree, children after parents, in the order shown. Hidden branches are left out."""

    version: int
    nodes: Mapping[int, CategoryNode]
    tops: tuple[int, ...]
    by_slug: Mapping[str, int] = field(repr=False)

    def find(self, category_id: int | None) -> CategoryNode | None:
        """The node with this id, or None."""
        return None if category_id is None else self.nodes.get(category_id)

    def find_slug(self, slug: str) -> CategoryNode | None:
        """The node with this slug, or None."""
        return self.find(self.by_slug.get(slug))

    def list_tops(self) -> list[CategoryNode]:
        """The trades of the home page."""
        return [self.nodes[category_id] for category_id in self.tops]

    def list_children(self, category_id: int) -> list[CategoryNode]:
        """The nodes right below one."""
        return [self.nodes[child] for child in self.nodes[category_id].children]

    def list_line(self, category_id: int) -> list[CategoryNode]:
        """The way from the top down to this node, the node included (breadcrumbs)."""
        node = self.nodes[category_id]
        return [self.nodes[above] for above in node.ancestors] + [node]

    def list_branch_ids(self, category_id: int) -> list[int]:
        """This node and all below it."""
        return [node.category_id for node in self.nodes.values() if category_id in (node.category_id, *node.ancestors)]


@dataclass(frozen=True, slots=True)
class BrandView:
    """A brand the market knows."""

    brand_id: int
    slug: str
    name_zh: str
    name_en: str
