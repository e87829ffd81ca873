"""The goods of listings, to be banned."""

from tests.search.listings.conftest import fresh_memory, goods

__all__ = ["fresh_memory", "goods"]
