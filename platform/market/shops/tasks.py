"""Entry points of shops for the clock."""

import os
import subprocess
import sys
from datetime import datetime

import structlog

from market.shops.selectors import count_spare_schemas

log = structlog.get_logger(__name__)

LEAST_SPARE = 10
_filling: subprocess.Popen[bytes] | None = None


def keep_pool_filled(now: datetime) -> int:
    """Start filling the pool of spare schemas when it runs low. Returns 1 when it was started.

    Making a schema is the owner's work, so it is done by a command in a process of its own with the owner's role; where
    this process does not know the owner (DATABASE_OWNER_URL is not set), a deploy's `migrate_fleet` does it.
    """
    global _filling
    if _filling is not None and _filling.poll() is None:
        return 0
    if not os.environ.get("DATABASE_OWNER_URL") or count_spare_schemas() >= LEAST_SPARE:
        return 0
    log.info("schema_pool.filling")
    _filling = subprocess.Popen([sys.executable, "-m", "config", "fill_schema_pool"])
    return 1
