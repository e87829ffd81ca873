"""How fast shops are opened: a form sent on the market host, a ready schema claimed. And how fast schemas are made.

The pool is filled by the owner's role beforehand; in the request itself nothing may change the database's shape, and
every opened shop must have all its tables.
"""

import os
import subprocess
import sys
import time
import warnings
from datetime import UTC, datetime

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from market.accounts.services import register_person  # noqa: E402
from market.shops.fleet import REFERENCE_SCHEMA  # noqa: E402
from market.shops.selectors import count_spare_schemas  # noqa: E402
from tests import databases  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import fresh_database  # noqa: E402
from tests.bench.load import ROOT  # noqa: E402
from web.logs import configure_logs  # noqa: E402

SHOPS = 5 if os.environ.get("JISHI_BENCH_QUICK") else 100
SHOPS_EACH = 20  # what one person may own
_SHAPING = ("CREATE ", "ALTER ", "DROP ", "TRUNCATE ", "GRANT ", "COMMENT ")


def rows() -> list[BenchRow]:
    """One round on one fresh database."""
    configure_logs("WARNING")
    warnings.filterwarnings("ignore", "No directory at")  # no static files are asked for
    with fresh_database() as name:
        made = _fill_pool(name)
        return [made, _open_shops()]


def _fill_pool(name: str) -> BenchRow:
    """As the launcher does it: in a process of the owner's role."""
    before = count_spare_schemas()
    command = [sys.executable, "-m", "tests.bench.pool", str(before + SHOPS)]
    environment = {**os.environ, "DATABASE_OWNER_URL": databases.owner_url(name)}
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300)
    made = count_spare_schemas() - before
    counters = {"missing": SHOPS - made}
    return BenchRow("shops: making spare schemas", made / float(done.stdout), "schemas/s", counters=counters)


def _open_shops() -> BenchRow:
    owners = [_sign_in(number) for number in range(-(-SHOPS // SHOPS_EACH))]
    refused = shaped = 0
    began = time.perf_counter()
    for number in range(SHOPS):
        form = {"name_zh": f"新店{number}", "name_en": f"New shop {number}", "slug": f"new-shop-{number}"}
        with CaptureQueriesContext(connection) as captured:
            answer = owners[number // SHOPS_EACH].post("/open-shop/", form)
        refused += answer.status_code != 302
        shaped += sum(query["sql"].lstrip().upper().startswith(_SHAPING) for query in captured)
    taken = time.perf_counter() - began
    counters = {"refused": refused, "statements of shape": shaped, "without all tables": _count_incomplete()}
    return BenchRow(f"shops: opening {SHOPS} shops", SHOPS / taken, "shops/s", counters=counters)


def _sign_in(number: int) -> Client:
    person = register_person(now=datetime.now(UTC), email=f"opener{number}@example.com")
    client = Client(HTTP_HOST=settings.MARKET_HOST)
    client.force_login(get_user_model().objects.get(pk=person.user_id))
    client.get("/open-shop/")  # the first page of a process reads all addresses and templates
    return client


def _count_incomplete() -> int:
    """Opened shops whose schema has not every table that a tenant has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM shops_shop s WHERE (SELECT count(*) FROM pg_tables WHERE schemaname = s.schema_name)"
            " < (SELECT count(*) FROM pg_tables WHERE schemaname = %s)",
            [REFERENCE_SCHEMA],
        )
        (incomplete,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM shops_shop WHERE slug LIKE 'new-shop-%%'")
        (opened,) = cursor.fetchone()
    return int(incomplete) + abs(SHOPS - int(opened))
