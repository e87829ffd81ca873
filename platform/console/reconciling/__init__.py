"""Providers' files against our books: what was compared, what differs, and what becomes of it."""
