"""One stage for all tests of a module: a database of its own with everything that is secret marked."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from market.shops.selectors import forget_shops
from market.taxonomy.selectors import forget_tree
from tests import databases
from tests.conftest import _use
from tests.fixtures.wechatpay import Simulator
from tests.leaks.stage import Stage, set_stage
from tests.leaks.traces import VALKEY_PREFIX, forget_memories
from web import valkey


@pytest.fixture(scope="module")
def leaks_db(template_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As `committed_db`, for a whole module."""
    before = connections["default"].settings_dict["NAME"]
    name = f"jishi_c_{os.getpid()}_leaks"
    databases.clone(template_database, name)
    _use(name)
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            connections["default"].close()
            _use(before)
            databases.drop(name)


@pytest.fixture(scope="module")
def stage(leaks_db: None, wechat_process: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage, with folders of its own; Valkey and the payment provider are there."""
    try:
        valkey.client().ping()
    except valkey.UNREACHABLE:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Valkey at REDIS_URL")
    folder: Path = tmp_path_factory.mktemp("leaks")
    folders = {name: folder / name.lower() for name in ("MEDIA_ROOT", "PRIVATE_ROOT", "INDEX_ROOT")}
    limits = {"ACCOUNT_RATE_LIMITS": False, "RATE_LIMITS_ON": False}
    caches = {"default": {**settings.CACHES["default"], "KEY_PREFIX": VALKEY_PREFIX}}
    with override_settings(CACHES=caches, **limits, **folders, WECHATPAY=wechat_process.settings()):
        forget_shops()
        forget_tree()
        forget_memories()
        made = set_stage()
        yield made
        forget_memories()
        if made.indexer is not None:
            made.indexer.close()
