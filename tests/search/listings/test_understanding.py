"""What the words of a query are taken for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.listings.contracts import MOST_ALTERNATIVES, Alternative, Origin, Question, SearchQuery, Substitute
from search.listings.rules.understanding import NO_SYNONYMS, understand


@dataclass(frozen=True)
class Book:
    """Synonyms from a dictionary of phrases."""

    said: Mapping[tuple[str, ...], Sequence[Substitute]] = field(default_factory=dict)
    version: str = "1"

    @property
    def longest(self) -> int:
        return max(map(len, self.said), default=0)

    def list_substitutes(self, phrase: tuple[str, ...]) -> Sequence[Substitute]:
        return self.said.get(phrase, ())


PHONES = Book({("mobil", "phone"): (Substitute("手机", 0.9),), ("mobil",): (Substitute("portable", 0.5),)})


def read(words: str, book: Book = PHONES) -> Question:
    return understand(SearchQuery(words=words), synonyms=book)


def test_each_word_is_a_term_and_reads_as_it_was_written() -> None:
    assert [term.text for term in read("Running Laptops 马克杯").terms] == ["running", "laptops", "马克杯"]


def test_the_longest_known_phrase_is_one_term() -> None:
    phone, case = read("mobile phone case").terms
    assert phone.text == "mobile phone"
    assert phone.alternatives == (
        Alternative(("mobil", "phone")),
        Alternative(("手机",), ("手", "机"), 0.9, Origin.SYNONYM),
    )
    assert case.alternatives == (Alternative(("case",)),)


def test_a_phrase_that_is_cut_short_is_not_the_phrase() -> None:
    (mobile,) = read("mobile").terms
    assert [alternative.words for alternative in mobile.alternatives] == [("mobil",), ("portabl",)]


def test_a_model_number_is_met_by_its_parts_too_and_for_less() -> None:
    (model,) = read("TN-2110").terms
    whole, parts = model.alternatives
    assert (whole.words, parts.words) == (("tn2110",), ("tn", "2110"))
    assert parts.weight < whole.weight


@pytest.mark.parametrize(("words", "unreadable"), [("", False), ("   ", False), ("！？…", True), ("杯", False)])
def test_words_without_a_token_cannot_be_read(words: str, unreadable: bool) -> None:
    assert read(words).is_unreadable is unreadable


def test_a_term_has_a_bounded_number_of_alternatives() -> None:
    book = Book({("mug",): [Substitute(f"word{n}", 0.5) for n in range(99)]})
    assert len(read("mug", book).terms[0].alternatives) == MOST_ALTERNATIVES


@given(st.text(max_size=100))
def test_what_was_asked_is_always_the_first_alternative_and_counts_most(words: str) -> None:
    for term in understand(SearchQuery(words=words), synonyms=NO_SYNONYMS).terms:
        assert term.text
        assert term.asked.origin is Origin.ASKED
        assert term.asked.words
        assert all(alternative.weight <= term.asked.weight for alternative in term.alternatives)
