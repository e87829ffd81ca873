"""A form of a page that was sent back: what was typed stands in it again, each sentence at the field that is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from merchant_portal.ads.sentences import describe
from search.campaigns.contracts import BadInput
from search.campaigns.rules.checking import check_word

MOST_SENTENCES = 5
_SHOWN_OF_A_LINE = 20
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True, slots=True)
class Refused:
    """`part` names the form among those of its page, `field` is the id of what is wrong."""

    part: str
    field: str
    sentences: tuple[str, ...]
    typed: QueryDict

    @property
    def wrongs(self) -> list[tuple[str, str]]:
        """The list of links above the page."""
        return [(f"#{self.field}", sentence) for sentence in self.sentences]


def refuse(request: HttpRequest, part: str, fields: dict[str, str], error: BadInput) -> Refused:
    """What was posted, and what is wrong. `fields` has ids of fields by their names in errors, "" for all others."""
    return Refused(part, fields.get(error.field, fields[""]), (describe(error),), request.POST)


def list_wrong_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """A sentence for each line that is no word to buy or to keep away from, the first few; empty lines do not count."""
    sentences = []
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip():
                check_word(line)
        except BadInput as error:
            shown = line.strip()
            shown = f"{shown[:_SHOWN_OF_A_LINE]}…" if len(shown) > _SHOWN_OF_A_LINE else shown
            said = {"number": number, "text": shown, "sentence": describe(error)}
            sentences.append(gettext("Line %(number)s, “%(text)s”: %(sentence)s") % said)
    return tuple(sentences[:MOST_SENTENCES])


def posted_from(page: str) -> Callable[[View[P]], View[P]]:
    """For a deed whose refusal is a whole page: who asks for its address again, as after choosing a language, is led to
    the page of that name, which has the same parts in its address."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def led(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                return redirect(reverse(page, kwargs=dict(kwargs)))
            return view(request, *args, **kwargs)

        return led

    return decorate
