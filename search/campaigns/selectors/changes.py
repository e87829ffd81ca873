"""The feed that serving follows: which campaigns changed since it last looked."""

from django.db import connection

from search.campaigns.contracts import Changes, Position

# A transaction's change is new to a reader if the reader's last snapshot could not see that transaction: however late
# it commits, and whatever was committed before it. Snapshots hold the ids of those that were still running.
_READ = """
SELECT pg_current_snapshot()::text,
       ARRAY(SELECT id FROM campaigns_campaign
             WHERE changed_in >= pg_snapshot_xmin(%(after)s::pg_snapshot)
               AND NOT pg_visible_in_snapshot(changed_in, %(after)s::pg_snapshot)
             ORDER BY id)
"""


def read_changes(*, after: Position | None) -> Changes:
    """The campaigns whose changes were committed since a position, and the next position: one statement.

    None is the position of now, without changes: read it first and `read_live(None)` after it. No commit is missed,
    also when transactions end in another order than they began in; a long one elsewhere holds nothing back. A campaign
    may come twice. Positions are for running processes: they mean nothing in a restored database.
    """
    with connection.cursor() as cursor:
        if after is None:
            cursor.execute("SELECT pg_current_snapshot()::text, ARRAY[]::bigint[]")
        else:
            cursor.execute(_READ, {"after": after})
        position, campaign_ids = cursor.fetchone()
    return Changes(tuple(campaign_ids), position)
