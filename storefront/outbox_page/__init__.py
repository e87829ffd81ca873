"""The outbox of a demo."""
