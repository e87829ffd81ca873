"""The trial balance, what has not cleared, and the proof that the books are sound."""

from datetime import datetime

from django.db import connection

from billing.ledger.contracts import AccountRef, Book, ClearingItem, Code, LedgerProof, Side, TrialBalance, TrialLine
from billing.ledger.models import PostingRequest
from billing.ledger.rules import CHART, CLEARING_CODES

MAX_FINDINGS = 100

_TRIAL_NOW = """
SELECT book, currency, code, sum(posted_debits_minor), sum(posted_credits_minor), count(*)
FROM ledger_account GROUP BY book, currency, code ORDER BY book DESC, currency, code
"""

# What came after an instant is taken from the totals of now: the later the instant, the less is read. An account's
# first entry tells whether it was there.
_TRIAL_AT = """
WITH later AS (
    SELECT a.book, a.currency, a.code, count(*) FILTER (WHERE e.account_version = 1) AS opened,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.side = 'D'), 0) AS debits,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.side = 'C'), 0) AS credits
    FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
    WHERE e.created_at > %s GROUP BY a.book, a.currency, a.code
), now AS (
    SELECT book, currency, code, sum(posted_debits_minor) AS debits, sum(posted_credits_minor) AS credits,
           count(*) AS accounts
    FROM ledger_account WHERE version > 0 GROUP BY book, currency, code
)
SELECT book, currency, code, now.debits - coalesce(later.debits, 0), now.credits - coalesce(later.credits, 0),
       now.accounts - coalesce(later.opened, 0)
FROM now LEFT JOIN later USING (book, currency, code)
WHERE now.accounts > coalesce(later.opened, 0)
ORDER BY book DESC, currency, code
"""

_BALANCE = "(a.posted_debits_minor - a.posted_credits_minor) * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END"

_CLEARING = f"""
SELECT a.book, a.currency, a.code, a.owner_kind, a.owner_id, {_BALANCE},
       coalesce((SELECT min(e.created_at) FROM ledger_entry e
                 WHERE e.account_id = a.id AND e.account_version > coalesce(
                     (SELECT max(z.account_version) FROM ledger_entry z
                      WHERE z.account_id = a.id AND z.balance_after_minor = 0), 0)), a.opened_at) AS since
FROM ledger_account a
WHERE a.code = ANY (%s) AND a.posted_debits_minor <> a.posted_credits_minor
ORDER BY since, a.id LIMIT %s
"""  # noqa: S608 - only our own constant

_UNBALANCED = """
SELECT 'transaction ' || e.transaction_id || ' in ' || a.book || ' ' || a.currency
FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
GROUP BY e.transaction_id, a.book, a.currency
HAVING sum(CASE e.side WHEN 'D' THEN e.amount_minor ELSE -e.amount_minor END) <> 0
UNION ALL
SELECT 'transaction ' || t.id || ' has no entries' FROM ledger_transaction t
WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.transaction_id = t.id)
LIMIT %s
"""

# Totals, versions and every balance that an entry left, recomputed from the amounts alone.
_WRONG_ACCOUNTS = f"""
WITH walked AS (
    SELECT e.account_id, e.account_version, e.balance_after_minor, e.amount_minor, e.side,
           sum(CASE WHEN e.side = a.normal THEN e.amount_minor ELSE -e.amount_minor END) OVER walk AS balance,
           row_number() OVER walk AS version
    FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
    WINDOW walk AS (PARTITION BY e.account_id ORDER BY e.account_version)
), summed AS (
    SELECT account_id, count(*) AS entries,
           coalesce(sum(amount_minor) FILTER (WHERE side = 'D'), 0) AS debits,
           coalesce(sum(amount_minor) FILTER (WHERE side = 'C'), 0) AS credits,
           bool_and(balance = balance_after_minor AND version = account_version) AS walks
    FROM walked GROUP BY account_id
)
SELECT 'account ' || a.id || ' (' || a.code || ' ' || a.owner_id || ') says ' || {_BALANCE}
FROM ledger_account a LEFT JOIN summed s ON s.account_id = a.id
WHERE coalesce(s.entries, 0) <> a.version OR coalesce(s.debits, 0) <> a.posted_debits_minor
   OR coalesce(s.credits, 0) <> a.posted_credits_minor OR NOT coalesce(s.walks, true)
LIMIT %s
"""  # noqa: S608 - only our own constant

