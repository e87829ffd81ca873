"""What staff type about words."""

from datetime import datetime, time, timedelta
from typing import Any  # Any: what Django hands to a form is open by nature

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.curation.words import say_phrases
from search.curation.contracts import LONGEST_PHRASE, MOST_PHRASES, HotWord, SynonymGroup
from search.curation.rules import BadPhrases, clean_phrases

_TOO_LONG = _("Too long. Shorten it.")


class SynonymForm(forms.Form):
    """A group, one phrase a line."""

    phrases = forms.CharField(
        label=_("Phrases, one a line"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=(LONGEST_PHRASE + 2) * MOST_PHRASES * 2,
        help_text=_("Who searches for one of them also finds the others."),
        error_messages={"required": _("Write two phrases or more, one a line."), "max_length": _TOO_LONG},
    )
    is_one_way = forms.BooleanField(label=_("Only the first finds the others, not the other way round"), required=False)

    def clean_phrases(self) -> tuple[str, ...]:
        """The phrases as they are kept."""
        try:
            return clean_phrases(str(self.cleaned_data["phrases"]).splitlines())
        except BadPhrases as error:
            raise ValidationError(say_phrases(error)) from error

    def to_group(self, group_id: int = 0) -> SynonymGroup:
        return SynonymGroup(group_id, self.cleaned_data["phrases"], self.cleaned_data["is_one_way"])


class HotWordForm(forms.Form):
    """A word of the search box, in two languages, with its days."""

    zh = forms.CharField(label=_("In Chinese"), max_length=LONGEST_PHRASE, required=False)
    en = forms.CharField(label=_("In English"), max_length=LONGEST_PHRASE, required=False)
    query = forms.CharField(
        label=_("Searches for"),
        max_length=LONGEST_PHRASE,
        required=False,
        help_text=_("Empty: the word itself."),
    )
    place = forms.IntegerField(
        label=_("Place"),
        min_value=1,
        max_value=999,
        initial=10,
        error_messages={"required": _("Give it a place: the lowest comes first."), "invalid": _("A whole number.")},
    )
    starts_on = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Up to and with"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def to_word(self, word_id: int = 0) -> HotWord:
        """The days begin and end at midnight of the business day."""
        data: dict[str, Any] = self.cleaned_data
        return HotWord(
            word_id=word_id,
            zh=data["zh"],
            en=data["en"],
            query=data["query"],
            place=data["place"],
            starts_at=_midnight(data["starts_on"]),
            ends_at=_midnight(data["ends_on"], days_later=1),
        )


class BlockForm(forms.Form):
    """A query that never becomes hot by itself."""

    words = forms.CharField(
        label=_("Never hot"),
        max_length=LONGEST_PHRASE,
        error_messages={"required": _("Write the word."), "max_length": _TOO_LONG},
    )


class SynonymFileForm(forms.Form):
    """A file of groups, one a line: the phrases as columns, and “>” in front for one-way."""

    file = forms.FileField(label=_("CSV file"), error_messages={"required": _("Choose a file.")})


def _midnight(day: Any, *, days_later: int = 0) -> datetime | None:  # Any: a date or None, out of cleaned data
    if day is None:
        return None
    begin = datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
    return begin + timedelta(days=days_later)
