"""Public files of shops: pictures named by their content, the same for everybody, on every host, without a query."""

import mimetypes
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils._os import safe_join

_YEAR_SECONDS = 31_536_000
_TYPES = {".avif": "image/avif", ".webp": "image/webp", ".svg": "image/svg+xml"}


class MediaMiddleware:
    """Answers GET /media/… below settings.MEDIA_ROOT and nothing else; stands before sessions and hosts.

    A file's name is the hash of its content, so it may be kept for ever. A picture that is opened by itself runs
    nothing (`sandbox`), whatever it holds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(settings.MEDIA_URL):
            return self._get_response(request)
        path = self._find(request.path.removeprefix(settings.MEDIA_URL))
        if path is None or request.method not in ("GET", "HEAD"):
            return HttpResponse(status=404 if path is None else 405)
        tag = f'"{path.stem}"'
        response: HttpResponseBase
        if request.headers.get("If-None-Match") == tag:
            response = HttpResponseNotModified()
        else:
            kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            response = FileResponse(path.open("rb"), content_type=kind)
        response["ETag"] = tag
        response["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
        response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    @staticmethod
    def _find(name: str) -> Path | None:
        try:
            path = Path(safe_join(settings.MEDIA_ROOT, name))
        except (SuspiciousFileOperation, ValueError):
            return None
        hidden = any(part.startswith(".") for part in Path(name).parts)
        return path if not hidden and path.is_file() else None
