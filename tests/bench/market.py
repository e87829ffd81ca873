"""A whole market to be measured: real processes over a database of its own, with the demo's goods or others."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests import databases
from tests.fixtures.stack import Stack, running_stack

VALKEY_DATABASES = 4  # as onebox.valkey starts it
SPARE_SCHEMAS = 30


@contextmanager
def running_market(name: str, fill: Callable[[Stack], None]) -> Iterator[Stack]:
    """Web (two workers), relay, worker, indexer and simulator, filled and answering; everything gone afterwards."""
    database = f"jishi_c_{os.getpid()}_{name}"
    databases.clone(databases.ensure_template(), database)
    urls = {
        "database_url": databases.with_database(os.environ["DATABASE_URL"], database),
        "owner_url": databases.owner_url(database),
    }
    try:
        with tempfile.TemporaryDirectory(prefix="jishi-bench-") as folder, running_stack(Path(folder), **urls) as stack:
            stack.environment.update(
                DJANGO_SETTINGS_MODULE="tests.bench.settings",
                REDIS_URL=_other_database(os.environ["REDIS_URL"]),
            )
            stack.manage("fill_schema_pool", "--spare", str(SPARE_SCHEMAS))
            fill(stack)
            stack.manage("index_listings")
            stack.start()
            yield stack
    finally:
        databases.drop(database)


def load_demo(stack: Stack) -> None:
    """The demo's sixteen shops and all their goods."""
    stack.manage("load_demo")


def _other_database(url: str) -> str:
    """Wake-ups of another Jishi on the same server are none of our worker's business."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{1 + os.getpid() % (VALKEY_DATABASES - 1)}"))
