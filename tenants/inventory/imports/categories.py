"""Finding the category a file means."""

import re

from market.taxonomy.contracts import CategoryNode, CategoryTree

_SEPARATORS = re.compile(r"\s*(?:[/>›|»]|::)\s*")


def find_category(tree: CategoryTree, words: str) -> CategoryNode | None:
    """A category by slug, path, or name in either language; of a path in words, the deepest part that we know."""
    words = words.strip()
    if not words:
        return None
    by_slug = tree.find_slug(words.rsplit("/", 1)[-1])
    if by_slug is not None:
        return by_slug
    names: dict[str, CategoryNode] = {}
    for node in tree.nodes.values():
        for name in (node.name_zh, node.name_en.lower()):
            names.setdefault(name, node)
    parts = [part for part in _SEPARATORS.split(words.lower()) if part]
    return next((names[part] for part in reversed(parts) if part in names), None)
