"""django-tenants' PostgreSQL backend with one rule more: a shop's search path lives inside a transaction.

The path is set with SET LOCAL when the first statement runs after a shop is entered or left, so that nothing
outlives the transaction (a session-level path behind a transaction pooler reads other shops silently).
"""

from typing import Any

from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.transaction import TransactionManagementError
from django_tenants.postgresql_backend import base as tenants
from psycopg.pq import TransactionStatus

PUBLIC = "public"


class NotInTransaction(TransactionManagementError):
    """A shop was entered, or its tables asked, outside a transaction."""


class NoShopEntered(RuntimeError):
    """A shop's table was asked without saying whose."""


class DatabaseWrapper(tenants.DatabaseWrapper):
    """`schema_name` is where Python wants to be; `_server_path` where the server is (None: not known)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._server_path: str | None = PUBLIC
        self._is_preparing = False
        super().__init__(*args, **kwargs)

    def enter_schema(self, schema: str) -> None:
        """Make `schema` (or public) what the next statement sees."""
        self.schema_name = schema

    def prepared_cursor(self) -> CursorWrapper:
        """A cursor whose statements the server keeps parsed and planned once they were asked a few times."""
        self._is_preparing = True
        try:
            cursor: CursorWrapper = self.cursor()
        finally:
            self._is_preparing = False
        return cursor

    def create_cursor(self, name: str | None = None) -> Any:
        if self._is_preparing:
            return ServerBindingCursor(self.connection)  # type: ignore[call-arg]
        return super().create_cursor(name)

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self.schema_name == self._server_path:
            return
        if not self.in_atomic_block:
            if self.schema_name == PUBLIC:
                self._server_path = PUBLIC
                return
            raise NotInTransaction("A shop's tables are only there inside a transaction.")
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        if self.schema_name == PUBLIC:
            statement = "SET LOCAL search_path = public"
        else:
            tenants._check_schema_name(self.schema_name)
            statement = f'SET LOCAL search_path = "{self.schema_name}", public'
        if cursor is None:
            with self.connection.cursor() as own_cursor:
                own_cursor.execute(statement)
        else:
            cursor.execute(statement)
        self._server_path = self.schema_name

    def _forget_path(self, path: str | None) -> None:
        self._server_path = path

    def commit(self) -> None:
        super().commit()
        self._forget_path(PUBLIC)

    def rollback(self) -> None:
        super().rollback()
        self._forget_path(PUBLIC)

    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._forget_path(None)

    def close(self) -> None:
        super().close()
        if not self.in_atomic_block:
            self._forget_path(PUBLIC)
