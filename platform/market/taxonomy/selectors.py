"""Reads of the taxonomy. The tree is read whole and kept by the process until its version changes."""

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Prefetch

from market.taxonomy.contracts import BrandView, CategoryNode, CategoryTree, ParameterKind, ParameterView
from market.taxonomy.models import Brand, Category, CategoryParameter, TaxonomyVersion

LOOK_AGAIN_SECONDS = 5.0
"""How long a process trusts its copy before it asks for the version again."""


@dataclass(slots=True)
class _Kept:
    tree: CategoryTree | None = None
    looked_at: float = 0.0


_kept = _Kept()


def get_tree(*, fresh: bool = False) -> CategoryTree:
    """The category tree. No statement while the copy is trusted, one to see that it still holds, three to read it."""
    now = time.monotonic()
    if _kept.tree is not None and not fresh and now - _kept.looked_at < LOOK_AGAIN_SECONDS:
        return _kept.tree
    version = TaxonomyVersion.objects.values_list("number", flat=True).filter(pk=1).first() or 0
    if _kept.tree is None or fresh or _kept.tree.version != version:
        _kept.tree = _read_tree(version)
    _kept.looked_at = now
    return _kept.tree


def map_paths(category_ids: Iterable[int]) -> dict[int, str]:
    """The path of each category. Out of the kept tree; one statement more only for hidden ones."""
    wanted, tree = set(category_ids), get_tree()
    paths = {category_id: tree.nodes[category_id].path for category_id in wanted if category_id in tree.nodes}
    if hidden := wanted - paths.keys():
        paths |= dict(Category.objects.filter(pk__in=hidden).values_list("pk", "path"))
    return paths


def forget_tree() -> None:
    """Drop the process's copy, after a change or between tests."""
    _kept.tree = None


def list_brands(*, words: str = "", limit: int = 50) -> list[BrandView]:
    """Brands whose name starts with the words, for the editor's suggestions."""
    rows = Brand.objects.order_by("slug")
    if words:
        rows = rows.filter(name_zh__istartswith=words) | rows.filter(name_en__istartswith=words)
    return [BrandView(row.pk, row.slug, row.name_zh, row.name_en) for row in rows[:limit]]


def _read_tree(version: int) -> CategoryTree:
    parameters = Prefetch("parameters", CategoryParameter.objects.order_by("position", "pk"))
    rows = list(Category.objects.order_by("depth", "position", "pk").prefetch_related(parameters))
    shown: dict[int, Category] = {}
    children: dict[int | None, list[int]] = defaultdict(list)
    for row in rows:
        if not row.hidden and (row.parent_id is None or row.parent_id in shown):
            shown[row.pk] = row
            children[row.parent_id].append(row.pk)
    nodes: dict[int, CategoryNode] = {}
    for row in shown.values():
        above = nodes[row.parent_id] if row.parent_id is not None else None
        nodes[row.pk] = _to_node(row, above, tuple(children[row.pk]))
    return CategoryTree(
        version=version,
        nodes=MappingProxyType(nodes),
        tops=tuple(children[None]),
        by_slug=MappingProxyType({node.slug: node.category_id for node in nodes.values()}),
    )


def _to_node(row: Category, above: CategoryNode | None, children: tuple[int, ...]) -> CategoryNode:
    return CategoryNode(
        category_id=row.pk,
        slug=row.slug,
        path=row.path,
        depth=row.depth,
        name_zh=row.name_zh,
        name_en=row.name_en,
        icon=row.icon or (above.icon if above else ""),
        parent_id=row.parent_id,
        children=children,
        ancestors=(*above.ancestors, above.category_id) if above else (),
        parameters=(*(above.parameters if above else ()), *(_to_parameter(p) for p in row.parameters.all())),
    )


def _to_parameter(row: CategoryParameter) -> ParameterView:
    return ParameterView(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        kind=ParameterKind(row.kind),
        unit=row.unit,
        is_facet=row.is_facet,
    )
