"""This thread's connection, as the type that it is."""

from typing import cast

from django.db import connection

from market.shops.backend.base import DatabaseWrapper

current = cast(DatabaseWrapper, connection)
"""A proxy: every thread finds its own connection behind it."""
