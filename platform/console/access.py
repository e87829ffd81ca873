"""Who may see a page of the console, and who may do what on it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from market.accounts.contracts import StaffRole
from web.access import two_factor_staff_required

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

REVIEWERS = (StaffRole.REVIEWER,)
FINANCE = (StaffRole.FINANCE,)


def staff_page(*roles: StaffRole) -> Callable[[View[P]], View[P]]:
    """Staff who signed in with two factors; where roles are named, those who have one of them, and admins."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if roles and not has_role(request, *roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return never_cache(two_factor_staff_required(guarded))

    return decorate


def has_role(request: HttpRequest, *roles: StaffRole) -> bool:
    """Whether this member of staff has one of the roles. Admins have every one."""
    own = getattr(request.user, "staff_role", "")
    return own in {StaffRole.ADMIN.value, *(role.value for role in roles)}


def me(request: HttpRequest) -> int:
    """The id of who is signed in; behind `staff_page` only."""
    assert request.user.is_authenticated
    return int(request.user.pk)
