"""Comparing what a provider's statement says with what the books know: pure, deterministic, O(n log n).

Both sides know an item by its kind and number. Within one number, items that agree in everything are pairs; what is
left is paired in order and differs; what is left then is theirs alone (extra, or the duplicate of one that is known)
or ours alone (missing). Settlements have numbers of two different worlds (the provider's and the bank's): those that
share no number are paired by amount and nearness in time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from billing.settlement.contracts.reconciling import FindingKind, LineKind

LOOSE_KINDS = frozenset({LineKind.SETTLEMENT})
LOOSE_WITHIN = timedelta(days=10)


class OurRole(StrEnum):
    """due: has to be on this statement. edge: may be on the next. known: may be here. taken: is on another file."""

    DUE = "due"
    EDGE = "edge"
    KNOWN = "known"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class TheirItem:
    """A line of a statement. `ref` tells it from all others; `earlier` ones are left from other files."""

    ref: int
    kind: LineKind
    number: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime
    pending: bool = False
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class OurItem:
    """What the books know: one or several transactions (a payment and its fee), `ref` the first of them."""

    ref: int
    kind: LineKind
    number: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime
    role: OurRole = OurRole.DUE
    shop_id: int | None = None


@dataclass(frozen=True, slots=True)
class MatchedPair:
    """The same item on both sides; with `difference` they do not agree."""

    theirs: TheirItem
    ours: OurItem
    difference: FindingKind | None = None


@dataclass(frozen=True, slots=True)
class UnmatchedItem:
    """An item of one side only. `twin` is ours that a duplicate repeats."""

    kind: FindingKind
    theirs: TheirItem | None = None
    ours: OurItem | None = None
    twin: OurItem | None = None


@dataclass(slots=True)
class Matching:
    """Every line of the file is in exactly one of these lists, and so is everything of ours that was due."""

    pairs: list[MatchedPair] = field(default_factory=list)
    unmatched: list[UnmatchedItem] = field(default_factory=list)
    waiting_theirs: list[TheirItem] = field(default_factory=list)
    waiting_ours: list[OurItem] = field(default_factory=list)

    @property
    def matched(self) -> int:
        """Lines of this file that agree with the books."""
        return sum(pair.difference is None and not pair.theirs.earlier for pair in self.pairs)


def match_items(theirs: Iterable[TheirItem], ours: Iterable[OurItem]) -> Matching:
    """Compare. The result does not depend on the order of either side."""
    groups: dict[tuple[LineKind, str], tuple[list[TheirItem], list[OurItem]]] = {}
    for line in theirs:
        groups.setdefault((line.kind, line.number), ([], []))[0].append(line)
    for item in ours:
        groups.setdefault((item.kind, item.number), ([], []))[1].append(item)
    result = Matching()
    loose: tuple[list[TheirItem], list[OurItem]] = ([], [])
    for key in sorted(groups):
        lines, items = groups[key]
        _match_group(key[0], sorted(lines, key=_by_line), sorted(items, key=_by_item), result, loose)
    _match_loosely(*loose, result)
    return result


def _match_group(
    kind: LineKind,
    lines: list[TheirItem],
    items: list[OurItem],
    result: Matching,
    loose: tuple[list[TheirItem], list[OurItem]],
) -> None:
    free = [item for item in items if item.role is not OurRole.TAKEN]
    lines, free = _take_exact(lines, free, result)
    lines, free = _take_different(lines, free, result)
    if kind in LOOSE_KINDS and not items:
        loose[0].extend(lines[:1])
        _leave_theirs(lines[1:], None, result, known=True)
        return
    if kind in LOOSE_KINDS:
        loose[1].extend(free)
    else:
        _leave_ours(free, result)
    _leave_theirs(lines, items[0] if items else None, result, known=bool(items))


def _take_exact(
    lines: list[TheirItem], items: list[OurItem], result: Matching
) -> tuple[list[TheirItem], list[OurItem]]:
    """Pair what agrees in everything. Both lists are sorted, so the first of equal ones are taken."""
    by_content: dict[tuple[int, int, str], list[OurItem]] = {}
    for item in reversed(items):
        by_content.setdefault((item.amount_minor, item.fee_minor, item.currency), []).append(item)
    left, taken = [], set()
    for line in lines:
        alike = by_content.get((line.amount_minor, line.fee_minor, line.currency))
        if alike:
            item = alike.pop()
            taken.add(item.ref)
            result.pairs.append(MatchedPair(line, item))
        else:
            left.append(line)
    return left, [item for item in items if item.ref not in taken]


def _take_different(
    lines: list[TheirItem], items: list[OurItem], result: Matching
) -> tuple[list[TheirItem], list[OurItem]]:
    """Pair what is left in order, the same currency first."""
    left: list[TheirItem] = []
    for line in lines:
        item = next((item for item in items if item.currency == line.currency), None)
        if item is None:
            left.append(line)
        else:
            items = [other for other in items if other is not item]
            result.pairs.append(MatchedPair(line, item, FindingKind.AMOUNT))
    both = min(len(left), len(items))
    for line, item in zip(left[:both], items[:both], strict=True):
        result.pairs.append(MatchedPair(line, item, FindingKind.CURRENCY))
    return left[both:], items[both:]


def _leave_theirs(lines: Sequence[TheirItem], twin: OurItem | None, result: Matching, *, known: bool) -> None:
    """Without anything of ours the first line is the extra one; every other repeats what is known already."""
    for line in lines:
        if line.earlier:
            known = True
        elif known:
            result.unmatched.append(UnmatchedItem(FindingKind.DUPLICATE, theirs=line, twin=twin))
        elif line.pending:
            known = True
            result.waiting_theirs.append(line)
        else:
            known = True
            result.unmatched.append(UnmatchedItem(FindingKind.EXTRA, theirs=line))


def _leave_ours(items: Iterable[OurItem], result: Matching) -> None:
    for item in items:
        if item.role is OurRole.DUE:
            result.unmatched.append(UnmatchedItem(FindingKind.MISSING, ours=item))
        elif item.role is OurRole.EDGE:
            result.waiting_ours.append(item)


def _match_loosely(lines: list[TheirItem], items: list[OurItem], result: Matching) -> None:
    """Pair by amount and currency, in the order of time, within some days; the rest is extra or missing."""
    pools: dict[tuple[int, int, str], list[OurItem]] = {}
    for item in sorted(items, key=lambda item: (item.at, item.ref)):
        pools.setdefault((item.amount_minor, item.fee_minor, item.currency), []).append(item)
    taken: set[int] = set()
    left: list[TheirItem] = []
    for line in sorted(lines, key=lambda line: (line.at, line.ref)):
        pool = pools.get((line.amount_minor, line.fee_minor, line.currency), [])
        found = next((item for item in pool if abs(item.at - line.at) <= LOOSE_WITHIN), None)
        if found is None:
            left.append(line)
        else:
            pool.remove(found)
            taken.add(found.ref)
            result.pairs.append(MatchedPair(line, found))
    for line in left:
        _leave_theirs([line], None, result, known=False)
    _leave_ours([item for item in items if item.ref not in taken], result)


def _by_line(line: TheirItem) -> tuple[bool, int]:
    """Lines left from earlier files come first: what this file says again is the duplicate."""
    return (not line.earlier, line.ref)


def _by_item(item: OurItem) -> tuple[datetime, int]:
    return (item.at, item.ref)
