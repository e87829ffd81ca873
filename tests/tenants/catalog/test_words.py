"""Every code that reaches a person has a sentence in both languages."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from tenants.catalog import words
from web.messages import read_catalogue

ROOT = Path(__file__).resolve().parents[3]
PLACES = (
    "tenants/catalog/rules",
    "tenants/catalog/imports",
    "tenants/catalog/services",
    "tenants/inventory/imports",
    "platform/market/media",
)
_CALLS = r'DraftProblem\([^"]*"?[^"]*"?,|note\([^,]+,|(?:FetchRefused|BadPicture|FileRefused|JobRefused)\('
CODES = re.compile(rf'(?:{_CALLS}|column,|row\.row, column,)\s*"([a-z_]+)"')


def written_codes():
    text = "\n".join(path.read_text() for place in PLACES for path in (ROOT / place).rglob("*.py"))
    return set(CODES.findall(text))


def test_every_code_has_a_sentence():
    codes = written_codes()
    assert {"required", "picture_lost", "too_large", "file_empty", "file_gone", "taken"} <= codes
    assert codes - words._SENTENCES.keys() == set()


def test_every_sentence_has_its_chinese_with_the_same_numbers():
    catalogue = read_catalogue(ROOT / "tenants/catalog/locale/zh_Hans/LC_MESSAGES/django.po")
    for sentence in set(words._SENTENCES.values()):
        message = catalogue.get(sentence)
        assert message and message.string, sentence
        assert set(re.findall(r"%\((\w+)\)s", sentence)) == set(re.findall(r"%\((\w+)\)s", message.string)), sentence
    assert len(catalogue) == len(set(words._SENTENCES.values()))


@pytest.mark.parametrize(
    ("code", "params", "field", "sentence"),
    [
        ("too_long", {"limit": 60, "length": 64}, "title_zh", "64 characters are too many: shorten it to 60."),
        ("out_of_range", {"low": 0, "high": 100_000}, "variants.0.price_minor", "Enter a value from 0.00 to 1,000.00."),
        (
            "picture_lost",
            {"reason": "timed_out", "url": "u"},
            "",
            "The picture could not be fetched (it took too long); the product was kept. u",
        ),
        ("too_long", {}, "", "(length) characters are too many: shorten it to (limit)."),
        ("OSError", {}, "", "OSError"),
    ],
)
def test_sentences(code, params, field, sentence):
    with translation.override("en"):
        assert words.describe(code, params, field=field) == sentence
