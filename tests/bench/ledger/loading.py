"""Millions of entries in a minute or two: orders captured, released and charged for, as the services would have posted.

The owner of the tables writes them, with the checks on inserts off and the secondary indexes away meanwhile. Keys,
hashes, versions, balances and totals are those that posting each order would have left: afterwards the books are proven
and orders posted again, which the ledger must recognise.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from billing.ledger.contracts import AccountRef, Code, Owner
from billing.ledger.rules import EscrowReleased, EscrowShare, PaymentCaptured, Posting, ProviderFeeCharged, account_of
from billing.ledger.services.accounts import open_accounts
from tests import databases

PSP = "stripe"
ENTRIES_PER_ORDER, TRANSACTIONS_PER_ORDER = 10, 3
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
SECONDS_APART = 30

_CHECKED = ("ledger_transaction", "ledger_entry")
_TABLES = ("ledger_account", *_CHECKED)

_INDEXES = """
SELECT i.indexrelid::regclass::text, coalesce(c.conname, ''), pg_get_indexdef(i.indexrelid),
       coalesce(pg_get_constraintdef(c.oid), '')
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'p')
WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
"""

# Amounts differ from order to order; what each account had come to is a running sum.
_ORDERS = """
CREATE TEMP TABLE orders AS
SELECT o.*, amount - coupon - points AS cash,
       sum(amount - coupon - points - fee) OVER everything AS receivable,
       sum(coupon) OVER everything AS coupons, -sum(points) OVER everything AS points_liability,
       sum(commission - vat) OVER everything AS commissions, sum(vat) OVER everything AS vats,
       sum(fee) OVER everything AS fees,
       sum(amount - commission) OVER one AS payable, row_number() OVER one AS payable_version,
       a.id AS payable_account
FROM (
    SELECT i, 1 + i %% %(shops)s AS shop, amount, amount / 10 AS coupon, 100 + i %% 100 AS points,
           amount / 20 AS commission, amount / 20 * 6 / 106 AS vat, amount / 200 AS fee,
           %(since)s::timestamptz + i * %(apart)s * interval '1 second' AS at
    FROM generate_series(1::bigint, %(orders)s) i, LATERAL (SELECT 10000 + i * 7919 %% 50000 AS amount) drawn
) o JOIN ledger_account a ON a.code = '2020' AND a.owner_id = o.shop::text
WINDOW everything AS (ORDER BY i ROWS UNBOUNDED PRECEDING),
       one AS (PARTITION BY shop ORDER BY i ROWS UNBOUNDED PRECEDING)
ORDER BY i
"""

_ESCROWS = """
INSERT INTO ledger_account
    (id, book, currency, code, owner_kind, owner_id, shop_id, normal, floor_kind, floor_minor, posted_debits_minor,
     posted_credits_minor, pending_debits_minor, pending_credits_minor, version, opened_at, last_posted_at)
SELECT %(escrow)s + i, 'main', 'CNY', '2010', 'order', shop || '/B-' || i, shop, 'C', 'zero', 0, amount,
       amount, 0, 0, 2, at, at
FROM orders ORDER BY i
"""

_TRANSACTIONS = """
INSERT INTO ledger_transaction (id, key, payload_hash, kind, subject, event, business_date, created_at)
SELECT 3 * (o.i - 1) + t.step, t.key,
       encode(sha256(convert_to('["' || t.kind || '",' || t.event || ']', 'UTF8')), 'hex'),
       t.kind, t.subject, t.event::jsonb, (o.at AT TIME ZONE 'Asia/Shanghai')::date, o.at
FROM orders o, LATERAL (VALUES
    (1, 'loaded/' || i || '/captured', 'payment_captured', 'BP-' || i, format(
        '{"cash_minor":%%s,"coupon_minor":%%s,"currency":"CNY","points_minor":%%s,"psp":"stripe","reference":"BP-%%s",'
        '"shares":[{"amount_minor":%%s,"share_no":"B-%%s","shop_id":%%s}]}', cash, coupon, points, i, amount, i, shop)),
    (2, 'loaded/' || i || '/released', 'escrow_released', 'B-' || i, format(
        '{"amount_minor":%%s,"commission_minor":%%s,"commission_vat_minor":%%s,"currency":"CNY","share_no":"B-%%s",'
        '"shop_id":%%s}', amount, commission, vat, i, shop)),
    (3, 'loaded/' || i || '/fee', 'provider_fee_charged', 'BP-' || i, format(
        '{"amount_minor":%%s,"currency":"CNY","psp":"stripe","reference":"BP-%%s"}', fee, i))
) AS t (step, key, kind, subject, event)
ORDER BY o.i, t.step
"""

_ENTRIES = """
INSERT INTO ledger_entry
    (id, transaction_id, account_id, side, amount_minor, balance_after_minor, account_version, created_at)
