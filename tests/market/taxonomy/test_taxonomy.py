"""The category tree is loaded once, read whole, kept by the process, and changed by staff."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from market.taxonomy import selectors, services
from market.taxonomy.contracts import ParameterKind
from market.taxonomy.models import Category, CategoryParameter
from market.taxonomy.services import CategoryDraft, ParameterDraft


@pytest.fixture(autouse=True)
def fresh_tree():
    selectors.forget_tree()
    yield
    selectors.forget_tree()


def draft(slug, **changes):
    return replace(CategoryDraft(slug, f"{slug}类", slug.title()), **changes)


def test_the_trades_load_and_again_change_nothing(db):
    count = services.load_taxonomy()
    before = list(Category.objects.order_by("pk").values())
    assert count == len(before) >= 14 * 5
    version = selectors.get_tree().version
    assert services.load_taxonomy() == count
    assert list(Category.objects.order_by("pk").values()) == before
    assert selectors.get_tree(fresh=True).version == version


def test_every_trade_has_an_icon_both_names_and_parameters(db):
    services.load_taxonomy()
    tree = selectors.get_tree()
    assert [node.name_zh for node in tree.list_tops()][:3] == ["餐具茶器", "灯具照明", "家具家纺"]
    for top in tree.list_tops():
        assert top.icon and top.parameters and 4 <= len(top.children) <= 10
        for child in tree.list_children(top.category_id):
            assert child.name_zh and child.name_en and child.icon == top.icon
            assert child.parameters[: len(top.parameters)] == top.parameters


def test_what_staff_changed_survives_a_load(db):
    services.load_taxonomy()
    mugs = selectors.get_tree().find_slug("mugs")
    services.change_category(category_id=mugs.category_id, draft=CategoryDraft("mugs", "杯子", "Cups"))
    services.load_taxonomy()
    assert selectors.get_tree(fresh=True).find_slug("mugs").name_zh == "杯子"


def test_the_tree_is_read_in_three_statements_and_then_kept(db):
    services.load_taxonomy()
    with CaptureQueriesContext(connection) as captured:
        selectors.get_tree()
        selectors.get_tree()
    assert len(captured) == 3


def test_lines_and_branches(db):
    services.load_taxonomy()
    tree = selectors.get_tree()
    mugs = tree.find_slug("mugs")
    assert [node.slug for node in tree.list_line(mugs.category_id)] == ["tableware", "mugs"]
    top = tree.find_slug("tableware")
    assert set(tree.list_branch_ids(top.category_id)) == {top.category_id, *top.children}
    assert tree.find(None) is tree.find(10**9) is tree.find_slug("nothing") is None
    assert (mugs.name("zh-hans"), mugs.name("en")) == ("马克杯", "Mugs")


def test_a_change_is_seen_by_the_next_reader(db):
    top = services.add_category(draft=draft("a"))
    selectors.get_tree()
    services.add_category(draft=draft("b"), parent_id=top)
    tree = selectors.get_tree(fresh=True)
    assert tree.find_slug("b").path == "a/b" and tree.find_slug("b").depth == 2


def test_a_new_slug_moves_the_paths_below(db):
    a = services.add_category(draft=draft("a"))
    b = services.add_category(draft=draft("b"), parent_id=a)
    services.add_category(draft=draft("c"), parent_id=b)
    services.add_category(draft=draft("ab"))
    services.change_category(category_id=a, draft=draft("z"))
    assert set(Category.objects.values_list("path", flat=True)) == {"z", "z/b", "z/b/c", "ab"}


def test_four_levels_are_enough_and_slugs_are_unique(db):
    parent = None
    for slug in "abcd":
        parent = services.add_category(draft=draft(slug), parent_id=parent)
    with pytest.raises(services.TooDeep):
        services.add_category(draft=draft("e"), parent_id=parent)
    with pytest.raises(services.SlugTaken):
        services.add_category(draft=draft("a"))
    with pytest.raises(services.NotEmpty):
        services.remove_category(category_id=Category.objects.get(slug="a").pk)
    services.remove_category(category_id=parent)
    assert not Category.objects.filter(slug="d").exists()


def test_a_hidden_branch_is_not_shown(db):
    a = services.add_category(draft=draft("a"))
    b = services.add_category(draft=draft("b", hidden=True), parent_id=a)
    services.add_category(draft=draft("c"), parent_id=b)
    assert [node.slug for node in selectors.get_tree().nodes.values()] == ["a"]


def test_parameters_are_replaced_and_keep_their_rows(db):
    a = services.add_category(draft=draft("a"))
    capacity = ParameterDraft("capacity", "容量", "Capacity", ParameterKind.NUMBER, "ml", True)
    services.set_parameters(category_id=a, parameters=[capacity, ParameterDraft("old", "旧", "Old")])
    first = CategoryParameter.objects.get(code="capacity").pk
    services.set_parameters(category_id=a, parameters=[replace(capacity, unit="L")])
    row = CategoryParameter.objects.get()
    assert (row.pk, row.unit) == (first, "L")


def test_the_database_refuses_a_broken_tree(db):
    for values in ({"depth": 5}, {"depth": 2}, {"depth": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Category.objects.create(slug="x", path="x", name_zh="x", name_en="x", **values)


def test_brands_are_suggested_by_their_first_letters(db):
    services.add_brand(slug="qinghe", name_zh="青禾窑", name_en="Qinghe")
    services.add_brand(slug="qinghe", name_zh="青禾窑", name_en="Qinghe Kiln")
    services.add_brand(slug="muji", name_zh="无印良品", name_en="MUJI")
    assert [brand.name_en for brand in selectors.list_brands(words="qing")] == ["Qinghe Kiln"]
    assert [brand.slug for brand in selectors.list_brands(words="无印")] == ["muji"]
    assert len(selectors.list_brands()) == 2
