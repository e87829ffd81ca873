"""The first page: how it goes, and what to do next."""
