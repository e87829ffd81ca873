"""Pages of the design system itself: the switches of language and theme, and the gallery of all parts."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from web.preferences import remember


@csrf_exempt  # a cookie of one's own taste is all it changes, and pages without a token may hold the switch
@require_POST
def set_preferences(request: HttpRequest) -> HttpResponse:
    """Keep a language or a theme, then go back. With `X-Requested-With` (a script) it only keeps."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    by_script = request.headers.get("X-Requested-With") == "jishi"
    response = HttpResponse(status=204) if by_script else HttpResponseRedirect(wanted if safe else "/", status=303)
    remember(response, language=request.POST.get("language", ""), theme=request.POST.get("theme", ""))
    return response
