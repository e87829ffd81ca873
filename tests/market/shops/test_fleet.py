"""A migration reaches every shop once, stops at the first that refuses, and goes on where it stopped."""

import subprocess
import sys

import psycopg
import pytest

from market.shops.fleet import REFERENCE_SCHEMA
from market.shops.models import AppliedMigration, TenantMigration
from tests.databases import ROOT

PROBE = 'CREATE TABLE "catalog_probe" ("id" bigint NOT NULL PRIMARY KEY);'


@pytest.fixture
def owner(committed_db):
    with psycopg.connect(committed_db.environment["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


def _migrate(committed_db):
    command = [sys.executable, "-m", "config", "migrate_fleet", "--spare", "0", "-v", "0"]
    return subprocess.run(command, env=committed_db.environment, cwd=ROOT, capture_output=True, text=True, timeout=120)


def _plan_probe():
    last = TenantMigration.objects.order_by("-position").first()
    TenantMigration.objects.create(
        position=last.position + 1, app="catalog", name="9999_probe", sql=PROBE, digest="probe"
    )
    return last.position + 1


def _having_probe(owner):
    rows = owner.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'catalog_probe' ORDER BY 1").fetchall()
    return [schema for (schema,) in rows]


def test_a_new_migration_reaches_every_schema_and_a_second_run_changes_nothing(committed_db, owner):
    position = _plan_probe()
    schemas = list(AppliedMigration.objects.order_by("schema_name").values_list("schema_name", flat=True))
    assert REFERENCE_SCHEMA in schemas and len(schemas) > 5
    assert _migrate(committed_db).returncode == 0
    assert _having_probe(owner) == schemas
    assert set(AppliedMigration.objects.values_list("position", flat=True)) == {position}
    again = _migrate(committed_db)
    assert again.returncode == 0 and " 0 of " in again.stdout


def test_a_schema_that_refuses_stops_the_run_and_the_rest_is_done_afterwards(committed_db, owner):
    _plan_probe()
    owner.execute("CREATE TABLE m_000003.catalog_probe (id int)")
    stopped = _migrate(committed_db)
    assert stopped.returncode != 0 and "m_000003" in stopped.stderr
    assert _having_probe(owner) == ["m_000000", "m_000001", "m_000002", "m_000003"], "canary first, then in order"
    assert "already exists" in AppliedMigration.objects.get(schema_name="m_000003").error
    owner.execute("DROP TABLE m_000003.catalog_probe")
    assert _migrate(committed_db).returncode == 0
    assert len(_having_probe(owner)) == AppliedMigration.objects.count()
    assert not AppliedMigration.objects.exclude(error="").exists()


def test_the_application_reads_and_writes_what_the_owner_made(committed_db, owner):
    _plan_probe()
    _migrate(committed_db)
    with psycopg.connect(committed_db.environment["DATABASE_URL"], autocommit=True) as application:
        application.execute("INSERT INTO m_000001.catalog_probe VALUES (1)")
        for forbidden in ("DROP TABLE m_000001.catalog_probe", "TRUNCATE m_000001.catalog_probe"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(forbidden)
