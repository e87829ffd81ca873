"""`python -m web.messages` compiles every catalogue; `--check` names the words that have no Chinese yet.

English stands in the code and in the templates; each app keeps its own `locale/zh_Hans/LC_MESSAGES/django.po`.
"""

import argparse
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", ".local", ".git", "node_modules", "tests", "migrations", "stubs"}
KEYWORDS = (
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
    "_",
)
Key = tuple[str, str]  # context, msgid


def list_files(root: Path, suffix: str) -> Iterator[Path]:
    """Files of the tree, in order, without what is not ours."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in SKIPPED)
        yield from (Path(folder) / name for name in sorted(files) if name.endswith(suffix))


def read_catalogue(path: Path) -> Catalog:
    """A po file; babel raises on a broken one."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def compile_all(root: Path = ROOT) -> int:
    """Write the .mo beside each .po that is newer. Returns how many were written."""
    written = 0
    for path in list_files(root, ".po"):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        catalogue = read_catalogue(path)
        temporary = target.with_suffix(f".{os.getpid()}")
        with temporary.open("wb") as file:
            write_mo(file, catalogue)
        temporary.replace(target)  # whole or not at all: several processes may compile at once
        written += 1
    return written


def list_keys(path: Path) -> set[Key]:
    """Every message of a Python file or a template."""
    text = path.read_text(encoding="utf-8")
    # A template becomes Python of sorts; its indentation means nothing and would not parse.
    source = text if path.suffix == ".py" else "\n".join(line.lstrip() for line in templatize(text).splitlines())
    keys = set()
    found = extract_python(io.BytesIO(source.encode()), dict.fromkeys(KEYWORDS), [], {"encoding": "utf-8"})
    for _, function, given, _ in found:
        messages: object = given  # babel gives a lone message as it is, several as a sequence
        words: list[object] = list(messages) if isinstance(messages, list | tuple) else [messages]
        context = str(words.pop(0)) if function and "pgettext" in function else ""
        if words and isinstance(words[0], str):
            keys.add((context, words[0]))
    return keys


def _translated(root: Path) -> set[Key]:
    known = set()
    for path in list_files(root, ".po"):
        for message in read_catalogue(path):
            texts = message.string if isinstance(message.string, list | tuple) else (message.string,)
            if all(texts) and not message.fuzzy:
                msgid = message.id[0] if isinstance(message.id, list | tuple) else message.id
                known.add((message.context or "", msgid))
    return known


def list_missing(root: Path = ROOT) -> list[tuple[Path, str]]:
    """Messages without Chinese, with the file that says them."""
    known = _translated(root)
    files = [*list_files(root, ".html"), *list_files(root, ".txt"), *list_files(root, ".py")]
    return [
        (path.relative_to(root), msgid)
        for path in files
        for context, msgid in sorted(list_keys(path))
        if msgid and (context, msgid) not in known
    ]


def main(arguments: list[str] | None = None) -> int:
    """Compile, or check. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="name what has no Chinese; ends with 1 if there is any")
    if not parser.parse_args(arguments).check:
        sys.stdout.write(f"{compile_all()} catalogues compiled\n")
        return 0
    missing = list_missing()
    for path, msgid in missing:
        sys.stdout.write(f"{path}: {msgid!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
