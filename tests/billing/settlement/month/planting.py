"""Faults in a month: what the providers' files say otherwise, what our books forgot, and what must be found of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from billing.ledger.rules import CustodyFeeTaken, CustodySharePaid
from billing.settlement.contracts.reconciling import FindingKind, LineKind
from tests.billing.settlement.month.drawing import (
    DAYS,
    FILES,
    FIRST,
    FLOW_FILE,
    STRIPE_FILE,
    TRADE_FILE,
    Deed,
    File,
    Line,
    Month,
    shift,
)

Found = tuple[File, FindingKind, str]


@dataclass
class Told:
    """A month as it is told: the books' deeds, the files' lines, and what comparing them must give.

    `files` are what the providers write; `moved` is what they really did with our money: their settlements follow it.
    """

    deeds: list[Deed]
    files: list[Line]
    moved: list[Line]
    expected: Counter[Found] = field(default_factory=Counter)
    passing: set[Found] = field(default_factory=set)  # of these, what a later file or posting explains by itself


def tell_truly(month: Month) -> Told:
    """Files without any fault."""
    return Told(list(month.deeds), list(month.lines), [line for line in month.lines if line.file != TRADE_FILE])


def plant(month: Month, faults: int) -> Told:
    """The month with so many faults, each on a line of its own."""
    told, random = tell_truly(month), Random(f"faults {month.seed}")
    numbers = Counter((line.file, line.number) for line in month.lines)
    single = [line for line in month.lines if numbers[line.file, line.number] == 1]
    for line in random.sample(single, min(faults, len(single))):
        random.choice(_FAULTS)(told, line, random)
    for number in range(faults // 4):
        _invent(told, random.choice(FILES), f"{month.seed:04d}{number}", random)
    return told


def _expect(told: Told, line: Line, kind: FindingKind) -> Found:
    found = (line.file, kind, line.number)
    told.expected[found] += 1
    return found


def _replace(told: Told, line: Line, other: list[Line], *, really: bool = True) -> None:
    told.files[told.files.index(line) : told.files.index(line) + 1] = other
    if really and line in told.moved:
        told.moved[told.moved.index(line) : told.moved.index(line) + 1] = other


def _drop(told: Told, line: Line, random: Random) -> None:
    _replace(told, line, [])
    _expect(told, line, FindingKind.MISSING)


def _double(told: Told, line: Line, random: Random) -> None:
    _replace(told, line, [line, line])
    _expect(told, line, FindingKind.DUPLICATE)


def _repeat_another_day(told: Told, line: Line, random: Random) -> None:
    _replace(told, line, [line, shift(line, at=line.at + timedelta(days=random.randint(1, 3)))])
    _expect(told, line, FindingKind.DUPLICATE)


def _change_amount(told: Told, line: Line, random: Random) -> None:
    more = random.randint(2, 400)
    _replace(told, line, [shift(line, amount=line.amount + (more if line.amount > 0 else -more))])
    _expect(told, line, FindingKind.AMOUNT)


def _change_fee(told: Told, line: Line, random: Random) -> None:
    if line.file == FLOW_FILE or line.kind is LineKind.REFUND:
        _change_amount(told, line, random)
        return
    _replace(told, line, [shift(line, fee=line.fee + random.randint(2, 400))])
    _expect(told, line, FindingKind.AMOUNT)


def _change_currency(told: Told, line: Line, random: Random) -> None:
    """A slip of the pen: the money moved as it should."""
    if line.file == FLOW_FILE:  # this file names no currency
        _drop(told, line, random)
        return
    _replace(told, line, [shift(line, currency="USD")], really=False)
    _expect(told, line, FindingKind.CURRENCY)


def _come_late(told: Told, line: Line, random: Random) -> None:
    # Two days: what was posted about midnight may rightly stand on the next day's file.
    late = shift(line, at=(line.at + timedelta(days=2)).replace(hour=12, minute=0))
    _replace(told, line, [late])
    told.passing.add(_expect(told, line, FindingKind.MISSING))


def _forget(told: Told, line: Line, random: Random) -> None:
    """Our books hear of a payment in custody a day and more too late; anything else is told wrongly."""
    first = [deed for deed in told.deeds if isinstance(deed.event, (CustodySharePaid, CustodyFeeTaken))]
    first = [deed for deed in first if deed.event.subject == line.number]
    others = [deed for deed in told.deeds if deed.event.subject == line.number and deed not in first]
    noon = (line.at + timedelta(days=2)).replace(hour=12, minute=0)
    if line.kind is not LineKind.PAYMENT or not first or any(deed.at <= noon for deed in others):
        _change_amount(told, line, random)
        return
    for deed in first:
        told.deeds.remove(deed)
        told.deeds.append(Deed(noon, deed.key, deed.event))
    told.passing.add(_expect(told, line, FindingKind.EXTRA))


def _invent(told: Told, file: File, number: str, random: Random) -> None:
    """A line about something that never was."""
    at = FIRST + timedelta(days=random.randrange(DAYS - 4), hours=random.uniform(1, 23))
    kind = LineKind.SPLIT if file == FLOW_FILE else LineKind.PAYMENT
    line = Line(file, at, kind, f"UNKNOWN{number}", f"UNKNOWN{number}", random.randint(2, 20_000))
    told.files.append(line)
    if file != TRADE_FILE:
        told.moved.append(line)
    _expect(told, line, FindingKind.EXTRA)


_FAULTS: tuple[Callable[[Told, Line, Random], None], ...] = (
    _drop,
    _double,
    _repeat_another_day,
    _change_amount,
    _change_fee,
    _change_currency,
    _come_late,
    _forget,
)

OWN_FILES = (STRIPE_FILE, FLOW_FILE)
