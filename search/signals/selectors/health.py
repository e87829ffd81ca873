"""How search stands: engine, index, what waits, how the last comparison ended."""

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from search.listings.contracts import EngineDown
from search.listings.engines.chosen import get_engine
from search.listings.engines.guarded import GuardedEngine
from search.listings.selectors.changing import count_lag
from search.listings.selectors.reading import find_highest_number
from search.signals.contracts import ReconcileRun, SearchHealth
from search.signals.models import Reader, SearchEvent
from search.signals.models import ReconcileRun as Run


def get_search_health() -> SearchHealth:
    """Four statements, and one question to the engine, whose failure is part of the answer."""
    engine = get_engine()
    generation = down_because = ""
    position = 0
    parked: dict[int, str] = {}
    try:
        generation = engine.read_generation()
        position = engine.read_position()
        parked = dict(engine.list_parked())
    except EngineDown as error:
        down_because = str(error)
    return SearchHealth(
        engine=engine.name,
        generation=generation.partition(":")[0],
        down_because=down_because,
        is_resting=isinstance(engine, GuardedEngine) and engine.is_open,
        position=position,
        highest=find_highest_number(),
        lag=count_lag(position=position),
        uncounted=_count_uncounted(),
        last_run=_find_last_run(),
        parked=parked,
        retried_in_seconds=engine.measure_pause() if isinstance(engine, GuardedEngine) else None,
    )


def _count_uncounted() -> int:
    position = Subquery(Reader.objects.filter(name="counts").values("position")[:1])
    return SearchEvent.objects.filter(pk__gt=Coalesce(position, 0)).count()


def _find_last_run() -> ReconcileRun | None:
    names = ("at", "seconds", "checked", "lost", "stale", "ghosts")
    row = Run.objects.order_by("-at").values_list(*names).first()
    return ReconcileRun(*row) if row else None
