"""What somebody with every right could do to the books afterwards, one row at a time, and what has to be said of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

Superuser = psycopg.Connection[Any]

FAR = 1_000_000
_ENTRY = "transaction_id, account_id, side, amount_minor, balance_after_minor, account_version, created_at"
_TRANSACTION = "payload_hash, kind, subject, event, reverses_id, business_date, created_at"

_BALANCE = "(posted_debits_minor - posted_credits_minor) * CASE normal WHEN 'D' THEN 1 ELSE -1 END"


@dataclass(frozen=True, slots=True)
class Tampering:
    """`make` does it and returns what `verify_ledger` has to say. `hidden`: the totals were made to agree."""

    name: str
    make: Callable[[Superuser, random.Random], str]
    hidden: bool = False


def pick(superuser: Superuser, chance: random.Random, table: str) -> int:
    """The id of any row of a table."""
    column = "number" if table == "ledger_seal" else "id"
    rows = superuser.execute(f"SELECT {column} FROM {table} ORDER BY 1").fetchall()
    return int(chance.choice(rows)[0])


def pick_gap(superuser: Superuser, chance: random.Random, table: str) -> int:
    """An id between those of a table that a rolled back transaction left free."""
    ids = f"SELECT id FROM {table}"
    gaps = superuser.execute(
        f"SELECT id FROM generate_series(1, (SELECT max(id) FROM {table})) AS f (id) WHERE id NOT IN ({ids}) ORDER BY 1"
    ).fetchall()
    return int(chance.choice(gaps)[0])


# Every column of what is sealed, and another value for it.
ENTRY_COLUMNS = {
    "transaction_id": "transaction_id + 1",
    "account_id": "CASE account_id WHEN 1 THEN 2 ELSE 1 END",
    "side": "CASE side WHEN 'D' THEN 'C' ELSE 'D' END",
    "amount_minor": "amount_minor + 1",
    "balance_after_minor": "balance_after_minor - 1",
    "account_version": f"account_version + {FAR}",
    "created_at": "created_at + interval '1 microsecond'",
}
TRANSACTION_COLUMNS = {
    "key": "key || 'x'",
    "payload_hash": "md5(payload_hash)",
    "kind": "kind || '_'",
    "subject": "subject || ' '",
    "event": 'event || \'{"psp": "x"}\'',
    "reverses_id": "CASE id WHEN 1 THEN 2 ELSE 1 END",
    "business_date": "business_date + 1",
    "created_at": "created_at - interval '1 microsecond'",
}
SEAL_COLUMNS = {
    "transactions_after": "transactions_after - 1",
    "transactions_upto": "transactions_upto + 1",
    "transaction_digests": "transaction_digests || '\\x00'",
    "entries_after": "entries_after + 1",
    "entries_upto": "entries_upto - 1",
    "entry_digests": "'\\x00' || entry_digests",
    "head": "md5(head)",
    "sealed_at": "sealed_at + interval '1 microsecond'",
}


def _change(name: str, column: str, value: str) -> Tampering:
    table, key = f"ledger_{name}", "number" if name == "seal" else "id"

    def make(superuser: Superuser, chance: random.Random) -> str:
        number = pick(superuser, chance, table)
        superuser.execute(f"UPDATE {table} SET {column} = {value} WHERE {key} = {number}")  # type: ignore[arg-type]
        return f"{name} {number} was changed"

    return Tampering(f"change {name}.{column}", make)


def _move(name: str) -> Tampering:
    def make(superuser: Superuser, chance: random.Random) -> str:
        number = pick(superuser, chance, f"ledger_{name}")
        superuser.execute(f"UPDATE ledger_{name} SET id = id + {FAR} WHERE id = {number}")  # type: ignore[arg-type]
        return f"{name} {number} was deleted"

    return Tampering(f"move {name}", make)


def _delete(name: str) -> Tampering:
    def make(superuser: Superuser, chance: random.Random) -> str:
        number = pick(superuser, chance, f"ledger_{name}")
        superuser.execute(f"DELETE FROM ledger_{name} WHERE id = {number}")  # type: ignore[arg-type]
        return f"{name} {number} was deleted"

    return Tampering(f"delete {name}", make)


def change_amounts_and_totals(superuser: Superuser, chance: random.Random) -> str:
    """Both sides of a posting are raised, with every balance and total that follows from them."""
    number, first, _ = _pick_pair(superuser, chance)
    _shift(superuser, number, 100)
    superuser.execute("UPDATE ledger_entry SET amount_minor = amount_minor + 100 WHERE transaction_id = %s", [number])
    return f"entry {first} was changed"


def delete_posting_and_totals(superuser: Superuser, chance: random.Random) -> str:
    """A whole posting is gone, the versions closed up, balances and totals led back."""
    number, first, _ = _pick_pair(superuser, chance, newest=True)
    rows = superuser.execute(
        "SELECT account_id, side, amount_minor, account_version FROM ledger_entry WHERE transaction_id = %s", [number]
    ).fetchall()
    superuser.execute("DELETE FROM ledger_entry WHERE transaction_id = %s", [number])
    superuser.execute("DELETE FROM ledger_transaction WHERE id = %s", [number])
    for account, side, amount, version in rows:
        _lead(superuser, account, side, -amount, version)
        superuser.execute("UPDATE ledger_account SET version = version - 1 WHERE id = %s", [account])
        for table_version in _later(superuser, account, version):
            superuser.execute(
                "UPDATE ledger_entry SET account_version = %s - 1 WHERE account_id = %s AND account_version = %s",
                [table_version, account, table_version],
            )
    return f"entry {first} was deleted"


def _insert_posting(number: str, name: str) -> Tampering:
    """A whole posting, balanced and in the totals, with ids nobody would look at."""

    def make(superuser: Superuser, chance: random.Random) -> str:
        like, first, _ = _pick_pair(superuser, chance)
        at = -chance.randint(0, FAR) if number == "below" else pick_gap(superuser, chance, "ledger_transaction")
        superuser.execute(
            f"INSERT INTO ledger_transaction (id, key, {_TRANSACTION}) SELECT %s, 'hidden', {_TRANSACTION}"  # type: ignore[arg-type]
            " FROM ledger_transaction WHERE id = %s",
            [at, like],
        )
        rows = superuser.execute(
            "SELECT account_id, side, amount_minor FROM ledger_entry WHERE transaction_id = %s ORDER BY id", [like]
        ).fetchall()
        for place, (account, side, amount) in enumerate(rows):
            entry = -first - place if number == "below" else pick_gap(superuser, chance, "ledger_entry")
            _lead(superuser, account, side, amount, FAR)
            superuser.execute("UPDATE ledger_account SET version = version + 1 WHERE id = %s", [account])
            superuser.execute(
                f"INSERT INTO ledger_entry (id, {_ENTRY}) SELECT %s, %s, id, %s, %s,"  # type: ignore[arg-type]
                f" {_BALANCE}, version, now() FROM ledger_account WHERE id = %s",
                [entry, at, side, amount, account],
            )
        return f"transaction {at} was inserted"

    return Tampering(name, make, hidden=True)


def insert_entry_in_a_gap(superuser: Superuser, chance: random.Random) -> str:
    gap = pick_gap(superuser, chance, "ledger_entry")
    _copy_entry(superuser, gap, pick(superuser, chance, "ledger_entry"))
    return f"entry {gap} was inserted"


def insert_entry_below_one(superuser: Superuser, chance: random.Random) -> str:
    number = -chance.randint(0, 9)
    _copy_entry(superuser, number, pick(superuser, chance, "ledger_entry"))
    return f"entry {number} was inserted"


def insert_entry_at_the_end(superuser: Superuser, chance: random.Random) -> str:
    """Newer than every seal; the account's totals are raised so that they agree with it."""
    rows = superuser.execute(
        "SELECT e.transaction_id, e.account_id, e.side, e.amount_minor FROM ledger_entry e"
        " JOIN ledger_account a ON a.id = e.account_id WHERE a.floor_kind = 'none' ORDER BY e.id"
    ).fetchall()
    number, account, side, amount = chance.choice(rows)
    _lead(superuser, account, side, amount, FAR)
    superuser.execute("UPDATE ledger_account SET version = version + 1 WHERE id = %s", [account])
    superuser.execute(
        f"INSERT INTO ledger_entry ({_ENTRY}) SELECT %s, id, %s, %s,"  # type: ignore[arg-type]
        f" {_BALANCE}, version, now() FROM ledger_account WHERE id = %s",
        [number, side, amount, account],
    )
    return f"transaction {number} in "


