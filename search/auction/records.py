"""Decisions as they are stored: one line of JSON, the same for the same decision, read back strictly."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from search.auction.contracts import Award, Candidate, Decision, MechanismName, Price, PriceBranch, PriceInputs

# What comes out of JSON has no type of its own until it was looked at: hence Any.
_Record = Mapping[str, Any]


class BadRecord(ValueError):
    """A text that is no decision: another shape, another type, a part of a number."""


def write_decision(decision: Decision) -> str:
    """Canonical JSON: sorted names, no spaces, whole numbers only."""
    return json.dumps(_plain(decision), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_decision(text: str) -> Decision:
    """What `write_decision` wrote. Raises `BadRecord` for anything else."""
    try:
        record = json.loads(text, parse_float=_refuse, parse_constant=_refuse)
        return _read_decision(record)
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise BadRecord(f"no decision: {problem}") from problem


def write_price(price: Price) -> str:
    """The price of a billed event, with all that is needed to compute it again."""
    return json.dumps(_plain(price), sort_keys=True, separators=(",", ":"))


def read_price(text: str) -> Price:
    """What `write_price` wrote. Raises `BadRecord` for anything else."""
    try:
        return _read_price(json.loads(text, parse_float=_refuse, parse_constant=_refuse))
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise BadRecord(f"no price: {problem}") from problem


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _refuse(text: str) -> Any:
    raise BadRecord(f"{text} is not a whole number")


def _read_decision(record: _Record) -> Decision:
    _check_names(record, Decision)
    return Decision(
        id=_text(record["id"]),
        decided_us=_whole(record["decided_us"]),
        context=_text(record["context"]),
        mechanism=MechanismName(record["mechanism"]),
        rules_version=_whole(record["rules_version"]),
        weights_version=_whole(record["weights_version"]),
        places=_whole(record["places"]),
        candidates=tuple(_read_candidate(part) for part in _list(record["candidates"])),
        awards=tuple(_read_award(part) for part in _list(record["awards"])),
    )


def _read_candidate(record: _Record) -> Candidate:
    _check_names(record, Candidate)
    return Candidate(**{name: _whole(value) for name, value in record.items()})


def _read_award(record: _Record) -> Award:
    _check_names(record, Award)
    whole = {name: _whole(value) for name, value in record.items() if name != "price"}
    return Award(price=_read_price(record["price"]), **whole)


def _read_price(record: _Record) -> Price:
    _check_names(record, Price)
    return Price(_whole(record["amount_minor"]), PriceBranch(record["branch"]), _read_inputs(record["inputs"]))


def _read_inputs(record: _Record) -> PriceInputs:
    _check_names(record, PriceInputs)
    own = {"mechanism", "lower_scores", "weights_ppm"}
    whole = {name: _whole(value) for name, value in record.items() if name not in own}
    return PriceInputs(
        mechanism=MechanismName(record["mechanism"]),
        lower_scores=_wholes(record["lower_scores"]),
        weights_ppm=_wholes(record["weights_ppm"]),
        **whole,
    )


def _check_names(record: _Record, shape: type) -> None:
    names = {field.name for field in fields(shape)}
    if not isinstance(record, dict) or record.keys() != names:
        raise BadRecord(f"a {shape.__name__} has {sorted(names)}")


def _whole(value: object) -> int:
    if type(value) is not int:
        raise BadRecord(f"{value!r} is not a whole number")
    return value


def _wholes(value: object) -> tuple[int, ...]:
    return tuple(_whole(part) for part in _list(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadRecord(f"{value!r} is not a text")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise BadRecord(f"{value!r} is not a list")
    return value
