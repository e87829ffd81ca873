"""All rows of the books as they are, and what must hold of them, recomputed in plain loops."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import connection

Row = dict[str, Any]
TABLES = ("account", "transaction", "entry", "hold", "holdstep", "postingrequest")


@dataclass(frozen=True)
class Snapshot:
    """The rows of each table in the order of their ids; accounts that nothing was ever done to are left out."""

    rows: dict[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]


def take_snapshot() -> Snapshot:
    rows: dict[str, list[Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SELECT * FROM ledger_{table} ORDER BY id" for table in TABLES))
        for table in TABLES:
            names = [column.name for column in cursor.description]
            rows[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            cursor.nextset()
    rows["account"] = [row for row in rows["account"] if not _is_blank(row)]
    return Snapshot(rows)


def _is_blank(row: Row) -> bool:
    held = row["pending_debits_minor"] + row["pending_credits_minor"]
    return row["version"] == 0 and held == 0 and row["floor_kind"] != "limit"


def signed(row: Row, account: Row) -> int:
    """What an entry adds to its account's balance."""
    return row["amount_minor"] if row["side"] == account["normal"] else -row["amount_minor"]


def find_faults(books: Snapshot) -> list[str]:
    """What must hold of any books, whatever was done to them."""
    accounts = {row["id"]: row for row in books["account"]}
    transactions = {row["id"]: row for row in books["transaction"]}
    return [
        *_check_balance(books, accounts),
        *_check_accounts(books, accounts, transactions),
        *_check_holds(books, accounts),
        *_check_reversals(books, transactions),
    ]


def _check_balance(books: Snapshot, accounts: dict[int, Row]) -> list[str]:
    sums: Counter[tuple[int, str, str]] = Counter()
    entries: Counter[int] = Counter()
    for row in books["entry"]:
        account = accounts[row["account_id"]]
        amount = row["amount_minor"] if row["side"] == "D" else -row["amount_minor"]
        sums[row["transaction_id"], account["book"], account["currency"]] += amount
        entries[row["transaction_id"]] += 1
    lonely = [f"transaction {row['id']} has no two entries" for row in books["transaction"] if entries[row["id"]] < 2]
    return [f"{place} sums to {amount}" for place, amount in sums.items() if amount] + lonely


def _check_accounts(books: Snapshot, accounts: dict[int, Row], transactions: dict[int, Row]) -> list[str]:
    faults: list[str] = []
    walked: dict[int, list[Row]] = defaultdict(list)
    for row in sorted(books["entry"], key=lambda entry: entry["account_version"]):
        walked[row["account_id"]].append(row)
    for number, account in accounts.items():
        balance, totals, last = 0, Counter({"D": 0, "C": 0}), None
        for version, row in enumerate(walked[number], start=1):
            balance += signed(row, account)
            totals[row["side"]] += row["amount_minor"]
            kind = transactions[row["transaction_id"]]["kind"]
            if (row["account_version"], row["balance_after_minor"]) != (version, balance):
                faults.append(f"entry {row['id']} should leave {balance} as version {version}")
            if last is not None and row["created_at"] < last:
                faults.append(f"entry {row['id']} is older than the one before it")
            if row["created_at"] != transactions[row["transaction_id"]]["created_at"]:
                faults.append(f"entry {row['id']} was not written with its transaction")
            if account["code"] == "2020" and balance < 0 and signed(row, account) < 0:
                faults += [] if kind.startswith(("refund_", "dispute_")) else [f"{kind} took {number} below zero"]
            last = row["created_at"]
        if (totals["D"], totals["C"]) != (account["posted_debits_minor"], account["posted_credits_minor"]):
            faults.append(f"account {number} has other totals than its entries")
        if account["version"] != len(walked[number]) or account["last_posted_at"] != last:
            faults.append(f"account {number} has another version or instant than its last entry")
    return faults


def _check_holds(books: Snapshot, accounts: dict[int, Row]) -> list[str]:
    open_holds: Counter[int] = Counter()
    parts: Counter[int] = Counter()
    raised: Counter[int] = Counter()
    for row in books["holdstep"]:
        (raised if row["transaction_id"] is None else parts)[row["hold_id"]] += row["amount_minor"]
    faults = []
    for row in books["hold"]:
        if row["state"] == "open":
            open_holds[row["account_id"]] += row["amount_minor"] - row["posted_minor"]
        if not 0 <= row["posted_minor"] <= row["amount_minor"] or row["posted_minor"] != parts[row["id"]]:
            faults.append(f"hold {row['key']} posted {row['posted_minor']}, its parts {parts[row['id']]}")
        if raised[row["id"]] >= row["amount_minor"]:
            faults.append(f"hold {row['key']} was raised by more than it is")
    for number, account in accounts.items():
        against, other = account["pending_debits_minor"], account["pending_credits_minor"]
        if account["normal"] == "D":
            against, other = other, against
        if (against, other) != (open_holds[number], 0):
            faults.append(f"account {number} keeps {against} aside, its holds {open_holds[number]}")
    return faults


def _check_reversals(books: Snapshot, transactions: dict[int, Row]) -> list[str]:
    posted: Counter[tuple[int, int, str]] = Counter()
    gone: Counter[tuple[int, int, str]] = Counter()
    for row in books["entry"]:
        original = transactions[row["transaction_id"]]["reverses_id"]
        posted[row["transaction_id"], row["account_id"], row["side"]] += row["amount_minor"]
        if original is not None:
            gone[original, row["account_id"], "C" if row["side"] == "D" else "D"] += row["amount_minor"]
    return [
        f"{place} was reversed by {amount} of {posted[place]}"
        for place, amount in gone.items()
        if amount > posted[place]
    ]
