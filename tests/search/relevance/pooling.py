"""Filling the pool that is graded: `python -m tests.search.relevance.pooling SAMPLES FOLDER` writes it to files.

A file holds some twenty queries, each with its candidates in a shuffled order, enough of each product to judge it, and
nothing about who found it; `second/` has the fifth for a second reader. `keys.tsv` says which product stands at which
place. The files hold text of products, so they belong outside the project.
"""

import argparse
import random
import tempfile
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from search.listings.contracts import ListingDocument  # noqa: E402
from tests.search.relevance.goods import name_product, read_goods  # noqa: E402
from tests.search.relevance.judgements import read_judgements  # noqa: E402
from tests.search.relevance.pieces import make_pieces_ranker  # noqa: E402
from tests.search.relevance.queries import JudgedQuery, list_queries, list_read_twice  # noqa: E402
from tests.search.relevance.rankers import Ranker, make_plain_ranker, make_tantivy_ranker  # noqa: E402

DEPTH = 10
MOST_CANDIDATES = 12
_QUERIES_A_FILE = 20
_SEED = "pool 1"


def fill_pool(query: JudgedQuery, rankers: Sequence[Ranker]) -> list[str]:
    """The rankers' best in turn, who begins drawn by a seed, at most twelve products, then shuffled."""
    random_ = random.Random(f"{_SEED} {query.query_id}")
    turns = random_.sample(rankers, len(rankers))
    found = [ranker.rank(query.words, size=DEPTH) for ranker in turns]
    pool = dict.fromkeys(name for places in zip_longest(*found) for name in places if name is not None)
    drawn = list(pool)[:MOST_CANDIDATES]
    random_.shuffle(drawn)
    return drawn


def extend_pool(query: JudgedQuery, rankers: Sequence[Ranker], judged: Mapping[str, int]) -> list[str]:
    """Whatever the rankers show among their best that nobody has judged, shuffled."""
    found = dict.fromkeys(name for ranker in rankers for name in ranker.rank(query.words, size=DEPTH))
    added = [name for name in found if name not in judged]
    random.Random(f"{_SEED} {query.query_id} {len(judged)}").shuffle(added)
    return added


def write_pool(
    folder: Path, pools: Sequence[tuple[JudgedQuery, Sequence[str]]], goods: Mapping[str, ListingDocument]
) -> None:
    """The files to read, and the keys of their places."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = [f"{query.query_id}\t{' '.join(pool)}\n" for query, pool in pools]
    (folder / "keys.tsv").write_text("".join(keys), encoding="utf-8")
    for start in range(0, len(pools), _QUERIES_A_FILE):
        text = "\n".join(_show(query, pool, goods) for query, pool in pools[start : start + _QUERIES_A_FILE])
        (folder / f"pool-{start // _QUERIES_A_FILE + 1:02}.txt").write_text(text, encoding="utf-8")


def _show(query: JudgedQuery, pool: Sequence[str], goods: Mapping[str, ListingDocument]) -> str:
    lines = [f"== {query.query_id} [{query.kind}] {query.words}"]
    lines += [f"{place:2} {_describe(goods[name])}" for place, name in enumerate(pool, start=1)]
    return "\n".join(lines) + "\n"


def _describe(document: ListingDocument) -> str:
    """A product in one or two lines: title, brand, kind, price, first attributes."""
    title = document.title.best("zh")
    brand = "" if document.brand.lower() in title.lower() else f" | {document.brand}"
    path = " > ".join(step.name.best("zh") for step in document.category_path if step.slug != "digital")
    subtitle = document.subtitle.best("zh").strip()
    said = "" if subtitle.lower() in title.lower() else f" | {subtitle[:110]}"
    lines = [f"{line.name.best('en')}={line.value.best('en')}" for line in document.parameters]
    told = "; ".join(line for line in lines if "=" in line and not line.endswith("=False"))[:130]
    price = document.price_from_minor // 100
    return f"{title[:170]}{brand}{said}{f' | {path}' if path else ''} | {price}{f' | {told}' if told else ''}"


def main() -> None:
    """Fill the pool of every query from three rankers, or extend it by what today's rankers show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--extend", action="store_true", help="only what is not judged yet, of plain BM25 and the engine"
    )
    options = parser.parse_args()
    documents = read_goods(options.samples)
    goods = {name_product(document): document for document in documents}
    queries = list_queries()
    with tempfile.TemporaryDirectory() as index:
        rankers: list[Ranker] = [make_plain_ranker(documents), make_tantivy_ranker(documents, Path(index))]
        if options.extend:
            judged = read_judgements()
            pools = [(query, extend_pool(query, rankers, judged[query.query_id])) for query in queries]
        else:
            rankers.append(make_pieces_ranker(documents))
            pools = [(query, fill_pool(query, rankers)) for query in queries]
            read_twice = list_read_twice(queries)
            write_pool(options.folder / "second", [pool for pool in pools if pool[0].query_id in read_twice], goods)
    pools = [(query, pool) for query, pool in pools if pool]
    write_pool(options.folder, pools, goods)
    print(f"{len(pools)} queries, {sum(len(pool) for _, pool in pools)} candidates")


if __name__ == "__main__":
    main()
