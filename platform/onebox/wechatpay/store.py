"""What the simulated provider remembers: one SQLite file, so that a killed server knows all its orders again."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Amounts are fen. `frozen` and `available` are what is left of a sub-order for its merchant, after the fee.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    combine_out_trade_no TEXT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    request_digest TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    expires_at REAL NOT NULL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'NOTPAY' CHECK (state IN ('NOTPAY', 'SUCCESS', 'CLOSED')),
    note TEXT NOT NULL DEFAULT '',
    paid_at REAL,
    closed_at REAL,
    mode TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sub_orders (
    out_trade_no TEXT PRIMARY KEY,
    combine_out_trade_no TEXT NOT NULL REFERENCES orders,
    position INTEGER NOT NULL,
    sub_mchid TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    description TEXT NOT NULL,
    attach TEXT NOT NULL,
    profit_sharing INTEGER NOT NULL,
    transaction_id TEXT UNIQUE,
    fee INTEGER NOT NULL DEFAULT 0,
    refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded <= amount),
    split_off INTEGER NOT NULL DEFAULT 0,
    frozen INTEGER NOT NULL DEFAULT 0 CHECK (frozen >= 0),
    available INTEGER NOT NULL DEFAULT 0 CHECK (available >= 0),
    finished INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS sub_orders_of_order ON sub_orders (combine_out_trade_no, position);
CREATE TABLE IF NOT EXISTS refunds (
    out_refund_no TEXT PRIMARY KEY,
    refund_id TEXT NOT NULL UNIQUE,
    out_trade_no TEXT NOT NULL REFERENCES sub_orders,
    request_digest TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    notify_url TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('PROCESSING', 'SUCCESS', 'ABNORMAL', 'CLOSED')),
    created_at REAL NOT NULL,
    finish_at REAL,
    success_at REAL,
    mode TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS splits (
    out_order_no TEXT PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    transaction_id TEXT NOT NULL,
    sub_mchid TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    receivers TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS returns (
    out_return_no TEXT PRIMARY KEY,
    return_id TEXT NOT NULL UNIQUE,
    out_order_no TEXT NOT NULL REFERENCES splits,
    account TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    request_digest TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS receivers (
    sub_mchid TEXT NOT NULL,
    account TEXT NOT NULL,
    relation_type TEXT NOT NULL,
    PRIMARY KEY (sub_mchid, account)
);
CREATE TABLE IF NOT EXISTS applyments (
    business_code TEXT PRIMARY KEY,
    applyment_id INTEGER NOT NULL UNIQUE,
    sub_mchid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS withdrawals (
    out_request_no TEXT PRIMARY KEY,
    withdraw_id TEXT NOT NULL UNIQUE,
    sub_mchid TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    remark TEXT NOT NULL,
    bank_memo TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('INIT', 'CREATE_SUCCESS', 'SUCCESS', 'FAIL', 'REFUND', 'CLOSE')),
    reason TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    finish_at REAL
);
CREATE INDEX IF NOT EXISTS withdrawals_of_merchant ON withdrawals (sub_mchid);
CREATE TABLE IF NOT EXISTS adjustments (sub_mchid TEXT NOT NULL, amount INTEGER NOT NULL, created_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS settlements (settle_id TEXT PRIMARY KEY, amount INTEGER NOT NULL, created_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS bill_faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bill TEXT NOT NULL,
    fault TEXT NOT NULL,
    number TEXT NOT NULL,
    amount INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS bill_files (token TEXT PRIMARY KEY, content BLOB NOT NULL, created_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS notifications (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    event_type TEXT NOT NULL,
    url TEXT NOT NULL,
    resource TEXT NOT NULL,
    mode TEXT NOT NULL,
    forged TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('due', 'held', 'sending', 'delivered', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL,
    created_at REAL NOT NULL,
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (next_at) WHERE state = 'due';
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
_TABLES = (
    "adjustments",
    "bill_faults",
    "bill_files",
    "settlements",
    "withdrawals",
    "notifications",
    "returns",
    "splits",
    "refunds",
    "sub_orders",
    "orders",
    "receivers",
    "applyments",
    "switches",
)

Row = sqlite3.Row


class Store:
    """One connection behind one lock: the simulator is correct first, and quick enough."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(_SCHEMA)
        # What a killed server was sending is sent again: at least once, like the real one.
        self._connection.execute("UPDATE notifications SET state = 'due' WHERE state = 'sending'")

    @contextmanager
    def transaction(self) -> Iterator["Store"]:
        """All or nothing, and alone."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def run(self, sql: str, *values: object) -> int:
        """Execute and return how many rows it touched."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, *values: object) -> list[Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None

    def insert(self, table: str, **values: object) -> None:
        """One row; names come from this package only, never from a request."""
        marks = ", ".join("?" for _ in values)
        self.run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())  # noqa: S608

    def switch(self, name: str) -> int:
        found = self.row("SELECT value FROM switches WHERE name = ?", name)
        return int(found["value"]) if found else 0

    def set_switch(self, name: str, value: int) -> None:
        self.run(
            "INSERT INTO switches VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value
        )

    def take_switch(self, name: str) -> bool:
        """Count a switch down by one; False when it stands at zero."""
        return self.run("UPDATE switches SET value = value - 1 WHERE name = ? AND value > 0", name) == 1

    def clear(self) -> None:
        """Forget everything (tests)."""
        with self.transaction():
            for table in _TABLES:
                self.run(f"DELETE FROM {table}")  # noqa: S608


def as_dicts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows for the control interface; `Any` because SQLite has no column types."""
    return [dict(row) for row in rows]