_BROKEN_FLOORS = f"""
SELECT 'account ' || a.id || ' (' || a.code || ' ' || a.owner_id || ') is under its floor'
FROM ledger_account a
WHERE a.floor_kind <> 'none'
  AND {_BALANCE} - CASE a.normal WHEN 'D' THEN a.pending_credits_minor ELSE a.pending_debits_minor END < a.floor_minor
LIMIT %s
"""  # noqa: S608 - only our own constant

_WRONG_HOLDS = """
SELECT 'account ' || a.id || ' (' || a.code || ' ' || a.owner_id || ') holds another amount than its holds'
FROM ledger_account a
LEFT JOIN (SELECT account_id, sum(amount_minor - posted_minor) AS held FROM ledger_hold WHERE state = 'open'
           GROUP BY account_id) h ON h.account_id = a.id
WHERE CASE a.normal WHEN 'D' THEN a.pending_credits_minor ELSE a.pending_debits_minor END <> coalesce(h.held, 0)
   OR CASE a.normal WHEN 'D' THEN a.pending_debits_minor ELSE a.pending_credits_minor END <> 0
UNION ALL
SELECT 'hold ' || h.id || ' posted another amount than its parts'
FROM ledger_hold h
LEFT JOIN (SELECT hold_id, sum(amount_minor) AS posted FROM ledger_holdstep WHERE transaction_id IS NOT NULL
           GROUP BY hold_id) s ON s.hold_id = h.id
WHERE h.posted_minor <> coalesce(s.posted, 0)
LIMIT %s
"""


def trial_balance(at: datetime | None = None) -> TrialBalance:
    """Debits, credits and balance of every code, now or as they were at an instant (included).

    At an instant only accounts that had entries by then are counted.
    """
    with connection.cursor() as cursor:
        if at is None:
            cursor.execute(_TRIAL_NOW)
        else:
            cursor.execute(_TRIAL_AT, [at])
        rows = cursor.fetchall()
    return TrialBalance(at, tuple(_to_line(*row) for row in rows))


def list_open_clearing(limit: int = 200) -> list[ClearingItem]:
    """Clearing accounts that are not at zero, the longest open first, with the instant they left zero."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEARING, [[code.value for code in CLEARING_CODES], limit])
        rows = cursor.fetchall()
    return [
        ClearingItem(AccountRef.of_row(book, currency, code, owner_kind, owner_id), balance, since)
        for book, currency, code, owner_kind, owner_id, balance, since in rows
    ]


def prove_ledger() -> LedgerProof:
    """Recompute everything from the entries. Reads all of the books: for the night, the console and tests."""
    return LedgerProof(
        unbalanced=_findings(_UNBALANCED),
        wrong_accounts=_findings(_WRONG_ACCOUNTS),
        broken_floors=_findings(_BROKEN_FLOORS),
        wrong_holds=_findings(_WRONG_HOLDS),
        open_clearing=tuple(list_open_clearing(MAX_FINDINGS)),
        unposted=PostingRequest.objects.filter(transaction__isnull=True).count(),
    )


def _findings(query: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, [MAX_FINDINGS])
        return tuple(finding for (finding,) in cursor.fetchall())


def _to_line(book: str, currency: str, code: str, debits: int | None, credited: int | None, accounts: int) -> TrialLine:
    line = CHART[Code(code)]
    debited_minor, credited_minor = int(debits or 0), int(credited or 0)
    difference = debited_minor - credited_minor
    balance = difference if line.normal is Side.DEBIT else -difference
    return TrialLine(Book(book), currency, line.code, line.name, debited_minor, credited_minor, balance, accounts)
