"""What an event and a correction add to the sums of their cell. Order and batches do not matter: all is added."""

from collections.abc import Iterable, Mapping

from search.auction.contracts import TokenKind
from search.reports.contracts import Cell, Correction, CountedEvent, Sums
from search.spending.contracts import CorrectionKind


def count_event(event: CountedEvent) -> Sums:
    """One event. What is filtered costs nothing and is counted beside."""
    if event.kind is TokenKind.VIEW:
        if event.reason:
            return Sums(filtered_views=1)
        return Sums(views=1, view_micro=event.billed_micro, borne_micro=event.borne_micro)
    if event.reason:
        return Sums(filtered_clicks=1)
    return Sums(clicks=1, click_micro=event.billed_micro, borne_micro=event.borne_micro)


def count_correction(correction: Correction) -> Sums:
    """What is taken back of an event: it stays a click or view that was counted, and stands beside as given back."""
    if correction.kind is CorrectionKind.FREED:
        return Sums(freed_micro=correction.amount_micro)
    if correction.event is TokenKind.VIEW:
        return Sums(credited_views=1, credited_micro=correction.amount_micro)
    return Sums(credited_clicks=1, credited_micro=correction.amount_micro)


def add_up(events: Iterable[CountedEvent], corrections: Iterable[Correction] = ()) -> dict[Cell, Sums]:
    """The sums of each cell that is spoken of."""
    counted: dict[Cell, Sums] = {}
    for event in events:
        counted[event.cell] = counted.get(event.cell, _NONE) + count_event(event)
    for correction in corrections:
        counted[correction.cell] = counted.get(correction.cell, _NONE) + count_correction(correction)
    return counted


def list_differences(counted: Mapping[Cell, Sums], recounted: Mapping[Cell, Sums]) -> list[Cell]:
    """The cells that stand differently in two counts, in order. A cell that is missing is one of nothing."""
    cells = counted.keys() | recounted.keys()
    return sorted(cell for cell in cells if counted.get(cell, _NONE) != recounted.get(cell, _NONE))


_NONE = Sums()
