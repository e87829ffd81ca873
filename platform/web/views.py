"""Pages of the design system itself: the switches of language and theme, and the gallery of all parts."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from web.preferences import remember


def _came_from(request: HttpRequest) -> str:
    """The page of this host that sent the form, as a path; the first page where that is not known."""
    came = urlsplit(request.headers.get("Referer", ""))
    here = came.netloc == request.get_host() and came.path != request.path
    path = f"{came.path or '/'}{'?' if came.query else ''}{came.query}" if here else "/"
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/"


@csrf_exempt  # a cookie of one's own taste is all it changes, and pages without a token may hold the switch
@require_POST
def set_preferences(request: HttpRequest) -> HttpResponse:
    """Keep a language or a theme, then go back to the page one was on (the frames hold no address of their own, so that
    they can be kept). With `X-Requested-With` (a script) it only keeps."""
    by_script = request.headers.get("X-Requested-With") == "jishi"
    response = HttpResponse(status=204) if by_script else HttpResponseRedirect(_came_from(request), status=303)
    remember(response, language=request.POST.get("language", ""), theme=request.POST.get("theme", ""))
    return response
