"""Decisions and prices as they are stored: one line of JSON, the same for the same value, read back strictly.

Any frozen dataclass of the contracts that is made of whole numbers, texts, words, lists and others of them can be
stored: a `Decision`, and what a billed event keeps for ever: a `Price`, a `DisplayPrice`, `LotPriceInputs`, a `Bill`.
"""

import json
from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

import orjson

from search.auction.contracts import Decision, DisplayDecision

_Shape = TypeVar("_Shape")


class BadRecord(ValueError):
    """A text that is not of the wanted shape: other names, another type, a number with a part, values out of bounds."""


def write_record(value: object) -> str:
    """JSON with a contract's names in their order, and no spaces."""
    return orjson.dumps(value).decode()


def cut_record(decision: Decision | DisplayDecision) -> str:
    """A decision's record without its name, time and context, which come first: for auctions that are held again."""
    named = _write_name(decision.id, decision.decided_us, decision.context)
    text = write_record(decision)
    if not text.startswith(named):
        raise BadRecord(f"a {type(decision).__name__} begins with something else")
    return text[len(named) :]


def name_record(rest: str, *, id: str, decided_us: int, context: str) -> str:
    """The record of a decision that differs from another one, which was cut, by these three only."""
    return _write_name(id, decided_us, context) + rest


def _write_name(id: str, decided_us: int, context: str) -> str:
    return orjson.dumps({"id": id, "decided_us": decided_us, "context": context}).decode()[:-1]


def read_record(shape: type[_Shape], text: str) -> _Shape:
    """What `write_record` wrote. Raises `BadRecord` for anything else."""
    try:
        value: _Shape = _read(shape, json.loads(text))
    except (ValueError, RecursionError) as problem:
        raise BadRecord(f"no {shape.__name__}: {problem}") from problem
    return value


# What comes out of JSON, and a field's annotation, have no type of their own until they were looked at: hence Any.
def _read(shape: Any, value: Any) -> Any:
    if get_origin(shape) is UnionType:
        return None if value is None else _read(get_args(shape)[0], value)
    if get_origin(shape) is tuple:
        return tuple(_read(get_args(shape)[0], part) for part in _checked(value, list))
    if is_dataclass(shape):
        return _read_fields(shape, _checked(value, dict))
    if issubclass(shape, StrEnum):
        return shape(_checked(value, str))
    return _checked(value, shape)


def _read_fields(shape: Any, record: dict[str, Any]) -> Any:
    kinds = {field.name: field.type for field in fields(shape)}
    if record.keys() != kinds.keys():
        raise BadRecord(f"a {shape.__name__} has {sorted(kinds)}")
    return shape(**{name: _read(kind, record[name]) for name, kind in kinds.items()})


def _checked(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise BadRecord(f"{value!r} is no {kind.__name__}")
    return value
