"""Asking an engine: the words understood and, when nothing is called by them, corrected. The same for every engine."""

from dataclasses import replace

from search.listings.contracts import (
    MOST_WORDS_CHARACTERS,
    Engine,
    EngineAnswer,
    Question,
    SearchQuery,
    Synonyms,
    Vocabulary,
)
from search.listings.rules.spelling import correct_words, list_doubtful
from search.listings.rules.understanding import understand


def ask_engine(
    engine: Engine,
    query: SearchQuery,
    *,
    closed_shop_ids: frozenset[int],
    synonyms: Synonyms,
    vocabulary: Vocabulary,
) -> tuple[Question, EngineAnswer]:
    """The question as it was understood, and its answer. The vocabulary is asked only when no document has all words.

    Raises `EngineDown` and, for a cursor that is not ours, `BadQuery`.
    """
    question = understand(query, synonyms=synonyms)
    answer = engine.search(question, closed_shop_ids=closed_shop_ids)
    if query.as_written or not question.terms or (answer.total and not answer.did_relax):
        return question, answer
    doubtful = list_doubtful(query.words)
    corrected = correct_words(query.words, vocabulary.list_similar(doubtful)) if doubtful else ""
    if not corrected or len(corrected) > MOST_WORDS_CHARACTERS:
        return question, answer
    meant = understand(replace(query, words=corrected), synonyms=synonyms)
    second = Question(query, meant.terms, corrected)
    better = engine.search(second, closed_shop_ids=closed_shop_ids)
    return (second, replace(better, corrected_words=corrected)) if better.total else (question, answer)
