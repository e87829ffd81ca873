"""One process at a time works a table out."""

from django.db import connection

COUNTING, RESERVES = 71_001, 71_002


def try_alone(number: int) -> bool:
    """Take an advisory lock until the transaction ends; False where another process has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
