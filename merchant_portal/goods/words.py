"""What goods and their states are called in the portal."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext

from market.taxonomy.contracts import CategoryTree
from tenants.catalog.contracts import ProductStatus


def name_status(status: ProductStatus) -> str:
    """A product's state."""
    return {
        ProductStatus.ACTIVE: gettext("On sale"),
        ProductStatus.DRAFT: gettext("Draft"),
        ProductStatus.ARCHIVED: gettext("Put away"),
    }[status]


def tone_of(status: ProductStatus) -> str:
    """The badge's tone."""
    return "good" if status is ProductStatus.ACTIVE else ""


def list_categories(tree: CategoryTree, among: Sequence[int] | None = None) -> list[tuple[int, str]]:
    """(id, name with all above it) of every category in the order of the tree, for a select."""
    language = get_language() or "zh-hans"
    found: list[tuple[int, str]] = []

    def walk(category_id: int, above: str) -> None:
        node = tree.nodes[category_id]
        name = f"{above} › {node.name(language)}" if above else node.name(language)
        if among is None or category_id in among:
            found.append((category_id, name))
        for child in node.children:
            walk(child, name)

    for top in tree.tops:
        walk(top, "")
    return found
