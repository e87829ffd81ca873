"""Which deeds product code writes to the audit trail, read out of its sources."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ZONES = ("platform", "tenants", "billing", "search", "storefront", "merchant_portal")


class CannotTell(AssertionError):
    """A deed is named in a way that this reading does not follow."""


@dataclass(frozen=True)
class Writer:
    """A function that writes down the deed it is given: as its argument `name`, or the one at `position`."""

    name: str
    position: int | None


@dataclass(frozen=True)
class Source:
    """A module. `name` is where it is imported from."""

    name: str
    functions: tuple[ast.FunctionDef, ...]


def list_deeds() -> set[str]:
    """Every deed that `write_audit` is called with, directly or through functions that hand it on."""
    sources = list(_read_sources())
    writers, deeds, known = {("", "write_audit"): Writer("action", None)}, set[str](), 0
    while known < len(writers):
        known = len(writers)
        for source in sources:
            for function in source.functions:
                deeds |= set(_follow(source, function, writers))
    return deeds


def _read_sources() -> Iterator[Source]:
    for zone in ZONES:
        for path in sorted((ROOT / zone).rglob("*.py")):
            text = path.read_text()
            base = ROOT / "platform" if zone == "platform" else ROOT
            name = ".".join(path.relative_to(base).with_suffix("").parts)
            nodes = ast.walk(ast.parse(text))
            yield Source(name, tuple(node for node in nodes if isinstance(node, ast.FunctionDef)))


def _follow(source: Source, function: ast.FunctionDef, writers: dict[tuple[str, str], Writer]) -> Iterator[str]:
    """The deeds that a function names. One that hands on what it is given becomes a writer itself."""
    for call in ast.walk(function):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        writer = writers.get((_home(source, call.func.id), call.func.id))
        said = _find_argument(call, writer) if writer else None
        names = [one.arg for one in function.args.args]
        if isinstance(said, ast.Name) and said.id in names:
            writers[_home(source, function.name), function.name] = Writer(said.id, names.index(said.id))
        elif said is not None:
            yield from _read(said, source, function)


def _home(source: Source, name: str) -> str:
    """Where a function is known by this name: in its module, or everywhere."""
    return source.name if name.startswith("_") else ""


def _find_argument(call: ast.Call, writer: Writer) -> ast.expr | None:
    named = next((one.value for one in call.keywords if one.arg == writer.name), None)
    if named is not None or writer.position is None:
        return named
    return call.args[writer.position]


def _read(said: ast.expr, source: Source, function: ast.FunctionDef) -> Iterator[str]:
    """A text, one of two, or a text that ends with a state."""
    if isinstance(said, ast.Constant):
        yield said.value
    elif isinstance(said, ast.IfExp):
        yield from (*_read(said.body, source, function), *_read(said.orelse, source, function))
    elif isinstance(said, ast.JoinedStr):
        before, state = said.values
        assert isinstance(before, ast.Constant) and isinstance(state, ast.FormattedValue)
        assert isinstance(state.value, ast.Attribute) and isinstance(state.value.value, ast.Name)
        yield from (f"{before.value}{one}" for one in _list_states(state.value.value.id, source, function))
    else:
        raise CannotTell(f"{source.name}:{said.lineno}")


def _list_states(name: str, source: Source, function: ast.FunctionDef) -> set[str]:
    """The states that a parameter may have by its type, or a name by what it was set to."""
    module = importlib.import_module(source.name)
    for parameter in (*function.args.args, *function.args.kwonlyargs):
        if parameter.arg == name and isinstance(parameter.annotation, ast.Name):
            return {one.value for one in getattr(module, parameter.annotation.id)}
    states = {
        getattr(kind, part.attr).value
        for line in function.body
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and line.targets[0].id == name
        for part in ast.walk(line.value)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)
        if isinstance(kind := getattr(module, part.value.id, None), type) and issubclass(kind, Enum)
    }
    if not states:
        raise CannotTell(f"{source.name}: {name}")
    return states
