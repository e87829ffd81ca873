"""`python -m tests.search.relevance SAMPLES [--worst 20]`: the train part, by class and query.

The held-out part is not for reading: `./run bench relevance` measures it.
"""

import argparse
import tempfile
from pathlib import Path

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from search.listings.contracts import ListingDocument  # noqa: E402
from tests.search.relevance.evaluation import QueryScore, draw_table, score_queries, sum_up  # noqa: E402
from tests.search.relevance.goods import name_product, read_goods  # noqa: E402
from tests.search.relevance.judgements import Judgements, read_judgements  # noqa: E402
from tests.search.relevance.queries import list_held_out, list_queries  # noqa: E402
from tests.search.relevance.rankers import make_plain_ranker, make_tantivy_ranker  # noqa: E402


def main() -> None:
    """Evaluate the baseline and tantivy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--worst", type=int, default=20, help="how many queries to show")
    options = parser.parse_args()
    documents = read_goods(options.samples)
    goods = {name_product(document): document for document in documents}
    judgements = read_judgements()
    held_out = list_held_out(list_queries())
    queries = [query for query in list_queries() if query.query_id not in held_out]
    with tempfile.TemporaryDirectory() as folder:
        rankers = [make_plain_ranker(documents), make_tantivy_ranker(documents, Path(folder))]
        scores = {ranker.name: score_queries(ranker, queries, judgements) for ranker in rankers}
    print(draw_table({name: sum_up(found) for name, found in scores.items()}))
    for score in sorted(scores["tantivy"], key=lambda score: score.ndcg or 0.0)[: options.worst]:
        print(_describe(score, judgements, goods))


def _describe(score: QueryScore, judgements: Judgements, goods: dict[str, ListingDocument]) -> str:
    grades = judgements[score.query.query_id]
    value = "nothing to find" if score.ndcg is None else f"{score.ndcg:.2f}"
    lines = [f"\n{score.query.query_id} [{score.query.kind}] {score.query.words}: {value}, {score.found} found"]
    lines += [f"  {grades.get(product, '?')} {goods[product].title.best('zh')[:100]}" for product in score.top]
    missed = [
        product for product, grade in grades.items() if grade == max(grades.values()) and product not in score.top
    ]
    lines += [f"  missed {grades[product]} {goods[product].title.best('zh')[:100]}" for product in missed[:3]]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
