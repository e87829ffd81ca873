"""Products are checked, cleaned, versioned and announced; a shop never sees another's."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from market.outbox.models import Event
from market.shops.tenancy import NoShopEntered, enter_shop
from tenants.catalog import selectors, services
from tenants.catalog.contracts import (
    BulkChange,
    BulkKind,
    OptionDraft,
    ProductDraft,
    ProductFilter,
    ProductSort,
    ProductStatus,
    Text,
    VariantDraft,
)
from tenants.catalog.models import Product, Variant

COLOURS = OptionDraft(Text("颜色", "Colour"), (Text("青", "Celadon"), Text("蓝", "Blue")))
SIZES = OptionDraft(Text("容量", "Size"), (Text("250ml"), Text("350ml")))


def mug(**changes):
    draft = ProductDraft(
        title=Text("青釉马克杯", "Celadon mug"),
        body_html=Text("<p onclick='x()'>好<script>alert(1)</script></p>"),
        tags=("手作", "手作", " 杯 "),
        options=(COLOURS, SIZES),
        variants=(
            VariantDraft("QH-1", (0, 0), 6000, cost_minor=2000, weight_grams=400),
            VariantDraft("QH-2", (1, 1), 6800, compare_at_minor=8000),
        ),
        status=ProductStatus.ACTIVE,
        private_notes="CANARY-NOTES",
    )
    return replace(draft, **changes)


@pytest.fixture
def inside(shop_a):
    with transaction.atomic(), enter_shop(shop_a):
        yield shop_a


def create(clock, **changes):
    return services.create_product(draft=mug(**changes), now=clock.now)


def codes(raised):
    return {(problem.field, problem.code) for problem in raised.value.problems}


def statements(captured):
    return [q["sql"] for q in captured if not q["sql"].startswith(("SET LOCAL", "SAVEPOINT", "RELEASE"))]


def test_a_product_comes_back_as_it_was_written(inside, clock):
    product_id = create(clock)
    edited = selectors.get_product_draft(product_id)
    assert edited.version == 1
    assert edited.draft.title == Text("青釉马克杯", "Celadon mug")
    assert edited.draft.tags == ("手作", "杯")
    assert edited.draft.handle == "celadon-mug"
    assert edited.draft.private_notes == "CANARY-NOTES"
    assert [v.cost_minor for v in edited.draft.variants] == [2000, None]


def test_html_is_cleaned_on_the_way_in(inside, clock):
    assert selectors.get_product_draft(create(clock)).draft.body_html.zh == "<p>好</p>"


def test_a_sheet_holds_nothing_private(inside, clock):
    sheet = selectors.list_product_sheets([create(clock)])[0]
    assert "CANARY" not in repr(sheet) and "2000" not in repr(sheet)


def test_every_write_is_announced_with_its_shop(inside, clock):
    product_id = create(clock)
    services.set_product_status(product_id=product_id, status=ProductStatus.DRAFT, now=clock.now)
    events = list(Event.objects.filter(kind="product.changed").values_list("shop_id", "payload"))
    assert events == [(inside.shop_id, {"product_id": product_id})] * 2


def test_the_same_status_again_writes_nothing(inside, clock):
    product_id = create(clock)
    assert services.set_product_status(product_id=product_id, status=ProductStatus.ACTIVE, now=clock.now) == 1
    assert Event.objects.filter(kind="product.changed").count() == 1


def test_an_edit_of_an_older_version_is_refused(inside, clock):
    product_id = create(clock)
    draft = selectors.get_product_draft(product_id).draft
    assert services.update_product(product_id=product_id, draft=draft, expected_version=1, now=clock.now) == 2
    with pytest.raises(services.ProductChanged) as raised:
        services.update_product(product_id=product_id, draft=draft, expected_version=1, now=clock.now)
    assert (raised.value.expected, raised.value.found) == (1, 2)


def test_variants_left_out_are_retired_and_their_sku_is_free_again(inside, clock):
    product_id = create(clock)
    draft = selectors.get_product_draft(product_id).draft
    first, second = draft.variants
    new = VariantDraft("QH-2", (0, 1), 100)
    services.update_product(product_id=product_id, draft=replace(draft, variants=(first, new)), now=clock.now)
    kept = selectors.get_product_draft(product_id).draft.variants
    assert [v.sku for v in kept] == ["QH-1", "QH-2"] and kept[1].variant_id != second.variant_id
    sellable = selectors.list_sellable([first.variant_id, second.variant_id])
    assert (sellable[first.variant_id].on_sale, sellable[second.variant_id].on_sale) == (True, False)


def test_two_variants_may_swap_their_skus(inside, clock):
    product_id = create(clock)
    draft = selectors.get_product_draft(product_id).draft
    first, second = draft.variants
    swapped = (replace(first, sku="QH-2"), replace(second, sku="QH-1"))
    services.update_product(product_id=product_id, draft=replace(draft, variants=swapped), now=clock.now)
    assert [v.sku for v in selectors.get_product_draft(product_id).draft.variants] == ["QH-2", "QH-1"]


def test_a_variant_of_another_product_is_refused(inside, clock):
    other = selectors.get_product_draft(create(clock)).draft.variants[0]
    product_id = create(clock, variants=(VariantDraft("X", (0, 0), 1),))
    draft = selectors.get_product_draft(product_id).draft
    with pytest.raises(services.InvalidProduct) as raised:
        services.update_product(
            product_id=product_id, draft=replace(draft, variants=(replace(other, sku="Y"),)), now=clock.now
        )
    assert codes(raised) == {("variants.0", "unknown_variant")}


def test_a_taken_sku_and_handle_are_named(inside, clock):
    create(clock, handle="mug")
    with pytest.raises(services.InvalidProduct) as raised:
        create(clock, handle="mug", variants=(VariantDraft("QH-2", (0, 0), 1),))
    assert codes(raised) == {("handle", "taken"), ("variants.0.sku", "taken")}


def test_a_second_product_of_the_same_title_gets_a_handle_of_its_own(inside, clock):
    create(clock)
    product_id = create(clock, variants=(VariantDraft("Z", (0, 0), 1),))
    assert selectors.get_product_draft(product_id).draft.handle == "celadon-mug-2"


def test_unknown_categories_and_pictures_are_refused(inside, clock):
    from tenants.catalog.contracts import PictureDraft

    with pytest.raises(services.InvalidProduct) as raised:
        create(clock, category_id=987654, pictures=(PictureDraft(424242),))
    assert codes(raised) == {("category_id", "unknown_category"), ("pictures.0", "unknown_picture")}


@pytest.mark.parametrize(
    "values",
    [{"price_minor": -1}, {"price_minor": 5, "compare_at_minor": 5}, {"price_minor": 5, "cost_minor": -1}],
)
def test_the_database_refuses_bad_prices_too(inside, clock, values):
    product_id = create(clock)
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.create(product_id=product_id, **values)


def test_what_checkout_asks_is_one_statement(inside, clock):
    ids = [v.variant_id for v in selectors.get_product_draft(create(clock)).draft.variants]
    with CaptureQueriesContext(connection) as captured:
        found = selectors.list_sellable([*ids, 999])
    assert len(statements(captured)) == 1
    assert set(found) == set(ids)
    assert found[ids[1]].choices == Text("蓝 · 350ml", "Blue · 350ml")
    assert found[ids[0]].price_minor == 6000 and found[ids[0]].currency == "CNY"


@pytest.mark.parametrize("number", [1, 4])
def test_sheets_take_two_statements_for_any_number(inside, clock, number):
    ids = [create(clock, variants=(VariantDraft(f"S{n}", (0, 0), 1),)) for n in range(number)]
    with CaptureQueriesContext(connection) as captured:
        assert [sheet.product_id for sheet in selectors.list_product_sheets(ids)] == ids
    assert len(statements(captured)) == 2


def test_the_table_pages_without_repeating_or_skipping(inside, clock):
    ids = []
    for n in range(7):
        clock.move(seconds=n % 2)
        ids.append(create(clock, variants=(VariantDraft(f"S{n}", (0, 0), 100 + n % 3),)))
    for sort in ProductSort:
        seen, cursor = [], ""
        while True:
            page = selectors.list_products(where=ProductFilter(), sort=sort, cursor=cursor, limit=3)
            seen += [row.product_id for row in page.rows]
            cursor = page.next_cursor
            if not cursor:
                break
        assert sorted(seen) == ids and len(seen) == 7, sort


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "é"])
def test_a_cursor_that_is_not_ours_is_refused(inside, clock, cursor):
    with pytest.raises(selectors.BadCursor):
        selectors.list_products(where=ProductFilter(), cursor=cursor)


def test_the_table_filters_and_counts(inside, clock):
    first = create(clock)
    second = create(
        clock, title=Text("台灯"), status=ProductStatus.DRAFT, tags=("灯",), variants=(VariantDraft("L", (0, 0), 9900),)
    )

    def shown(**where):
        return {row.product_id for row in selectors.list_products(where=ProductFilter(**where)).rows}

    assert shown(words="qh-2") == {first}
    assert shown(words="台灯") == {second}
    assert shown(status=ProductStatus.ACTIVE) == {first}
    assert shown(tag="灯") == {second}
    assert shown(price_from_minor=9000) == {second}
    assert shown(price_to_minor=6500) == {first}
    assert shown(product_ids=(second,)) == {second}
    assert selectors.count_by_status() == {
        ProductStatus.DRAFT: 1,
        ProductStatus.ACTIVE: 1,
        ProductStatus.ARCHIVED: 0,
    }
    assert selectors.list_tags() == ["手作", "杯", "灯"] or set(selectors.list_tags()) == {"手作", "杯", "灯"}


def test_a_bulk_change_is_undone_but_not_over_later_edits(inside, clock):
    first = create(clock)
    second = create(clock, variants=(VariantDraft("S", (0, 0), 1000),))
    raise_prices = BulkChange(BulkKind.CHANGE_PRICE_BPS, amount=2500)
    result = services.bulk_change(change=raise_prices, product_ids=[first, second], actor_id=1, now=clock.now)
    assert (result.changed, result.refused) == (2, ())
    variants = selectors.get_product_draft(first).draft.variants
    assert [(v.price_minor, v.compare_at_minor) for v in variants] == [(7500, None), (8500, None)]
    services.set_product_status(product_id=second, status=ProductStatus.DRAFT, now=clock.now)
    assert services.undo_bulk_change(edit_id=result.edit_id, now=clock.now) == 1
    variants = selectors.get_product_draft(first).draft.variants
    assert [(v.price_minor, v.compare_at_minor) for v in variants] == [(6000, None), (6800, 8000)]
    assert selectors.get_product_draft(second).draft.variants[0].price_minor == 1250
    with pytest.raises(services.NothingToUndo):
        services.undo_bulk_change(edit_id=result.edit_id, now=clock.now)


def test_a_bulk_change_leaves_out_what_cannot_be_sold(inside, clock):
    free = create(clock, status=ProductStatus.DRAFT, variants=(VariantDraft("S", (0, 0), 0),))
    activate = BulkChange(BulkKind.SET_STATUS, status=ProductStatus.ACTIVE)
    result = services.bulk_change(change=activate, product_ids=[free], actor_id=1, now=clock.now)
    assert (result.changed, result.refused) == (0, ((free, "price_missing"),))
    with pytest.raises(services.InvalidProduct):
        services.set_product_status(product_id=free, status=ProductStatus.ACTIVE, now=clock.now)


def test_a_failed_write_leaves_nothing(shop_a, clock, monkeypatch):
    def fail(**_):
        raise RuntimeError("half-way")

    monkeypatch.setattr("tenants.catalog.services.products.record_product_changed", fail)
    with pytest.raises(RuntimeError), transaction.atomic(), enter_shop(shop_a):
        create(clock)
    with transaction.atomic(), enter_shop(shop_a):
        assert Product.objects.count() == Variant.objects.count() == 0


def test_no_read_of_one_shop_shows_anything_of_another(shop_a, shop_b, clock):
    with transaction.atomic(), enter_shop(shop_a):
        product_id = create(clock)
        ids = [v.variant_id for v in selectors.get_product_draft(product_id).draft.variants]
    with transaction.atomic(), enter_shop(shop_b):
        with pytest.raises(selectors.NoSuchProduct):
            selectors.get_product_draft(product_id)
        assert selectors.list_product_sheets([product_id]) == []
        assert selectors.list_product_drafts([product_id]) == []
        assert selectors.list_product_ids() == []
        assert selectors.list_sellable(ids) == {}
        assert selectors.list_variant_products(ids) == {}
        assert selectors.list_variant_labels(ids) == {}
        assert selectors.list_products(where=ProductFilter()).rows == ()
        assert selectors.list_tags() == []
        assert selectors.find_product_by_handle("celadon-mug") is None
        assert sum(selectors.count_by_status().values()) == 0
        with pytest.raises(selectors.NoSuchProduct):
            services.archive_product(product_id=product_id, now=clock.now)


def test_outside_a_shop_nothing_is_read_or_written(db, clock):
    with pytest.raises(NoShopEntered):
        selectors.list_product_ids()
    with pytest.raises(NoShopEntered):
        create(clock)
