"""Static files with their hash in the name, compressed once, kept by browsers for ever."""

from typing import Any  # Any: Django's storage signatures are untyped

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Hashes imports between our ES modules too. A file that is missing keeps its plain name instead of breaking the
    start: vendored files name source maps that are not shipped, and tests run without a collected folder."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name with its hash, or the plain name where there is no such file."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name
