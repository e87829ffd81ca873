"""Static files with their hash in the name, compressed once, kept by browsers for ever."""

from typing import Any  # Any: Django's storage signatures are untyped

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Hashes imports between our ES modules too. A file that is missing keeps its plain name instead of breaking the
    start: vendored files name source maps that are not shipped, and tests run without a collected folder."""

    support_js_module_import_aggregation = True
    manifest_strict = False
    keep_only_hashed_files = True

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name with its hash, or the plain name where there is no such file."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name

    def create_compressor(self, **options: Any) -> Compressor:
        """Source maps are for developers' tools: not worth half of the time that a start takes."""
        return Compressor(**{**options, "extensions": (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")})
