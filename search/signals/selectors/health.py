"""How search stands: engine, index, what waits, how the last comparison ended."""

from search.listings.contracts import EngineDown
from search.listings.engines.chosen import get_engine
from search.listings.selectors.changing import count_waiting_changes
from search.signals.contracts import ReconcileRun, SearchHealth
from search.signals.models import Reader, SearchEvent
from search.signals.models import ReconcileRun as Run


def get_search_health() -> SearchHealth:
    """Four statements, and one question to the engine, whose failure is part of the answer."""
    engine = get_engine()
    generation = down_because = ""
    try:
        generation = engine.read_generation()
    except EngineDown as error:
        down_because = str(error)
    return SearchHealth(
        engine=engine.name,
        generation=generation.partition(":")[0],
        down_because=down_because,
        is_resting=bool(getattr(engine, "is_open", False)),
        waiting=count_waiting_changes(),
        uncounted=_count_uncounted(),
        last_run=_find_last_run(),
    )


def _count_uncounted() -> int:
    position = Reader.objects.filter(name="counts").values_list("position", flat=True).first() or 0
    return SearchEvent.objects.filter(pk__gt=position).count()


def _find_last_run() -> ReconcileRun | None:
    names = ("at", "seconds", "checked", "lost", "stale", "ghosts")
    row = Run.objects.order_by("-at").values_list(*names).first()
    return ReconcileRun(*row) if row else None