def _insert_transaction(where: str) -> Tampering:
    def make(superuser: Superuser, chance: random.Random) -> str:
        numbers = {
            "in a gap": lambda: pick_gap(superuser, chance, "ledger_transaction"),
            "below one": lambda: 0,
            "at the end": lambda: FAR + chance.randint(0, 9),
        }
        number = numbers[where]()
        superuser.execute(
            f"INSERT INTO ledger_transaction (id, key, {_TRANSACTION}) SELECT %s, key || ' again', {_TRANSACTION}"  # type: ignore[arg-type]
            " FROM ledger_transaction WHERE id = %s",
            [number, pick(superuser, chance, "ledger_transaction")],
        )
        return f"transaction {number} {'has no entries' if where == 'at the end' else 'was inserted'}"

    return Tampering(f"insert transaction {where}", make)


def delete_seal(superuser: Superuser, chance: random.Random) -> str:
    count = _count_seals(superuser)
    number = chance.randint(1, count - 1)
    superuser.execute("DELETE FROM ledger_seal WHERE number = %s", [number])
    return f"seal {number} is missing before seal {number + 1}"


def cut_the_chain(superuser: Superuser, chance: random.Random) -> str:
    count = _count_seals(superuser)
    left = chance.randint(0, count - 1)
    superuser.execute("DELETE FROM ledger_seal WHERE number > %s", [left])
    return f"the chain was cut off: {count} seals are recorded outside, {left} are there"


