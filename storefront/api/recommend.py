"""What goes with a listing, and what fits a person. Open to all; a token makes the second one's own."""

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from search.listings.selectors import find_listing
from search.results.selectors import get_for_you, get_related
from search.signals.selectors import is_counted
from search.signals.services import name_person
from storefront.api.base import PublicView
from storefront.api.bodies.recommend import ForYouBody, RelatedBody
from web.api.tokens import caller_of, epochs_of
from web.api.views import operation


class Related(PublicView):
    """/listings/{listing_id}/related"""

    @operation("getRelated", "What goes with a product", tag="browse", answers={200: RelatedBody})
    def get(self, request: Request, listing_id: int) -> Response:
        """Looked at together, bought together, and goods like it; the same for everybody."""
        epochs = epochs_of(request)
        document = find_listing(listing_id, epochs=epochs)
        if document is None:
            raise Http404
        return Response(RelatedBody(get_related(document, epochs=epochs, now=timezone.now())).data)


class ForYou(PublicView):
    """/for-you"""

    @operation("getForYou", "What fits a person", tag="browse", answers={200: ForYouBody})
    def get(self, request: Request) -> Response:
        """From the history of the person whose token it is, unless that person switched this off.

        Otherwise, and without a token, what is new or sells well.
        """
        caller = caller_of(request)
        buyer_id = caller.user_id if caller else None
        person = name_person(user_id=buyer_id)
        if not is_counted(person):
            person, buyer_id = "", None
        shelf = get_for_you(person, buyer_id=buyer_id, epochs=epochs_of(request), now=timezone.now())
        response = Response(ForYouBody(shelf).data)
        response["Cache-Control"] = "private, no-store"
        return response
