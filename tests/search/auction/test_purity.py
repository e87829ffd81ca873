"""Money is decided by integers alone, from what is given in: no float, no clock, no chance, no Django."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import search.auction

FOLDER = Path(search.auction.__file__).parent
ALLOWED = {
    "collections",
    "dataclasses",
    "enum",
    "types",
    "typing",
    "json",
    "orjson",
    "hashlib",
    "hmac",
    "math",
    "itertools",
    "struct",
    "uuid",
    "bisect",
    "base64",
}
OURS = ("search.auction", "market.money")


def find_faults(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{node.lineno}: the float {node.value}"
        if isinstance(node, ast.Div) or (isinstance(node, ast.Name) and node.id in {"float", "round"}):
            yield f"{getattr(node, 'lineno', '?')}: a division or float"
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            if node.module == "math" and {alias.name for alias in node.names} - {"isqrt"}:
                yield f"{node.lineno}: floats of math"
        for name in names:
            if name.split(".")[0] not in ALLOWED and not name.startswith(OURS):
                yield f"{node.lineno}: imports {name}"


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_module_is_pure(path: Path) -> None:
    assert list(find_faults(path.read_text())) == []


@pytest.mark.parametrize(
    "impure",
    ["a = 0.5", "a = b / c", "import random", "from django.db import models", "from math import sqrt", "float(a)"],
)
def test_what_is_not_pure_is_found(impure: str) -> None:
    assert list(find_faults(impure))
