"""Where sentences of what is wrong stand: at fields of forms, else in sections, and all of them in one list above."""

from collections.abc import Mapping, Sequence

from django.forms import Form

from web.fields import list_wrongs

Marks = Mapping[str, Sequence[str]]
"""Sentences by the name of a field, or by the id of a section; "" for the page as a whole."""


def place_marks(forms: Sequence[Form], marks: Marks) -> Marks:
    """Put each sentence at its field, and hand back those that no form has a field for."""
    left = dict(marks)
    for form in forms:
        for name in [name for name in left if name in form.fields and form.is_bound]:
            form.is_valid()
            for sentence in left.pop(name):
                form.add_error(name, sentence)
    return left


def list_all(forms: Sequence[Form], marks: Marks) -> list[tuple[str, str]]:
    """Every sentence with the place that it leads to."""
    found = [(wrong.href, wrong.sentence) for form in forms if form.is_bound for wrong in list_wrongs(form)]
    return found + [(f"#{at}" if at else "", sentence) for at, sentences in marks.items() for sentence in sentences]
