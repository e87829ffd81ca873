"""People by what staff know of them."""

from dataclasses import dataclass

from django.http import QueryDict

from console.lists import read_number
from market.accounts.selectors import find_person_by_email, list_people_by_ids

MOST_TYPED = 254
NOBODY = 0


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """The person that the trail was asked for, as typed.

    `user_id` is None where everybody is meant; what names no person is `NOBODY`, of whom nothing is listed.
    """

    typed: str = ""
    user_id: int | None = None
    is_unknown: bool = False


def read_person(data: QueryDict) -> AskedPerson:
    """Who `?actor=` asks for, by number or e-mail address. A number filters also where nobody has it any more."""
    typed = data.get("actor", "").strip()[:MOST_TYPED]
    if not typed:
        return AskedPerson()
    number = read_number(typed)
    if number is not None:
        return AskedPerson(typed, number, not list_people_by_ids([number]))
    person = find_person_by_email(typed)
    return AskedPerson(typed, person.user_id if person else NOBODY, person is None)
