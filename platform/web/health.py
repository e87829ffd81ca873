"""Whether this process lives (/health) and whether it can serve (/ready). Answered on any host."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from web.valkey import breaker, client

_migrated = False


def health(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. Asks nobody."""
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


def _database_state() -> str:
    """ "ok", "migrating" while migrations are missing, "unreachable"."""
    global _migrated
    try:
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        else:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok" if _migrated else "migrating"


def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database is reachable and migrated. Without Valkey it is degraded, but ready."""
    database = _database_state()
    valkey = "ok" if breaker.ask(lambda: bool(client().ping()), False) else "unreachable"
    is_ready = database == "ok"
    status = ("ready" if valkey == "ok" else "degraded") if is_ready else "not ready"
    body = {"status": status, "database": database, "valkey": valkey}
    return JsonResponse(body, status=200 if is_ready else 503, headers={"Cache-Control": "no-store"})
