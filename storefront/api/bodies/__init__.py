"""The shapes of the public API: what is sent and what is answered."""
