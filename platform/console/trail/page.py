"""The trail in words: who, what, and the facts that were written down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from console.advertising.amounts import print_micro
from console.words import ACTORS, DEEDS, FACTS, SHOP_STATES
from market.accounts.contracts import PersonView
from market.audit.contracts import AuditLine
from market.money import format_minor
from search.campaigns.contracts import CampaignState
from search.campaigns.words import name_state
from search.collections.forms import SORTS


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One line of the trail as the page shows it."""

    line: AuditLine
    deed: str
    actor: str
    capacity: str
    facts: str


def describe_lines(lines: Sequence[AuditLine], people: Mapping[int, PersonView]) -> list[TrailRow]:
    """Lines with the names of those who acted; a deed without a word shows its own name."""
    return [
        TrailRow(
            line=line,
            deed=str(DEEDS.get(line.action, line.action)),
            actor=_name(line.actor_id, people),
            capacity=str(ACTORS.get(line.actor_kind, line.actor_kind)),
            facts=" · ".join(_list_facts(line.detail)),
        )
        for line in lines
    ]


def _name(actor_id: int | None, people: Mapping[int, PersonView]) -> str:
    if actor_id is None:
        return ""
    person = people.get(actor_id)
    return person.display_name if person else f"#{actor_id}"


def _list_facts(detail: Mapping[str, object]) -> Iterator[str]:
    """Every fact that says something; those of a fact of several parts, such as a list's rule, one by one."""
    for name, value in detail.items():
        if isinstance(value, Mapping):
            yield from _list_facts(value)
        elif value not in ("", None, []):
            yield _fact(name, value)


def _fact(name: str, value: object) -> str:
    label = FACTS.get(name, name)
    if isinstance(value, bool):
        said = gettext("yes") if value else gettext("no")
        return f"{label}: {said}"
    if name.endswith("_minor") and isinstance(value, int):
        return f"{label}: {format_minor(value)}"
    if name.endswith("_micro") and isinstance(value, int):
        return f"{label}: {print_micro(value)}"
    return f"{label}: {_say(name, value)}"


def _say(name: str, value: object) -> object:
    """States and orders in words, what is several one after the other; the rest as it was written down."""
    if name == "sort":
        return dict(SORTS).get(str(value), value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name == "from" and isinstance(value, str):
        return SHOP_STATES.get(value, value)
    if name == "state" and isinstance(value, str) and value in set(CampaignState):
        return name_state(CampaignState(value))
    return value