def cut_rows_and_chain(superuser: Superuser, chance: random.Random) -> str:
    """The last seal, and the postings that only it covers."""
    count = _count_seals(superuser)
    superuser.execute(
        "DELETE FROM ledger_entry WHERE id > (SELECT entries_after FROM ledger_seal WHERE number = %s)", [count]
    )
    superuser.execute("DELETE FROM ledger_seal WHERE number = %s", [count])
    return f"the chain was cut off: {count} seals are recorded outside, {count - 1} are there"


def insert_seal_at_the_end(superuser: Superuser, chance: random.Random) -> str:
    count = _count_seals(superuser)
    superuser.execute(
        "INSERT INTO ledger_seal SELECT number + 1, transactions_upto, transactions_upto, '', entries_upto,"
        " entries_upto, '', head, sealed_at FROM ledger_seal WHERE number = %s",
        [count],
    )
    return f"seal {count + 1} was changed"


def insert_seal_below_one(superuser: Superuser, chance: random.Random) -> str:
    superuser.execute("INSERT INTO ledger_seal SELECT 0, 0, 0, '', 0, 0, '', head, sealed_at FROM ledger_seal LIMIT 1")
    return "seal 0 was inserted"


def swap_digests(superuser: Superuser, chance: random.Random) -> str:
    """A row is changed, and its digest in the seal made to agree."""
    number = pick(superuser, chance, "ledger_seal")
    superuser.execute(
        "UPDATE ledger_seal SET entry_digests = set_byte(entry_digests, 9, 255 - get_byte(entry_digests, 9)),"
        " transaction_digests = transaction_digests || '\\x01' WHERE number = %s AND length(entry_digests) > 0",
        [number],
    )
    superuser.execute("UPDATE ledger_seal SET head = md5(head) WHERE number = %s", [number])
    return f"seal {number} was changed"


def change_totals_only(superuser: Superuser, chance: random.Random) -> str:
    number = pick(superuser, chance, "ledger_account")
    superuser.execute(
        "UPDATE ledger_account SET posted_debits_minor = posted_debits_minor + 1,"
        " posted_credits_minor = posted_credits_minor + 1 WHERE id = %s",
        [number],
    )
    return f"account {number} ("


