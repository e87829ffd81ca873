"""Every address that we answer, read from the URL configurations, so that a new page cannot be forgotten."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.urls import URLPattern, URLResolver
from django.utils.regex_helper import normalize


@dataclass(frozen=True, slots=True)
class Address:
    """One page or operation on a kind of host. `shape` has %(name)s where its parameters go."""

    kind: str
    name: str
    shape: str
    parameters: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.shape.startswith("/api/")


class MissingValue(LookupError):
    """An address has a parameter that the table knows nothing of."""


def list_addresses() -> list[Address]:
    """The addresses of all four kinds of host."""
    return [
        address
        for kind, module in settings.URLCONFS.items()
        for address in _walk(kind, import_module(module).urlpatterns, "/", "", ())
    ]


def fill(address: Address, values: Mapping[str, object]) -> str:
    """The path with the values of `values`: by "name of the page/parameter", else by the parameter's name alone.

    Raises `MissingValue`.
    """
    chosen = {}
    for parameter in address.parameters:
        exact = f"{address.name}/{parameter}"
        if exact not in values and parameter not in values:
            raise MissingValue(
                f"{address.kind} {address.shape} has a parameter {parameter!r} without a value: name one of the "
                f"first shop's rows for it in `Stage.values` (tests/leaks/stage.py) under {parameter!r} or {exact!r}."
            )
        chosen[parameter] = values.get(exact, values.get(parameter))
    return address.shape % chosen


def _walk(
    kind: str, entries: list[URLPattern | URLResolver], prefix: str, space: str, outer: tuple[str, ...]
) -> Iterator[Address]:
    for entry in entries:
        for piece, parameters in normalize(entry.pattern.regex.pattern):
            shape, names = prefix + piece, (*outer, *parameters)
            if isinstance(entry, URLPattern):
                yield Address(kind, f"{space}{entry.name or entry.lookup_str}", shape, names)
            else:
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from _walk(kind, entry.url_patterns, shape, inner, names)
