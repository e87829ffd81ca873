"""The embedded engine. One process writes the index under INDEX_ROOT, every web worker reads it."""
