"""Error pages of the console that lead back into it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from web.errors import render_error


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing is here, or a day, a tab or a number in the address is none."""
    return render_error(request, HTTPStatus.NOT_FOUND, template="console/not_found.html")
