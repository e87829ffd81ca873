"""Taking pieces out of sale for a buyer, and giving them back."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Sum

from tenants.inventory.contracts import HoldState, Shortage, Wanted
from tenants.inventory.models import Hold
from tenants.inventory.services.events import record_stock_changed

# One statement for any number of lines. It locks the levels in id order, hands out pieces warehouse by warehouse,
# and writes only if every line can be had. A key that is held or consumed already takes nothing; a released one is
# taken anew. `already` is read before the locks, hence the check of the counts in `hold_stock`.
_HOLD = """
WITH wanted AS (
    SELECT * FROM unnest(%(variants)s::bigint[], %(quantities)s::bigint[]) AS w(variant_id, quantity)
), already AS (
    SELECT 1 FROM inventory_hold WHERE hold_key = %(key)s AND state <> 'released' LIMIT 1
), locked AS MATERIALIZED (
    SELECT l.id, l.variant_id, l.product_id, l.warehouse_id, l.on_hand - l.held AS free
    FROM inventory_stocklevel l
    WHERE l.variant_id = ANY(%(variants)s::bigint[]) AND NOT EXISTS (SELECT 1 FROM already)
    ORDER BY l.id
    FOR NO KEY UPDATE OF l
), ranked AS (
    SELECT l.*, w.quantity,
           COALESCE(SUM(l.free) OVER (PARTITION BY l.variant_id ORDER BY h.priority, h.id
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS free_before
    FROM locked l
    JOIN wanted w USING (variant_id)
    JOIN inventory_warehouse h ON h.id = l.warehouse_id
), short AS (
    SELECT w.variant_id, w.quantity, COALESCE(SUM(l.free), 0)::int AS available
    FROM wanted w LEFT JOIN locked l USING (variant_id)
    WHERE NOT EXISTS (SELECT 1 FROM already)
    GROUP BY w.variant_id, w.quantity
    HAVING COALESCE(SUM(l.free), 0) < w.quantity
), taken AS (
    SELECT id, variant_id, product_id, warehouse_id,
           LEAST(free, GREATEST(quantity - free_before, 0))::int AS pieces
    FROM ranked
    WHERE NOT EXISTS (SELECT 1 FROM short)
), updated AS (
    UPDATE inventory_stocklevel l SET held = l.held + t.pieces
    FROM taken t WHERE t.id = l.id AND t.pieces > 0
    RETURNING l.product_id
), inserted AS (
    INSERT INTO inventory_hold (hold_key, variant_id, warehouse_id, quantity, consumed, state, expires_at, held_at)
    SELECT %(key)s, variant_id, warehouse_id, pieces, 0, 'held', %(expires_at)s, %(now)s FROM taken WHERE pieces > 0
    ON CONFLICT ON CONSTRAINT inventory_hold_unique DO UPDATE
        SET quantity = excluded.quantity, consumed = 0, state = 'held', expires_at = excluded.expires_at,
            held_at = excluded.held_at, ended_at = NULL
        WHERE inventory_hold.state = 'released'
    RETURNING 1
)
SELECT (SELECT count(*) FROM already),
       (SELECT count(*) FROM updated),
       (SELECT count(*) FROM inserted),
       ARRAY(SELECT DISTINCT product_id FROM updated),
       (SELECT json_agg(json_build_array(variant_id, quantity, available) ORDER BY variant_id) FROM short)
"""

_RELEASE = """
WITH locked AS MATERIALIZED (
    SELECT h.id AS hold_id, l.id AS level_id, h.quantity - h.consumed AS pieces, h.consumed
    FROM inventory_stocklevel l
    JOIN inventory_hold h ON h.variant_id = l.variant_id AND h.warehouse_id = l.warehouse_id
    WHERE h.hold_key = %(key)s AND h.state = 'held'
    ORDER BY l.id
    FOR NO KEY UPDATE OF l, h
), ended AS (
    UPDATE inventory_hold h
    SET state = CASE WHEN h.consumed > 0 THEN 'consumed' ELSE 'released' END,
        quantity = CASE WHEN h.consumed > 0 THEN h.consumed ELSE h.quantity END,
        ended_at = %(now)s
    FROM locked WHERE locked.hold_id = h.id
)
UPDATE inventory_stocklevel l SET held = l.held - locked.pieces
FROM locked WHERE locked.level_id = l.id
RETURNING l.product_id
"""


class OutOfStock(RuntimeError):
    """Of some variants fewer are left than wanted. Nothing was held."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(", ".join(f"{s.variant_id}: {s.available} of {s.wanted}" for s in shortages))
        self.shortages = tuple(shortages)


class HoldClash(RuntimeError):
    """Two transactions took the same hold key at once; this one must roll back, the other stands."""


def hold_stock(*, hold_key: str, wanted: Sequence[Wanted], expires_at: datetime | None, now: datetime) -> None:
    """Hold pieces of several variants, all or nothing, over as many warehouses as it takes: two statements.

    The same key again holds nothing more. Raises `OutOfStock` with every shortage.
    """
    if any(line.quantity < 1 for line in wanted):
        raise ValueError("At least one piece of each variant is held.")
    quantities: Counter[int] = Counter()
    for line in wanted:
        quantities[line.variant_id] += line.quantity
    if not quantities:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _HOLD,
            {
                "key": hold_key,
                "variants": list(quantities),
                "quantities": list(quantities.values()),
                "expires_at": expires_at,
                "now": now,
            },
        )
        already, updated, inserted, product_ids, short = cursor.fetchone()
    if already:
        return
    if short:
        raise OutOfStock([Shortage(variant_id, quantity, available) for variant_id, quantity, available in short])
    if updated != inserted:
        raise HoldClash(hold_key)
    record_stock_changed(product_ids=product_ids, now=now)


def retake_stock(*, hold_key: str, now: datetime, expires_at: datetime | None = None) -> None:
    """Hold again what was released under a key, for money that came late. Raises `OutOfStock`.

    A key that is still held, or never was, changes nothing.
    """
    rows = Hold.objects.filter(hold_key=hold_key, state=HoldState.RELEASED.value)
    lost = rows.values_list("variant_id").annotate(pieces=Sum("quantity")).order_by("variant_id")
    wanted = [Wanted(variant_id, pieces) for variant_id, pieces in lost]
    hold_stock(hold_key=hold_key, wanted=wanted, expires_at=expires_at, now=now)


def release_holds(*, hold_key: str, now: datetime) -> bool:
    """Give back what is still held under a key; what was shipped of it stays shipped. False if there was nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"key": hold_key, "now": now})
        product_ids = [product_id for (product_id,) in cursor.fetchall()]
    record_stock_changed(product_ids=product_ids, now=now)
    return bool(product_ids)


def extend_hold(*, hold_key: str, expires_at: datetime | None = None) -> bool:
    """Let a hold end later, or never (a paid order's). False if nothing is held under the key any more."""
    rows = Hold.objects.filter(hold_key=hold_key, state=HoldState.HELD.value)
    return bool(rows.update(expires_at=expires_at))
