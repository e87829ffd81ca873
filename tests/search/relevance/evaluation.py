"""What a ranker scores on the judged queries, one by one and by class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.search.relevance.judgements import Judgements, list_pairs
from tests.search.relevance.measures import (
    DEPTH,
    count_unjudged,
    measure_condensed_ndcg,
    measure_kappa,
    measure_ndcg,
    share_within,
)
from tests.search.relevance.queries import JudgedQuery
from tests.search.relevance.rankers import Ranker

ALL = "all"
_DEPTH_OF_CONDENSED = 60


@dataclass(frozen=True, slots=True)
class QueryScore:
    """One query. The scores are None where no judged product is of any use."""

    query: JudgedQuery
    ndcg: float | None
    condensed: float | None
    found: int
    unjudged: int
    top: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassScore:
    """A class of queries, or all. `unjudged` is a share of the products in the first tens, `empty` a count."""

    kind: str
    queries: int
    ndcg: float
    condensed: float
    unjudged: float
    empty: int


def score_queries(ranker: Ranker, queries: Iterable[JudgedQuery], judgements: Judgements) -> list[QueryScore]:
    """Ask the ranker every query."""
    return [_score_query(ranker, query, judgements) for query in queries]


def _score_query(ranker: Ranker, query: JudgedQuery, judgements: Judgements) -> QueryScore:
    ranking = ranker.rank(query.words, size=_DEPTH_OF_CONDENSED)
    grades = judgements.get(query.query_id, {})
    return QueryScore(
        query=query,
        ndcg=measure_ndcg(ranking, grades),
        condensed=measure_condensed_ndcg(ranking, grades),
        found=len(ranking),
        unjudged=count_unjudged(ranking, grades),
        top=tuple(ranking[:DEPTH]),
    )


def sum_up(scores: Sequence[QueryScore]) -> dict[str, ClassScore]:
    """All queries first, then each class in the order of the file. Means are over queries, not over classes."""
    kinds = dict.fromkeys(score.query.kind for score in scores)
    groups = {ALL: list(scores)} | {kind: [score for score in scores if score.query.kind == kind] for kind in kinds}
    return {kind: _sum_up_class(kind, group) for kind, group in groups.items()}


def _sum_up_class(kind: str, scores: Sequence[QueryScore]) -> ClassScore:
    shown = sum(len(score.top) for score in scores)
    return ClassScore(
        kind=kind,
        queries=len(scores),
        ndcg=fmean(score.ndcg for score in scores if score.ndcg is not None),
        condensed=fmean(score.condensed for score in scores if score.condensed is not None),
        unjudged=sum(score.unjudged for score in scores) / shown if shown else 0.0,
        empty=sum(not score.found for score in scores),
    )


def draw_table(named: dict[str, dict[str, ClassScore]]) -> str:
    """Rankers beside each other: NDCG@10, that of judged products alone, unjudged ones, queries without a hit."""
    head = f"{'class':10} {'n':>3}" + "".join(f"  {name:>9} {'cond.':>6} {'unj.':>5} {'zero':>4}" for name in named)
    lines = [head]
    for kind in next(iter(named.values())):
        cells = [scores[kind] for scores in named.values()]
        columns = [f"  {cell.ndcg:9.3f} {cell.condensed:6.3f} {cell.unjudged:5.0%} {cell.empty:4}" for cell in cells]
        lines.append(f"{kind:10} {cells[0].queries:3}" + "".join(columns))
    return "\n".join(lines)


def describe_agreement(first: Judgements, second: Judgements) -> str:
    """How far two readers agree, in one line."""
    pairs = list_pairs(first, second)
    equal, near = share_within(pairs, distance=0), share_within(pairs, distance=1)
    return (
        f"Two readers of {len(second)} queries ({len(pairs)} products): {equal:.0%} equal, {near:.0%} within one, "
        f"weighted kappa {measure_kappa(pairs):.2f}"
    )
