"""The grades of the judged set, as they are written down."""

from collections.abc import Mapping
from pathlib import Path

Judgements = Mapping[str, Mapping[str, int]]
"""The grade of each judged product, by the id of the query and the product's name."""

_FOLDER = Path(__file__).parent
_FIRST = ("grades.tsv", "extension.tsv")
_SECOND = "second.tsv"


def read_judgements() -> Judgements:
    """All grades of the first reader, the extension's with them. No product of a query is graded twice."""
    found: dict[str, dict[str, int]] = {}
    for name in _FIRST:
        if (_FOLDER / name).exists():
            for query_id, grades in read_grades(_FOLDER / name).items():
                known = found.setdefault(query_id, {})
                assert not known.keys() & grades.keys(), f"{name} grades products of {query_id} again."
                known.update(grades)
    return found


def read_second_judgements() -> Judgements:
    """The grades of the second reader."""
    return read_grades(_FOLDER / _SECOND)


def list_pairs(first: Judgements, second: Judgements) -> list[tuple[int, int]]:
    """The two grades of every product that both readers have graded."""
    return [
        (first[query_id][product], grade) for query_id, grades in second.items() for product, grade in grades.items()
    ]


def read_grades(file: Path) -> dict[str, dict[str, int]]:
    """A line a query: its id, then a grade and a product in turn."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return dict(_read_line(line) for line in lines)


def _read_line(line: str) -> tuple[str, dict[str, int]]:
    query_id, *pairs = line.split()
    return query_id, {product: int(grade) for grade, product in (pair.split(":", 1) for pair in pairs)}
