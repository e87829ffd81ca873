"""Fleet migrations: each tenant migration is rendered to SQL once and applied to every schema, with a journal.

Django's own executor costs seconds a schema even with nothing to do; replaying SQL costs milliseconds. The first
schema (`m_000000`) belongs to no shop: it is the canary, and the state against which the next migration is rendered.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from market.shops.backend.current import current
from market.shops.models import AppliedMigration, PooledSchema, TenantMigration

REFERENCE_SCHEMA = "m_000000"
LOCK_TIMEOUT_MS = 3_000
_TENANT_LABELS = frozenset(name.rsplit(".", 1)[-1] for name in settings.TENANT_APPS)


class MigrationChanged(RuntimeError):
    """A rendered migration's file has been changed since: write a new migration instead."""


class FleetStopped(RuntimeError):
    """A schema refused a migration; the ones before it are done and the run can be taken up again."""


@dataclass(frozen=True, slots=True)
class FleetReport:
    """What a run did."""

    rendered: int
    schemas_changed: int
    schemas_total: int


def grant_application_role() -> None:
    """Let the application's role use what the owner makes from now on: rows, never shapes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("GRANT USAGE ON SCHEMA public TO jishi_app")
        cursor.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jishi_app")
        cursor.execute("ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO jishi_app")


def migrate_fleet(*, on_progress: Callable[[int, int], None] | None = None, cohort_size: int = 50) -> FleetReport:
    """Bring every schema to the newest migration: canary first, then cohorts. Needs the owner's role.

    Raises `FleetStopped` on the first schema that refuses; running again goes on where it stopped.
    """
    rendered = render_migrations()
    newest = TenantMigration.objects.order_by("-position").values_list("position", flat=True).first() or 0
    pending = _list_pending(newest)
    total = len(pending)
    for done, cohort in enumerate(_cohorts(pending, cohort_size)):
        for schema, position in cohort:
            _bring_up(schema, position)
        if on_progress:
            on_progress(min((done + 1) * cohort_size, total), total)
    return FleetReport(rendered, total, AppliedMigration.objects.count())


def render_migrations() -> int:
    """Render what is new against the canary and apply it there. Returns how many were new."""
    loader = MigrationLoader(None)
    plan = _tenant_plan(loader)
    known = {(row.app, row.name): row for row in TenantMigration.objects.all()}
    _ensure_schema(REFERENCE_SCHEMA)
    new = 0
    for position, (app, name) in enumerate(plan, start=1):
        row = known.get((app, name))
        if row is not None:
            if row.position != position:
                raise MigrationChanged(f"{app}.{name} stood at {row.position} and now at {position}.")
            continue
        with transaction.atomic():
            _set_path(REFERENCE_SCHEMA)
            sql = _render(loader, app, name)
            _set_public_path()
            TenantMigration.objects.create(
                position=position, app=app, name=name, sql=sql, digest=hashlib.sha256(sql.encode()).hexdigest()
            )
            _apply(REFERENCE_SCHEMA, [(position, sql)])
        new += 1
    return new


def create_ready_schema(schema: str) -> None:
    """One more schema with every table, in one transaction. Needs the owner's role."""
    with transaction.atomic():
        _ensure_schema(schema)
        _apply(schema, list(TenantMigration.objects.order_by("position").values_list("position", "sql")))


def fill_pool(*, wanted: int, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Make spare schemas until `wanted` stand ready. Returns how many were made. Needs the owner's role."""
    spare = PooledSchema.objects.filter(claimed_at__isnull=True).count()
    missing = max(0, wanted - spare)
    for made in range(missing):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('jishi schema pool'))")
            last = PooledSchema.objects.order_by("-id").first()
            number = int(last.schema_name.removeprefix("m_")) + 1 if last else 1
            schema = f"m_{number:06d}"
            create_ready_schema(schema)
            PooledSchema.objects.create(schema_name=schema, made_at=timezone.now())
        if on_progress:
            on_progress(made + 1, missing)
    return missing


def count_tenant_tables(schema: str) -> int:
    """How many tables a shop's schema holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [schema])
        return int(cursor.fetchone()[0])


def _tenant_plan(loader: MigrationLoader) -> list[tuple[str, str]]:
    plan: list[tuple[str, str]] = []
    for leaf in sorted(loader.graph.leaf_nodes()):
        if leaf[0] in _TENANT_LABELS:
            plan += [node for node in loader.graph.forwards_plan(leaf) if node not in plan]
    strangers = [node for node in plan if node[0] not in _TENANT_LABELS]
    if strangers:
        raise MigrationChanged(f"A shop's migration depends on public ones: {strangers}. No key leaves a schema.")
    return _keep_rendered_order(plan)


def _keep_rendered_order(plan: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    done = list(TenantMigration.objects.order_by("position").values_list("app", "name"))
    return [*done, *(node for node in plan if node not in done)]


def _render(loader: MigrationLoader, app: str, name: str) -> str:
    migration = loader.graph.nodes[(app, name)]
    state = loader.project_state((app, name), at_end=False)
    # The router asks the connection where it is: being "in" the canary makes Django write tenant tables.
    current.enter_schema(REFERENCE_SCHEMA)
    try:
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            migration.apply(state, editor, collect_sql=True)
    finally:
        current.enter_schema("public")
    return "\n".join(line for line in editor.collected_sql if not line.startswith("--"))


def _list_pending(newest: int) -> list[tuple[str, int]]:
    rows = AppliedMigration.objects.filter(position__lt=newest).order_by("schema_name")
    return list(rows.values_list("schema_name", "position"))


def _cohorts(pending: Sequence[tuple[str, int]], size: int) -> Iterator[Sequence[tuple[str, int]]]:
    for start in range(0, len(pending), size):
        yield pending[start : start + size]


def _bring_up(schema: str, position: int) -> None:
    steps = list(
        TenantMigration.objects.filter(position__gt=position).order_by("position").values_list("position", "sql")
    )
    try:
        with transaction.atomic():
            _apply(schema, steps)
    except psycopg.Error as error:
        AppliedMigration.objects.filter(schema_name=schema).update(error=str(error)[:2000])
        raise FleetStopped(f"{schema} refused a migration after position {position}: {error}") from error


def _apply(schema: str, steps: Sequence[tuple[int, str]]) -> None:
    """Run rendered SQL in a schema and write the journal; inside the caller's transaction."""
    raw = connection.connection
    _set_path(schema, only=True)
    with raw.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        for _position, sql in steps:
            if sql.strip():
                cursor.execute(sql.encode())
    _set_public_path()
    if steps:
        AppliedMigration.objects.update_or_create(
            schema_name=schema, defaults={"position": steps[-1][0], "applied_at": timezone.now(), "error": ""}
        )


def _ensure_schema(schema: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        cursor.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO jishi_app')


def _set_path(schema: str, *, only: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL search_path = "{schema}"{"" if only else ", public"}')


def _set_public_path() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = public")
