"""What the views of this API share."""

from collections.abc import Sequence

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from web.api.tokens import PersonTokens, caller_of
from web.api.views import ApiView


class PublicView(ApiView):
    """A view on the market host: open to all, or to a person's token."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (PersonTokens,)


def caller_id(request: Request) -> int:
    """The person whose token it is."""
    caller = caller_of(request)
    assert caller is not None
    return caller.user_id
