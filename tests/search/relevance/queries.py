"""The queries of the judged set, and which of them no one may tune on."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("queries.tsv")
_SEED = "jishi relevance 1"
_HELD_OUT_TENTHS = 3
_SECOND_SEED = "second reader 1"
_SECOND_TENTHS = 2


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """One query. `kind` is its class, `aim` the goods it is about: icecat, newbee or both."""

    query_id: str
    kind: str
    aim: str
    words: str


def list_queries() -> list[JudgedQuery]:
    """All queries in the order of the file, which numbers them."""
    lines = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [JudgedQuery(f"q{number:03}", *line.split("\t")) for number, line in enumerate(lines, start=1)]


def list_held_out(queries: list[JudgedQuery]) -> frozenset[str]:
    """The ids of 30 % of each class, by a hash that has a seed; the rest is the train part."""
    return draw(queries, tenths=_HELD_OUT_TENTHS, seed=_SEED)


def list_read_twice(queries: list[JudgedQuery]) -> frozenset[str]:
    """The ids of a fifth of each class, which a second reader grades too."""
    return draw(queries, tenths=_SECOND_TENTHS, seed=_SECOND_SEED)


def draw(queries: list[JudgedQuery], *, tenths: int, seed: str) -> frozenset[str]:
    """The ids of so many tenths of each class, rounded, the same for the same seed."""
    drawn: set[str] = set()
    for kind in sorted({query.kind for query in queries}):
        ids = [query.query_id for query in queries if query.kind == kind]
        ids.sort(key=lambda query_id: hashlib.sha256(f"{seed} {query_id}".encode()).digest())
        drawn.update(ids[: round(len(ids) * tenths / 10)])
    return frozenset(drawn)
