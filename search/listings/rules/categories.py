"""Which categories a list of hits offers to narrow it down."""

from collections.abc import Mapping

from market.taxonomy.contracts import CategoryTree

MOST_OFFERED = 12


def choose_categories(tree: CategoryTree, counts: Mapping[int, int], *, ticked: int | None) -> list[int]:
    """The ticked category with those below it, or beside it when there are none; without a tick, the top ones.

    A single one is opened until there is a choice, so that hits of one trade are divided by what they are.
    """
    node = tree.find(ticked)
    if node is None:
        return _open_single(tree, [top for top in tree.tops if counts.get(top)], counts)
    below = _order([child for child in node.children if counts.get(child)], counts)
    if below:
        return [node.category_id, *below]
    parent = tree.find(node.parent_id)
    beside = parent.children if parent else tree.tops
    others = [pk for pk in beside if pk != node.category_id and counts.get(pk)]
    return [node.category_id, *_order(others, counts)]


def _open_single(tree: CategoryTree, choice: list[int], counts: Mapping[int, int]) -> list[int]:
    while len(choice) == 1:
        below = [child for child in tree.nodes[choice[0]].children if counts.get(child)]
        if not below:
            break
        choice = below
    return _order(choice, counts)


def _order(choice: list[int], counts: Mapping[int, int]) -> list[int]:
    return sorted(choice, key=lambda pk: -counts.get(pk, 0))[:MOST_OFFERED]
