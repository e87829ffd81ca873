"""Stock is held, shipped, given back and counted; it is never sold twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from market.outbox.models import Event
from market.shops.tenancy import enter_shop
from tenants.catalog.contracts import OptionDraft, ProductDraft, Text, VariantDraft
from tenants.catalog.selectors import get_product_draft
from tenants.catalog.services import create_product
from tenants.inventory import selectors, services
from tenants.inventory.contracts import HoldState, MovementReason, Shortage, StockCount, Wanted
from tenants.inventory.models import StockLevel


def make_variants(clock, *on_hand, prefix="S"):
    option = OptionDraft(Text("款"), tuple(Text(str(n)) for n in range(len(on_hand))))
    variants = tuple(VariantDraft(f"{prefix}{n}", (n,), 100) for n in range(len(on_hand)))
    product_id = create_product(draft=ProductDraft(Text(prefix), options=(option,), variants=variants), now=clock.now)
    ids = [v.variant_id for v in get_product_draft(product_id).draft.variants]
    services.count_stock(counts=[StockCount(v, n) for v, n in zip(ids, on_hand, strict=True)], now=clock.now)
    return ids


@pytest.fixture
def inside(shop_a):
    with transaction.atomic(), enter_shop(shop_a):
        yield shop_a


def hold(clock, key, *wanted, minutes=15):
    expires_at = clock.now + timedelta(minutes=minutes)
    services.hold_stock(hold_key=key, wanted=[Wanted(v, n) for v, n in wanted], expires_at=expires_at, now=clock.now)


def level(variant_id):
    row = StockLevel.objects.get(variant_id=variant_id)
    return row.on_hand, row.held


def statements(captured):
    return [q["sql"] for q in captured if not q["sql"].startswith(("SET LOCAL", "SAVEPOINT", "RELEASE"))]


def stock_events():
    return [e["product_ids"] for e in Event.objects.filter(kind="stock.changed").values_list("payload", flat=True)]


def test_a_hold_takes_pieces_out_of_sale(inside, clock):
    a, b = make_variants(clock, 5, 1)
    hold(clock, "k1", (a, 2), (b, 1))
    assert selectors.get_availability([a, b, 999]) == {a: 3, b: 0, 999: 0}
    assert (level(a), level(b)) == ((5, 2), (1, 1))


def test_all_or_nothing_and_every_shortage_is_named(inside, clock):
    a, b, c = make_variants(clock, 5, 1, 0)
    with pytest.raises(services.OutOfStock) as raised:
        hold(clock, "k1", (a, 2), (b, 2), (c, 1), (9**17, 1))
    assert raised.value.shortages == (Shortage(b, 2, 1), Shortage(c, 1, 0), Shortage(9**17, 1, 0))
    assert selectors.get_availability([a]) == {a: 5}
    assert selectors.list_holds("k1") == []


def test_the_same_key_again_holds_nothing_more(inside, clock):
    (a,) = make_variants(clock, 5)
    hold(clock, "k1", (a, 2))
    events = len(stock_events())
    hold(clock, "k1", (a, 2))
    assert level(a) == (5, 2) and len(stock_events()) == events


def test_lines_of_one_variant_are_added_up(inside, clock):
    (a,) = make_variants(clock, 3)
    with pytest.raises(services.OutOfStock):
        hold(clock, "k1", (a, 2), (a, 2))
    hold(clock, "k1", (a, 2), (a, 1))
    assert level(a) == (3, 3)


@pytest.mark.parametrize("lines", [1, 20])
def test_holding_takes_two_statements_for_any_number_of_lines(inside, clock, lines):
    ids = make_variants(clock, *[5] * lines)
    with CaptureQueriesContext(connection) as captured:
        hold(clock, "k1", *[(v, 1) for v in ids])
    assert len(statements(captured)) == 2


def test_availability_is_one_statement(inside, clock):
    ids = make_variants(clock, 5, 5)
    with CaptureQueriesContext(connection) as captured:
        selectors.get_availability(ids)
    assert len(statements(captured)) == 1


def test_pieces_come_from_the_warehouse_of_lowest_priority_first(inside, clock):
    (a,) = make_variants(clock, 2)
    near = services.add_warehouse(code="near", name="近仓", priority=1)
    services.count_stock(counts=[StockCount(a, 3, near)], now=clock.now)
    hold(clock, "k1", (a, 4))
    main = services.ensure_default_warehouse()
    assert {(h.warehouse_id, h.quantity) for h in selectors.list_holds("k1")} == {(near, 3), (main, 1)}
    services.release_holds(hold_key="k1", now=clock.now)
    assert selectors.get_availability([a]) == {a: 5}


def test_a_release_gives_back_once(inside, clock):
    (a,) = make_variants(clock, 5)
    hold(clock, "k1", (a, 2))
    assert services.release_holds(hold_key="k1", now=clock.now) is True
    assert services.release_holds(hold_key="k1", now=clock.now) is False
    assert level(a) == (5, 0)
    assert selectors.list_holds("k1")[0].state is HoldState.RELEASED


def test_late_money_takes_the_stock_again_or_says_that_it_is_gone(inside, clock):
    (a,) = make_variants(clock, 2)
    hold(clock, "k1", (a, 2))
    services.release_holds(hold_key="k1", now=clock.now)
    services.retake_stock(hold_key="k1", now=clock.now)
    services.retake_stock(hold_key="k1", now=clock.now)
    assert level(a) == (2, 2)
    assert selectors.list_holds("k1")[0].expires_at is None
    services.release_holds(hold_key="k1", now=clock.now)
    hold(clock, "k2", (a, 1))
    with pytest.raises(services.OutOfStock):
        services.retake_stock(hold_key="k1", now=clock.now)
    assert level(a) == (2, 1)


def test_shipping_in_parcels_lowers_both_and_announces_nothing(inside, clock):
    a, b = make_variants(clock, 5, 5)
    hold(clock, "k1", (a, 3), (b, 1))
    events = len(stock_events())
    services.consume_holds(hold_key="k1", parcel=[Wanted(a, 2)], now=clock.now)
    assert (level(a), level(b)) == ((3, 1), (5, 1))
    services.consume_holds(hold_key="k1", now=clock.now)
    assert (level(a), level(b)) == ((2, 0), (4, 0))
    assert {h.state for h in selectors.list_holds("k1")} == {HoldState.CONSUMED}
    assert len(stock_events()) == events
    sold = [m for m in selectors.list_movements() if m.reason is MovementReason.SOLD]
    assert [(m.variant_id, m.before, m.after, m.reference) for m in sold] == [
        (b, 5, 4, "k1"),
        (a, 3, 2, "k1"),
        (a, 5, 3, "k1"),
    ]


def test_a_parcel_cannot_hold_more_than_was_held(inside, clock):
    (a,) = make_variants(clock, 5)
    hold(clock, "k1", (a, 2))
    with pytest.raises(services.NotHeld) as raised:
        services.consume_holds(hold_key="k1", parcel=[Wanted(a, 3)], now=clock.now)
    assert raised.value.missing == 1
    assert level(a) == (5, 2)


def test_what_is_left_after_a_parcel_can_be_given_back(inside, clock):
    (a,) = make_variants(clock, 5)
    hold(clock, "k1", (a, 3))
    services.consume_holds(hold_key="k1", parcel=[Wanted(a, 1)], now=clock.now)
    assert services.release_holds(hold_key="k1", now=clock.now)
    assert level(a) == (4, 0)
    held = selectors.list_holds("k1")[0]
    assert (held.quantity, held.consumed, held.state) == (1, 1, HoldState.CONSUMED)


def test_a_paid_hold_never_expires(inside, clock):
    (a,) = make_variants(clock, 5)
    hold(clock, "k1", (a, 1))
    hold(clock, "k2", (a, 1))
    assert services.extend_hold(hold_key="k1") is True
    assert selectors.list_expired_hold_keys(now=clock.move(minutes=15)) == ["k2"]
    services.release_holds(hold_key="k2", now=clock.now)
    assert services.extend_hold(hold_key="k2") is False


def test_a_count_may_not_fall_below_what_is_held(inside, clock):
    (a,) = make_variants(clock, 5)
    hold(clock, "k1", (a, 3))
    with pytest.raises(services.CountBelowHeld):
        services.count_stock(counts=[StockCount(a, 2)], now=clock.now)
    services.count_stock(counts=[StockCount(a, 3)], now=clock.now)
    assert level(a) == (3, 3)


def test_a_count_that_changes_nothing_writes_nothing(inside, clock):
    (a,) = make_variants(clock, 5)
    before = (len(selectors.list_movements()), len(stock_events()))
    services.count_stock(counts=[StockCount(a, 5)], now=clock.now)
    assert (len(selectors.list_movements()), len(stock_events())) == before


def test_goods_that_come_in_are_added_and_logged(inside, clock):
    (a,) = make_variants(clock, 0)
    services.receive_stock(received=[Wanted(a, 7)], actor_id=3, reference="PO-1", now=clock.now)
    newest = selectors.list_movements(variant_id=a)[0]
    assert (newest.before, newest.after, newest.actor_id, newest.reference) == (0, 7, 3, "PO-1")
    with pytest.raises(services.UnknownVariant):
        services.receive_stock(received=[Wanted(777, 1)], now=clock.now)
    with pytest.raises(services.NoSuchWarehouse):
        services.receive_stock(received=[Wanted(a, 1)], warehouse_id=777, now=clock.now)


def test_low_and_sold_out_goods_are_found(inside, clock):
    a, b = make_variants(clock, 10, 3)
    (c,) = make_variants(clock, 1, prefix="T")
    services.set_low_mark(variant_ids=[a, b], low_at=5)
    hold(clock, "k1", (c, 1))
    assert {row.variant_id for row in selectors.list_stock(low_only=True).rows} == {b, c}
    assert selectors.count_low_stock() == 2
    sold_out = StockLevel.objects.get(variant_id=c).product_id
    assert selectors.list_sold_out_products() == [sold_out]
    assert selectors.list_product_stock([sold_out])[sold_out].available == 0


def test_the_stock_table_pages(inside, clock):
    ids = make_variants(clock, *range(5))
    first = selectors.list_stock(limit=3)
    second = selectors.list_stock(limit=3, after=first.next_after)
    assert [row.variant_id for row in (*first.rows, *second.rows)] == ids
    assert second.next_after is None


@pytest.mark.parametrize("values", [{"held": 6}, {"on_hand": -1}, {"held": -1}])
def test_the_database_refuses_overselling_too(inside, clock, values):
    (a,) = make_variants(clock, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockLevel.objects.filter(variant_id=a).update(**values)


def test_no_read_of_one_shop_shows_anything_of_another(shop_a, shop_b, clock):
    with transaction.atomic(), enter_shop(shop_a):
        (a,) = make_variants(clock, 5)
        product_id = StockLevel.objects.get().product_id
        hold(clock, "k1", (a, 1))
    with transaction.atomic(), enter_shop(shop_b):
        assert selectors.get_availability([a]) == {a: 0}
        assert selectors.list_product_stock([product_id]) == {}
        assert selectors.list_stock_of([a]) == []
        assert selectors.list_stock().rows == ()
        assert selectors.count_low_stock() == 0
        assert selectors.list_sold_out_products() == []
        assert selectors.list_warehouses() == []
        assert selectors.list_movements() == []
        assert selectors.list_holds("k1") == []
        assert selectors.list_held_quantities([a]) == {}
        assert selectors.list_expired_hold_keys(now=clock.move(days=1)) == []
        assert services.release_holds(hold_key="k1", now=clock.now) is False
        assert services.extend_hold(hold_key="k1") is False
        with pytest.raises(services.OutOfStock):
            hold(clock, "k9", (a, 1))
    with transaction.atomic(), enter_shop(shop_a):
        assert level(a) == (5, 1)
