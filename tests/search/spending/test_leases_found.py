"""Every worker asks every two seconds what its campaigns were billed: of a table with leases of 35 days."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.settlement.services.days import business_date
from search.spending import selectors
from tests.conftest import Clock

_FILL = (
    "INSERT INTO spending_lease (campaign_id, shop_id, day, granted_micro, billed_micro, returned_micro, worker,"
    " granted_at, closes_at) SELECT campaign, campaign / 5, %s - back, 9, campaign %% 7, 0, 'w', now(), now()"
    " FROM generate_series(1, 500) AS campaign, generate_series(0, 34) AS back, generate_series(1, 2)"
)


def test_what_campaigns_spent_of_a_day_is_found_by_an_index(db: None, clock: Clock) -> None:
    day = business_date(clock.now)
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [day])
        cursor.execute("ANALYZE spending_lease")
        with CaptureQueriesContext(connection) as asked:
            assert selectors.sum_spent([3, 8, 12], day=day - timedelta(days=4)) == {3: 6, 8: 2, 12: 10}
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "lease_of_campaign" in plan and "Seq Scan" not in plan, plan