def _count_seals(superuser: Superuser) -> int:
    row = superuser.execute("SELECT count(*) FROM ledger_seal").fetchone()
    assert row is not None
    return int(row[0])


def _copy_entry(superuser: Superuser, number: int, like: int) -> None:
    columns = _ENTRY.replace("account_version", f"account_version + {FAR}")
    superuser.execute(
        f"INSERT INTO ledger_entry (id, {_ENTRY}) SELECT %s, {columns} FROM ledger_entry WHERE id = %s",  # type: ignore[arg-type]
        [number, like],
    )


def _pick_pair(superuser: Superuser, chance: random.Random, *, newest: bool = False) -> tuple[int, int, int]:
    """A transaction of two entries on accounts without a floor, so that no constraint is in the way; and its entries.

    `newest`: one after which its accounts did not come to a lower balance than it took.
    """
    rows = superuser.execute(
        "SELECT e.transaction_id, min(e.id), max(e.id) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        " GROUP BY 1 HAVING count(*) = 2 AND bool_and(a.floor_kind = 'none')"
        " AND (NOT %s OR bool_and(e.account_version = a.version)) ORDER BY 1",
        [newest],
    ).fetchall()
    return chance.choice(rows)


def _shift(superuser: Superuser, transaction_id: int, amount: int) -> None:
    rows = superuser.execute(
        "SELECT account_id, side, account_version FROM ledger_entry WHERE transaction_id = %s", [transaction_id]
    ).fetchall()
    for account, side, version in rows:
        _lead(superuser, account, side, amount, version)


def _lead(superuser: Superuser, account: int, side: str, amount: int, version: int) -> None:
    """Add an amount to an account's totals, and to every balance from a version on."""
    column = "posted_debits_minor" if side == "D" else "posted_credits_minor"
    superuser.execute(
        f"UPDATE ledger_account SET {column} = {column} + %s WHERE id = %s",  # type: ignore[arg-type]
        [amount, account],
    )
    superuser.execute(
        "UPDATE ledger_entry e SET balance_after_minor = balance_after_minor"
        " + %s * CASE WHEN a.normal = %s THEN 1 ELSE -1 END"
        " FROM ledger_account a WHERE a.id = e.account_id AND e.account_id = %s AND e.account_version >= %s",
        [amount, side, account, version],
    )


def _later(superuser: Superuser, account: int, version: int) -> list[int]:
    rows = superuser.execute(
        "SELECT account_version FROM ledger_entry WHERE account_id = %s AND account_version > %s ORDER BY 1",
        [account, version],
    ).fetchall()
    return [int(found) for (found,) in rows]


TAMPERINGS = (
    *(_change("entry", column, value) for column, value in ENTRY_COLUMNS.items()),
    *(_change("transaction", column, value) for column, value in TRANSACTION_COLUMNS.items()),
    *(_change("seal", column, value) for column, value in SEAL_COLUMNS.items()),
    _move("entry"),
    _move("transaction"),
    _delete("entry"),
    _delete("transaction"),
    Tampering("insert entry in a gap", insert_entry_in_a_gap),
    Tampering("insert entry below one", insert_entry_below_one),
    Tampering("insert entry at the end", insert_entry_at_the_end),
    _insert_transaction("in a gap"),
    _insert_transaction("below one"),
    _insert_transaction("at the end"),
    Tampering("change amounts and totals", change_amounts_and_totals, hidden=True),
    Tampering("delete posting and totals", delete_posting_and_totals, hidden=True),
    _insert_posting("gap", "insert posting in gaps and totals"),
    _insert_posting("below", "insert posting below one and totals"),
    Tampering("delete seal", delete_seal),
    Tampering("cut the chain", cut_the_chain),
    Tampering("cut rows and chain", cut_rows_and_chain),
    Tampering("insert seal at the end", insert_seal_at_the_end),
    Tampering("insert seal below one", insert_seal_below_one),
    Tampering("change a digest and its head", swap_digests),
    Tampering("change totals only", change_totals_only),
)