SELECT 10 * (o.i - 1) + e.line, 3 * (o.i - 1) + e.step, e.account, e.side, e.amount, e.balance, e.version, o.at
FROM orders o, LATERAL (VALUES
    (1, 1, %(receivable)s, 'D', cash, receivable + fee, 2 * i - 1),
    (2, 1, %(coupon)s, 'D', coupon, coupons, i),
    (3, 1, %(points)s, 'D', points, points_liability, i),
    (4, 1, %(escrow)s + i, 'C', amount, amount, 1),
    (5, 2, %(escrow)s + i, 'D', amount, 0, 2),
    (6, 2, %(commission)s, 'C', commission - vat, commissions, i),
    (7, 2, %(vat)s, 'C', vat, vats, i),
    (8, 2, payable_account, 'C', amount - commission, payable, payable_version),
    (9, 3, %(fee)s, 'D', fee, fees, i),
    (10, 3, %(receivable)s, 'C', fee, receivable, 2 * i)
) AS e (line, step, account, side, amount, balance, version)
ORDER BY o.i, e.line
"""

_TOTALS = """
UPDATE ledger_account a
SET posted_debits_minor = s.debits, posted_credits_minor = s.credits, version = s.entries, last_posted_at = s.last
FROM (
    SELECT account_id, count(*) AS entries, max(created_at) AS last,
           coalesce(sum(amount_minor) FILTER (WHERE side = 'D'), 0) AS debits,
           coalesce(sum(amount_minor) FILTER (WHERE side = 'C'), 0) AS credits
    FROM ledger_entry WHERE account_id <= %(escrow)s GROUP BY account_id
) s
WHERE a.id = s.account_id
"""


@dataclass(frozen=True, slots=True)
class LoadedBooks:
    """What was loaded: orders 1 … `orders` over shops 1 … `shops`."""

    orders: int
    shops: int

    @property
    def entries(self) -> int:
        return self.orders * ENTRIES_PER_ORDER

    def postings_of(self, order: int) -> list[Posting]:
        """What the services would have posted for an order, under the same keys."""
        amount = 10_000 + order * 7919 % 50_000
        coupon, points, commission = amount // 10, 100 + order % 100, amount // 20
        shop, share_no, reference = 1 + order % self.shops, f"B-{order}", f"BP-{order}"
        captured = PaymentCaptured(
            psp=PSP,
            reference=reference,
            cash_minor=amount - coupon - points,
            coupon_minor=coupon,
            points_minor=points,
            shares=(EscrowShare(shop, share_no, amount),),
        )
        released = EscrowReleased(
            shop_id=shop,
            share_no=share_no,
            amount_minor=amount,
            commission_minor=commission,
            commission_vat_minor=commission * 6 // 106,
        )
        charged = ProviderFeeCharged(psp=PSP, reference=reference, amount_minor=amount // 200)
        events = {"captured": captured, "released": released, "fee": charged}
        return [Posting(f"loaded/{order}/{step}", event) for step, event in events.items()]


def load_books(database: str, *, orders: int, shops: int) -> LoadedBooks:
    """Fill a database's empty books. Django's connection has to lead to it too: it opens the first accounts."""
    ids = open_accounts(refs=_list_platform(shops), now=SINCE)
    numbers = {name: ids[account_of(code, owner)] for name, (code, owner) in _NAMED.items()}
    values = {
        **numbers,
        "escrow": max(ids.values()),
        "orders": orders,
        "shops": shops,
        "since": SINCE,
        "apart": SECONDS_APART,
    }
    with psycopg.connect(databases.owner_url(database), cursor_factory=psycopg.ClientCursor) as owner:
        owner.execute("SET work_mem = '256MB'")
        owner.execute("SET maintenance_work_mem = '1GB'")
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with _unchecked(owner), _without_indexes(owner):
            for statement in (_ORDERS, _ESCROWS, _TRANSACTIONS, _ENTRIES):
                owner.execute(statement, values)
            for table in _TABLES:
                owner.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
        # Not before the indexes are there: one that is built over rows changed meanwhile is not used as long as any
        # transaction of the server is older.
        owner.execute(_TOTALS, values)
        owner.commit()
        owner.autocommit = True
        owner.execute(f"VACUUM (ANALYZE) {', '.join(_TABLES)}")
    return LoadedBooks(orders, shops)


_NAMED: dict[str, tuple[Code, Owner | None]] = {
    "receivable": (Code.PSP_RECEIVABLE, Owner.of_psp(PSP)),
    "coupon": (Code.PLATFORM_COUPON, None),
    "points": (Code.POINTS_LIABILITY, None),
    "commission": (Code.COMMISSION, None),
    "vat": (Code.VAT_PAYABLE, None),
    "fee": (Code.PSP_FEE, None),
}


def _list_platform(shops: int) -> list[AccountRef]:
    named = [account_of(code, owner) for code, owner in _NAMED.values()]
    return [*named, *(account_of(Code.PAYABLE, Owner.of_shop(shop)) for shop in range(1, shops + 1))]


@contextmanager
def _unchecked(owner: psycopg.Connection) -> Iterator[None]:
    """The triggers on inserts are off meanwhile; constraints hold. A failure rolls this back too."""
    for table in _CHECKED:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_checked")
    yield
    for table in _CHECKED:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_checked")


@contextmanager
def _without_indexes(owner: psycopg.Connection) -> Iterator[None]:
    """Secondary indexes are built at once at the end, and with them the uniqueness of keys and versions is checked."""
    again: list[str] = []
    for table in _TABLES:
        for index, constraint, index_definition, constraint_definition in owner.execute(_INDEXES, [table]).fetchall():
            if constraint:
                owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
                again.append(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {constraint_definition}")
            else:
                owner.execute(f"DROP INDEX {index}")
                again.append(index_definition)
    yield
    for statement in again:
        owner.execute(statement)
