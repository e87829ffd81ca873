"""What the storefront says in Chinese is what stands in its own catalogue."""

from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation import gettext, ngettext, npgettext, override, pgettext

from web.messages import compile_all

CATALOGUE = Path(__file__).resolve().parents[2] / "storefront/locale/zh_Hans/LC_MESSAGES/django.po"


def test_no_other_application_answers_for_the_storefronts_words():
    """Catalogues are one in Django: "Filters" came out in the words of a library until it had a context of its own."""
    compile_all()
    with CATALOGUE.open("rb") as source, override("zh-hans"):
        messages = [message for message in read_po(source) if message.id]
        said = [(message.id, _say(message), _first(message.string)) for message in messages]
    assert len(said) > 150
    assert not [(msgid, got, meant) for msgid, got, meant in said if got != meant]


def _say(message) -> str:
    if isinstance(message.id, tuple):
        one, many = message.id
        return npgettext(message.context, one, many, 2) if message.context else ngettext(one, many, 2)
    return pgettext(message.context, message.id) if message.context else gettext(message.id)


def _first(text) -> str:
    return text[0] if isinstance(text, tuple) else text
