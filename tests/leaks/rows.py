"""A digest of every row that belongs to the first shop or its buyer, in its schema and in the public tables."""

from django.db import connection

from tests.leaks.stage import Stage

_OWNERS = {"shop_id": "shop", "tenant_id": "shop", "user_id": "people", "buyer_id": "people", "owner_id": "people"}
# Another shopper may put the shop's goods into a cart of his own.
_SPECIAL = {
    "checkout_cartline": "cart_id IN (SELECT id FROM checkout_cart WHERE user_id IN ({people}))",
    "ledger_account": "owner_id = '{shop}'",
    "shops_shop": "id = {shop}",
    "accounts_user": "id IN ({people})",
}


class Rows:
    """Found in the database's own catalogue, so that a new table cannot be forgotten."""

    def __init__(self, stage: Stage) -> None:
        whose = {"shop": str(stage.shop.shop_id), "people": f"{stage.people['owner']}, {stage.people['buyer']}"}
        schema = stage.shop.schema
        parts = [self._part(f'"{schema}"."{table}"', table, "true") for table in _list_tables(schema)]
        for table, columns in _list_owned().items():
            wheres = [f"{column}::bigint IN ({whose[_OWNERS[column]]})" for column in columns]
            where = _SPECIAL[table].format(**whose) if table in _SPECIAL else " OR ".join(wheres)
            parts.append(self._part(f'public."{table}"', f"{table} (public)", where))
        self._statement = " UNION ALL ".join(parts)

    def digest(self) -> dict[str, str]:
        """A fingerprint of each table's rows."""
        with connection.cursor() as cursor:
            cursor.execute(self._statement)
            return dict(cursor.fetchall())

    @staticmethod
    def _part(table: str, name: str, where: str) -> str:
        row = "md5(string_agg(md5(t::text), '' ORDER BY md5(t::text)))"
        return f"SELECT '{name}', coalesce({row}, '') FROM {table} t WHERE {where}"


def _list_tables(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY 1", [schema])
        found = [name for (name,) in cursor.fetchall()]
    assert len(found) > 10, "The shop's tables were not found."
    return found


def _list_owned() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = ANY(%s) ORDER BY 1, 2",
            [list(_OWNERS)],
        )
        owned: dict[str, list[str]] = {name: [] for name in _SPECIAL}
        for table, column in cursor.fetchall():
            owned.setdefault(table, []).append(column)
    return owned
