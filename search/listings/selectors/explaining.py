"""Why hits are where they are, for staff. Asks the engine anew and reads whole documents: not for shoppers' pages."""

from collections.abc import Mapping, Sequence

from market.shops.contracts import Epochs
from market.shops.selectors import read_epochs
from search.curation.selectors import get_curation
from search.listings.contracts import ListingCard, ListingDocument, Question, SearchQuery
from search.listings.contracts.explaining import HitExplained, SearchExplained
from search.listings.engines.chosen import get_engine
from search.listings.rules.entries import make_entry
from search.listings.rules.explaining import meet_term
from search.listings.rules.ranking import Ranked, rank
from search.listings.selectors.asking import ask_engine
from search.listings.selectors.cards import list_cards
from search.listings.selectors.curating import get_synonyms, place_query
from search.listings.selectors.finding import list_closed_shop_ids
from search.listings.selectors.reading import list_listings
from search.listings.selectors.vocabulary import TableVocabulary

SHOWN = 20


def explain_search(words: str, *, listing_id: int | None = None, epochs: Epochs | None = None) -> SearchExplained:
    """The best hits of a query, each explained, and the listing that was asked about, wherever it is.

    Raises `EngineDown` when there is no engine to explain, and `BadQuery` for too many words.
    """
    epochs = epochs or read_epochs()
    engine, closed = get_engine(), list_closed_shop_ids(epochs)
    curation = get_curation(epochs.curation)
    query = place_query(SearchQuery(words=words, size=SHOWN, with_facets=False), curation)
    question, answer = ask_engine(
        engine, query, closed_shop_ids=closed, synonyms=get_synonyms(curation), vocabulary=TableVocabulary()
    )
    ranked = rank(engine.list_candidates(question, closed_shop_ids=closed))
    places = {one.candidate.listing_id: (place, one) for place, one in enumerate(ranked, start=1)}
    shown = [one.candidate.listing_id for one in ranked[:SHOWN]]
    wanted = [*shown, *((listing_id,) if listing_id is not None and listing_id not in shown else ())]
    explained = _explain(question, wanted, places, epochs)
    return SearchExplained(
        terms=question.terms,
        corrected_words=answer.corrected_words,
        did_relax=answer.did_relax,
        total=answer.total,
        ranked=len(ranked),
        is_pinned_or_buried=bool(query.pinned or query.buried),
        hits=tuple(explained[pk] for pk in shown if pk in explained),
        asked_hit=explained.get(listing_id) if listing_id is not None else None,
    )


def _explain(
    question: Question, listing_ids: Sequence[int], places: Mapping[int, tuple[int, Ranked]], epochs: Epochs
) -> dict[int, HitExplained]:
    documents = {document.listing_id: document for document in list_listings(listing_ids, epochs=epochs)}
    cards = list_cards(list(documents), epochs=epochs)
    return {
        card.listing_id: _explain_hit(question, documents[card.listing_id], card, places.get(card.listing_id))
        for card in cards
    }


def _explain_hit(
    question: Question, document: ListingDocument, card: ListingCard, found: tuple[int, Ranked] | None
) -> HitExplained:
    entry = make_entry(document)
    terms = tuple(meet_term(term, entry) for term in question.terms)
    if found is None:
        return HitExplained(card, terms)
    place, ranked = found
    return HitExplained(card, terms, place, ranked.candidate.score, ranked.agreement, ranked.demand, ranked.value)
