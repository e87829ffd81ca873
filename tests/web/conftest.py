"""Fixtures of the shared faces: compiled words, requests without a database."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from market.shops.contracts import HostContext, HostKind
from web import valkey
from web.messages import compile_all
from web.preferences import read_preferences


@pytest.fixture(scope="session")
def compiled() -> None:
    """The catalogues, compiled."""
    compile_all()


@pytest.fixture
def valkey_server() -> None:
    """The server of REDIS_URL. In CI it must be there."""
    try:
        valkey.client().ping()
    except valkey.UNREACHABLE:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Valkey at REDIS_URL")


@pytest.fixture
def ask(compiled: None) -> Callable[..., HttpRequest]:
    """A request as the middleware would leave it: `ask("/x?a=1", kind=HostKind.PORTAL, language="en")`."""

    def make(path: str = "/", *, kind: HostKind = HostKind.MARKET, **headers: Any) -> HttpRequest:
        request = RequestFactory().get(path, headers=headers)
        request.host_context = HostContext(kind, "jishi.localhost", None)  # type: ignore[attr-defined]
        request.preferences = read_preferences(request)  # type: ignore[attr-defined]
        request.shop = None  # type: ignore[attr-defined]
        return request

    return make
