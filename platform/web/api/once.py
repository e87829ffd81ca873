"""`Idempotency-Key` on handlers: the same key and request get the first answer, and nothing is done twice."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from market.outbox.contracts import StoredResponse
from market.outbox.idempotency import BadKey, KeyInFlight, KeyReused, run_once
from web.api.tokens import caller_of
from web.problems import Problem

HEADER = "Idempotency-Key"
RETRY_SECONDS = "2"
P = ParamSpec("P")
V = TypeVar("V")
Handler = Callable[Concatenate[V, Request, P], HttpResponseBase]


def once(*, required: bool = False, together: bool = False) -> Callable[[Handler[V, P]], Handler[V, P]]:
    """Let a handler's answer be kept under the client's key.

    `together` commits the answer in one transaction with the work, for steps that could be done twice by a retry after
    a crash; such a handler opens no durable transaction of its own. A second request then waits instead of getting 409.
    """

    def decorate(handler: Handler[V, P]) -> Handler[V, P]:
        @wraps(handler)
        def keyed(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            key = request.headers.get(HEADER)
            if key is None and required:
                sentence = gettext("Send a key of your own for this request, and the same key when you repeat it.")
                raise Problem(400, "idempotency-key-missing", sentence)
            if key is None:
                return handler(view, request, *args, **kwargs)

            def work() -> StoredResponse:
                return _store(handler(view, request, *args, **kwargs))

            if together:
                with transaction.atomic(durable=True):
                    return _answer(request, key, work)
            return _answer(request, key, work)

        keyed.keys_wanted = "required" if required else "optional"  # type: ignore[attr-defined]
        return keyed

    return decorate


def read_key(request: Request) -> str:
    """The client's key made into one of ours: of one length, told apart from the keys that pages make."""
    return hashlib.sha256(f"api:{request.headers.get(HEADER, '')}".encode()).hexdigest()[:40]


def _answer(request: Request, key: str, work: Callable[[], StoredResponse]) -> HttpResponse:
    try:
        stored = run_once(scope=_scope(request), key=key, request=_digest(request), now=timezone.now(), work=work)
    except BadKey as error:
        sentence = gettext("A key has 1 to 100 visible ASCII characters.")
        raise Problem(400, "idempotency-key-malformed", sentence) from error
    except KeyInFlight as error:
        sentence = gettext("The first request with this key is still being worked on. Ask again in a moment.")
        raise Problem(409, "idempotency-key-in-flight", sentence, headers={"Retry-After": RETRY_SECONDS}) from error
    except KeyReused as error:
        sentence = gettext("This key was used for another request. Make a new one.")
        raise Problem(422, "idempotency-key-reused", sentence) from error
    response = HttpResponse(stored.body, status=stored.status, content_type=stored.content_type)
    if stored.location:
        response["Location"] = stored.location
    return response


def _store(answer: HttpResponseBase) -> StoredResponse:
    assert isinstance(answer, Response)
    body: bytes = JSONRenderer().render(answer.data) if answer.data is not None else b""
    return StoredResponse(answer.status_code, body, "application/json", answer.headers.get("Location", ""))


def _scope(request: Request) -> str:
    """Keys of one holder do not meet another's. A guest is known by the key of the cart."""
    caller = caller_of(request)
    if caller is not None:
        return f"api:{caller.holder}"
    return "api:g" + hashlib.sha256(request.headers.get("Cart-Key", "").encode()).hexdigest()[:40]


def _digest(request: Request) -> bytes:
    said = json.dumps(request.data, sort_keys=True, default=str)
    return f"{request.method} {request.path}\n{said}".encode()
