"""What may be meant by what is typed so far. Open to all; at most two statements, one more for a guess."""

from rest_framework.request import Request
from rest_framework.response import Response

from search.suggestions.selectors import suggest
from storefront.api.base import PublicView
from storefront.api.bodies.suggest import SuggestionQuery, SuggestionsBody
from web.api.reading import read_query
from web.api.tokens import epochs_of
from web.api.views import operation

KEPT_SECONDS = 30


class Suggestions(PublicView):
    """/suggestions"""

    @operation(
        "listSuggestions",
        "Complete what is typed",
        tag="browse",
        query=SuggestionQuery,
        answers={200: SuggestionsBody},
        answer_example={
            "items": [
                {
                    "text": "手机",
                    "kind": "category",
                    "listings": 128,
                    "category_id": 12,
                    "brand": "",
                    "is_near": False,
                },
                {
                    "text": "手机壳",
                    "kind": "words",
                    "listings": None,
                    "category_id": 14,
                    "brand": "",
                    "is_near": False,
                },
            ]
        },
    )
    def get(self, request: Request) -> Response:
        """Categories, brands and words that begin as typed: in Chinese, pinyin or its initials, or English."""
        asked = read_query(request, SuggestionQuery)
        found = suggest(asked["typed"], language=asked["language"], limit=asked["limit"], epochs=epochs_of(request))
        response = Response(SuggestionsBody({"items": found}).data)
        response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
        return response
