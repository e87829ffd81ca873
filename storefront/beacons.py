"""What pages tell by `navigator.sendBeacon`: one small POST of JSON, from a page of this market."""

from django.conf import settings
from django.http import HttpRequest

from web.problems import Problem


def read_beacon(request: HttpRequest, *, most_bytes: int) -> bytes:
    """The report's body, not yet parsed. Raises `Problem` for what is no report of a page of ours, or too large."""
    if request.method != "POST":
        raise Problem(405, "method-not-allowed", headers={"Allow": "POST"})
    if not is_from_here(request):
        raise Problem(403, "foreign-origin", "Reports are taken from pages of this market only.")
    if request.content_type != "application/json":
        raise Problem(415, "unsupported-media-type", "A report is JSON.")
    length = request.headers.get("Content-Length", "")
    if not length.isdigit():
        raise Problem(411, "length-required")
    if int(length[:9]) > most_bytes:
        raise Problem(413, "too-large", f"A report has at most {most_bytes} bytes.")
    return request.body


def is_from_here(request: HttpRequest) -> bool:
    """Browsers name the origin of every POST; a page of another site cannot leave it out or make it up."""
    origin = request.headers.get("Origin", "")
    if not origin:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin == f"{settings.SCHEME}://{request.get_host()}"
